"""R22: what is due is anonymised or deleted by itself, in the trail, unless a reviewed hold keeps it. Days are travelled to."""

import threading
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from typer.testing import CliRunner

from kentongan.agencies.models import Agency, Officer, Posting
from kentongan.agreements.access import NotVisible, RoleMayNotAct, actor_for, protected_models
from kentongan.agreements.models import Clause, Instrument
from kentongan.alerts.models import Alert, AlertNote, AlertStep
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import OutboxRow, TrailRow
from kentongan.config import worker
from kentongan.config.command import build
from kentongan.events import actions as events
from kentongan.events.models import Classification, Event, EventReport, EventVersion, JoinDoubt, Merge, ReadingRow
from kentongan.intake.models import Report
from kentongan.messages.models import Message
from kentongan.oversight import holds, retention, tasks
from kentongan.oversight.models import LegalHold, OutsideRequest, Release, RetentionRun, Treated
from kentongan.places.models import Place
from kentongan.programme.planning_models import Plan
from kentongan.programme.planning_rules import ERASED
from kentongan.vocabulary.models import Kind
from kentongan.vulnerability.index_actions import RUN_REPLACES
from kentongan.vulnerability.index_models import IndexRun, RunArray, Weighting
from kentongan.watch.models import Finding, Watch

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
DUE = date(2031, 3, 4)
SECRET = "Nona Uji dari Silawan"
OWNER = "kanim-atambua"


def at_day(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def travel(day: date) -> RetentionRun:
    """The night's work of a day has been done."""
    return retention.run(as_of=day, at=at_day(day))


def agency(pk: str = OWNER) -> Agency:
    return Agency.objects.get_or_create(
        pk=pk, defaults={"name": pk, "kind": "immigration", "country": "ID", "level": "regency"}
    )[0]


def carried(**more) -> dict[str, object]:
    given = {
        "owner": agency(),
        "handling": "personal",
        "purpose": "prevention",
        "legal_basis": "UU 6/2011",
        "retain_until": DUE,
    }
    return given | more


def report(text: str = SECRET, **more) -> Report:
    mark = f"{Report.objects.count():064x}"
    given = {
        "channel": "paste", "text": text, "title": text, "author": text, "original": text.encode(), "filename": text,
        "checksum": mark, "original_checksum": mark, "received_at": AT, "received_by": "officer:1",
    }  # fmt: skip
    return Report.objects.create(**carried(**given | more))


def reading(of: Report, **more) -> ReadingRow:
    content = {
        "schema": "kentongan.reading/1", "reader_version": "9", "title": SECRET, "warnings": [SECRET], "events": [],
        "speakers": [{"name": SECRET, "rank": "", "position": "", "evidence": {"start": 0, "end": 4, "text": SECRET}}],
        "grade": {"reliability": "B", "credibility": "2", "why": SECRET},
    }  # fmt: skip
    return ReadingRow.objects.create(**carried(report=of, reader_version="9", read_at=AT, content=content, **more))


def event(**more) -> Event:
    given = {"title": SECRET, "precision": "day", "known_at": AT, "details": {"note": SECRET}, "persons": 7}
    made = Event.objects.create(**carried(**given | more))
    EventVersion.objects.create(
        event=made, number=1, state="proposed", title=SECRET, precision="day", decided_at=AT, decided_by="officer:1",
        reason=SECRET,
    )  # fmt: skip
    kind = Kind.objects.get_or_create(
        pk="TPPO", defaults={"kind_class": "offence", "label_id": "TPPO", "label_en": "TPPO"}
    )[0]
    Classification.objects.create(event=made, kind=kind, alleged_by="officer:1", alleged_at=AT, why=SECRET)
    return made


def alert(of: Event) -> Alert:
    made = Alert.objects.create(
        **carried(), event=of, addressee=agency("polres-belu"), matter="crime", title=SECRET, message=SECRET, raised_at=AT,
        raised_by="officer:1", acknowledge_by=AT, verify_by=AT, decide_by=AT, state="closed", closed_at=AT, outcome="true",
        outcome_why=SECRET,
    )  # fmt: skip
    AlertStep.objects.create(alert=made, state="closed", at=AT, by="officer:1", agency=OWNER, note=SECRET)
    AlertNote.objects.create(alert=made, what="again", at=AT, by="officer:1", agency=OWNER, note=SECRET)
    Message.objects.create(
        key="1", topic="alert.raised", channel="inapp", officer=officer("analyst"), agency=agency(), subject=SECRET,
        handling="restricted", about=made.ref, state="delivered", put_at=AT,
    )  # fmt: skip
    return made


def finding() -> Finding:
    watch = Watch.objects.get_or_create(owner=agency(), name="Perbatasan", defaults={"created_at": AT})[0]
    return Finding.objects.create(
        **carried(handling="restricted"), watch=watch, type="cluster", stream="trafficking", level="village",
        window_from=date(2026, 2, 1), window_to=date(2026, 2, 8), first_as_of=date(2026, 2, 8), last_as_of=date(2026, 2, 8),
        observed=6, expected=1.0, p_value=0.001, recurrence_days=1000.0, outcome="false", outcome_why=SECRET,
    )  # fmt: skip


def officer(role: str, number: int = 1, of: str = OWNER):
    who, is_new = Officer.objects.get_or_create(username=f"{role}-{of}-{number}")
    if is_new:
        Posting.objects.create(officer=who, agency=agency(of), role=role, started_at=AT - timedelta(days=9))
    return who


def acting(role: str, number: int = 1, of: str = OWNER):
    return actor_for(officer(role, number, of), purpose="oversight", at=AT)


@pytest.fixture
def everything(db):
    """One record of each category, with a name that must not survive."""
    of = event()
    told = report()
    EventReport.objects.create(
        event=of, report=told, reading=reading(told), linked_at=AT, linked_by="officer:1", why=SECRET
    )
    return [of, told, finding(), alert(of)]


def whole_database() -> str:
    """Return every text of every table but the trail, as a thief of the disk would read it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            found += [repr(bytes(v) if isinstance(v, memoryview) else v) for row in cursor.fetchall() for v in row]
    return "\n".join(found)


def test_nothing_happens_before_its_day(everything):
    travel(DUE - timedelta(days=1))

    assert SECRET in Report.objects.get().text
    assert not Treated.objects.exists()


def test_on_its_day_no_text_of_any_category_is_left_anywhere(everything):
    assert SECRET in whole_database()

    travel(DUE)

    assert SECRET not in whole_database()


def test_a_report_keeps_its_checksum_its_dates_and_the_reason(everything):
    before = Report.objects.get()

    travel(DUE)

    after = Report.objects.get()
    assert (after.checksum, after.original_checksum, after.received_at) == (
        before.checksum, before.original_checksum, before.received_at,
    )  # fmt: skip
    assert (after.text, after.original, after.erased_at, after.erased_why) == (
        None,
        None,
        at_day(DUE),
        retention.ERASED,
    )


def test_that_somebody_was_told_stays_without_the_words(everything):
    travel(DUE)

    told = Message.objects.get()
    assert (told.state, told.put_at, told.subject) == ("delivered", AT, "")
    row = TrailRow.objects.get(event=Trail.RECORD_ANONYMISED, subject=told.about)
    assert "notices" in row.facts["lost"]


def test_an_event_still_counts_where_when_and_as_what(everything):
    travel(DUE)

    after = Event.objects.get()
    assert (after.persons, after.known_at, after.classifications.get().kind_id) == (7, AT, "TPPO")


def test_each_record_has_its_row_in_the_trail_by_reference_and_rule(everything):
    travel(DUE)

    rows = TrailRow.objects.filter(event=Trail.RECORD_ANONYMISED)
    assert {row.subject.partition(":")[0] for row in rows} == {"report", "readingrow", "event", "finding", "alert"}
    assert {row.agency for row in rows} == {OWNER}
    assert all(row.why.endswith("@2026-11-22") and row.facts["due"] == DUE.isoformat() for row in rows)
    assert not any(SECRET in str(row.facts) + row.why for row in rows)


def test_the_receivers_are_noted_with_the_days_that_their_clause_gives(db):
    told = event()
    instrument = Instrument.objects.create(kind="pks", title="PKS", recorded_at=AT, in_force_from=date(2026, 1, 1))
    clause = Clause.objects.create(
        instrument=instrument, number=1, drafted_by="officer:1", drafted_at=AT, retention_days=90
    )
    reader = acting("analyst", of="polres-belu")
    trail.note_look(Trail.RECORD_READ, by=reader, at=AT, on=told.ref, clause=clause.ref)
    trail.note_look(Trail.RECORD_READ, by=acting("analyst", of="bp3mi-kupang"), at=AT, on=told.ref)

    travel(DUE)

    row = TrailRow.objects.get(event=Trail.RECORD_ANONYMISED)
    assert row.facts["receivers"] == {"bp3mi-kupang": None, "polres-belu": 90}


def test_what_came_under_a_clause_goes_when_the_clause_says(db):
    instrument = Instrument.objects.create(kind="pks", title="PKS", recorded_at=AT, in_force_from=date(2026, 1, 1))
    clause = Clause.objects.create(
        instrument=instrument, number=1, drafted_by="officer:1", drafted_at=AT, retention_days=90
    )
    received, own = report(agreement_ref=clause.ref), report()
    last_day = (AT + timedelta(days=89)).date()

    travel(last_day)
    assert Treated.objects.count() == 0
    travel(last_day + timedelta(days=1))

    assert Treated.objects.get().record == received.pk
    own.refresh_from_db()
    assert own.text == SECRET


def test_an_installations_shorter_period_holds_at_once_and_a_longer_one_never(db, settings, tmp_path):
    settings.HOME = tmp_path
    report()
    event()
    lines = ["category,years,treatment,origin,since", "reports,2,anonymise,SOP 4/2027,2027-01-01"]
    lines.append("events,50,anonymise,ours,2027-01-01")
    (tmp_path / "retention.csv").write_text("\n".join(lines), encoding="utf-8")

    travel(date(2028, 3, 3))
    assert not Treated.objects.exists()
    travel(date(2028, 3, 4))
    assert list(Treated.objects.values_list("category", "due_on")) == [("reports", date(2028, 3, 4))]
    travel(DUE)

    assert set(Treated.objects.values_list("category", flat=True)) == {"reports", "events"}


def test_a_treatment_that_a_category_does_not_have_stops_the_run_before_it_begins(db, settings, tmp_path):
    settings.HOME = tmp_path
    report()
    (tmp_path / "retention.csv").write_text("category,treatment,origin,since\nevents,delete,ours,2027-01-01\n")

    with pytest.raises(retention.NotTreatable):
        travel(DUE)

    assert Report.objects.get().text == SECRET


def plan(**more) -> Plan:
    """A plan that an officer made, another approved, and one of whose lines somebody changed."""
    place = Place.objects.get(pk=5)
    given = {
        "owner": agency(), "month": date(2026, 4, 1), "index": "tppm", "run": uuid4(), "run_as_of": date(2026, 3, 1),
        "origin": place, "hours": 8, "designations": 0, "assumptions": {}, "villages": 1, "without_point": 0, "value": 1,
        "upper_bound": 1, "warned_before": 0, "warned_after": 1, "made_by": "officer:1", "made_at": AT, "state": "approved",
        "proposed_by": "officer:1", "proposed_at": AT, "approved_by": "officer:2", "approved_at": AT, "retain_until": DUE,
    }  # fmt: skip
    made = Plan.objects.create(**given | more)
    made.lines.create(
        place=place, position=1, visits=2, hours=2, computed_visits=1, officer=Officer.objects.create(username="uji"),
        edited_by="officer:1", edited_at=AT, edited_why=SECRET,
    )  # fmt: skip
    return made


def test_nobody_stands_in_a_plan_whose_time_is_over(gazetteer_rows):
    made = plan()
    before = travel(DUE - timedelta(days=1)).counts

    night = travel(DUE)

    made.refresh_from_db()
    line = made.lines.get()
    assert (before, night.counts) == ({}, {"programme": {"anonymise": 1}})
    assert {made.made_by, made.proposed_by, made.approved_by, line.edited_by, line.edited_why} == {ERASED}
    assert (line.officer, line.visits, made.withdrawn_why) == (None, 2, "")
    assert TrailRow.objects.get(event=Trail.RECORD_ANONYMISED).subject == made.ref


def test_a_hold_on_the_programme_keeps_its_plans(gazetteer_rows):
    made = plan()
    hold(category="programme", records=[])

    travel(DUE)

    assert made.lines.get().edited_why == SECRET


def test_every_protected_model_says_what_happens_to_it():
    assert retention.untreated_models() == []
    assert {retention.category_of(model) for model in protected_models()} <= set(retention.rules_in_use())


def test_repeating_a_day_changes_nothing(everything):
    first = travel(DUE)
    rows = TrailRow.objects.count()

    again = travel(DUE)

    assert (again.pk, again.counts) == (first.pk, first.counts)
    assert TrailRow.objects.count() == rows


def test_an_identity_in_the_vault_goes_by_the_destruction_of_its_key(db, settings, tmp_path):
    from kentongan.vault.models import Identity, SealedIdentity

    kept = Identity.objects.create(
        **carried(), kind="reporter", mark="K7QD", about="report:1", recorded_at=AT, recorded_by="officer:1"
    )
    SealedIdentity.objects.create(identity=kept, master="1", wrapped_key=b"wrapped", ciphertext=b"sealed")

    travel(DUE)

    kept.refresh_from_db()
    assert not SealedIdentity.objects.exists()
    assert (kept.erased_why, Treated.objects.get().treatment) == (retention.ERASED, "delete")
    assert TrailRow.objects.get(event=Trail.RECORD_DELETED).subject == kept.ref


# --- killed in the middle -----------------------------------------------------------------------------------------


class Killed(BaseException):
    """Nothing in the application catches it, as nothing catches a kill."""


def consistent() -> int:
    """Return how many reports are treated; the report, the register and the trail say the same of each."""
    erased = set(Report.objects.filter(text=None).values_list("pk", flat=True))
    registered = set(Treated.objects.values_list("record", flat=True))
    told = {row.subject.removeprefix("report:") for row in TrailRow.objects.filter(event=Trail.RECORD_ANONYMISED)}
    assert erased == registered
    assert {str(pk) for pk in erased} == told
    return len(erased)


@pytest.mark.django_db(transaction=True)
def test_killed_at_any_write_it_leaves_no_half_and_goes_on_where_it_ended():
    for number in range(3):
        report(f"Laporan {number}")
    killed_at, done = 0, -1
    while done < 3:
        killed_at += 1
        assert killed_at < 200
        writes = 0

        def kill(execute, sql, params, many, context, limit=killed_at):
            nonlocal writes
            if not sql.startswith(("SELECT", "SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")):
                writes += 1
                if writes == limit:
                    raise Killed
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(kill):
                travel(DUE)
        except Killed:
            done = consistent()
        else:
            done = consistent()
            break

    night = travel(DUE)
    assert consistent() == 3
    assert night.counts == {"reports": {"anonymise": 3}}
    assert night.finished_at is not None
    assert TrailRow.objects.filter(event=Trail.RETENTION_RUN).count() == 1


def test_a_record_that_cannot_be_treated_stands_in_nobody_elses_way(db, monkeypatch, caplog):
    bad, good = report("buruk"), report("baik")
    real = retention._report

    def refuse(row, at):
        if row.pk == bad.pk:
            raise retention.NotTreatable("tidak bisa")
        return real(row, at)

    treatings = tuple(
        retention.Treating(t.model, t.began, refuse, t.delete, t.still) if t.model == "intake.Report" else t
        for t in retention.TREATINGS
    )
    monkeypatch.setattr(retention, "TREATINGS", treatings)
    travel(DUE)

    assert list(Treated.objects.values_list("record", flat=True)) == [good.pk]
    assert "oversight.record_not_treated" in caplog.text


# --- holds --------------------------------------------------------------------------------------------------------


def hold(*records, role: str = "leader", **more) -> LegalHold:
    told = {
        "why": "Perkara sedang disidang",
        "legal_basis": "Penetapan PN Atambua 3/2031",
        "review_on": date(2026, 9, 1),
    }
    told |= {"reviewer": officer("overseer"), "by": acting(role), "at": AT, "records": [one.ref for one in records]}
    return holds.place(**told | more)


def test_nobody_is_offered_as_the_reviewer_of_the_hold_that_they_place(db):
    officer("overseer"), officer("leader", 2)

    offered = set(holds.possible_reviewers(acting("leader")))

    assert offered == {officer("overseer"), officer("leader", 2)}


def test_the_reviewer_hears_of_the_hold_and_who_placed_it_of_the_review(db):
    held = hold(report("rahasia"))
    holds.review(hold=held, version=1, why="Masih disidang", review_on=date(2026, 12, 1), by=acting("overseer"), at=AT)

    told = {m.topic: (m.officer, m.subject) for m in Message.objects.filter(about=held.ref)}
    assert told["hold.placed"] == (
        officer("overseer"), "Anda ditunjuk meninjau sebuah penahanan catatan, paling lambat 1 Sep 2026",
    )  # fmt: skip
    assert told["hold.reviewed"][0] == officer("leader")
    assert "rahasia" not in str(list(Message.objects.values()))
    assert "disidang" not in str(list(Message.objects.values()))


def test_what_is_held_stays_and_goes_the_night_after_the_hold_is_lifted(everything):
    told = Report.objects.get()
    held = hold(told)

    night = travel(DUE)
    told.refresh_from_db()
    assert (told.text, night.held) == (SECRET, 2), "the report and its reading"

    holds.lift(hold=held, version=1, why="Putusan sudah tetap", by=acting("leader"), at=at_day(DUE))
    travel(DUE + timedelta(days=1))
    told.refresh_from_db()
    assert told.text is None


def test_a_held_event_keeps_the_reports_behind_it(everything):
    hold(Event.objects.get())

    travel(DUE)

    assert Report.objects.get().text == SECRET
    assert Event.objects.get().title == SECRET
    assert SECRET in str(ReadingRow.objects.get().content)
    assert Alert.objects.get().title == retention.ERASED


def test_what_comes_to_stand_behind_a_held_event_is_kept_too(everything):
    held = Event.objects.get()
    hold(held)
    later = report()
    EventReport.objects.create(event=held, report=later, linked_at=AT, linked_by="officer:1")
    read = reading(later)

    travel(DUE)

    later.refresh_from_db()
    read.refresh_from_db()
    assert later.text == SECRET
    assert SECRET in str(read.content)


def merged(absorbed: Event, into: Event) -> Merge:
    """The two are one, by the deed."""
    for one in (absorbed, into):
        one.refresh_from_db()
    by = actor_for(officer("analyst"), purpose="prevention", at=AT)
    return events.merge(absorbed=absorbed, into=into, by=by, at=AT, why=SECRET)


@pytest.mark.parametrize("is_absorbed", [True, False])
@pytest.mark.parametrize("is_held_first", [True, False])
def test_a_held_event_keeps_what_it_was_merged_with_and_the_reports_that_come_to_it(db, is_absorbed, is_held_first):
    held, other, further = event(), event(), event()
    if is_held_first:
        hold(held)
    merge = merged(held, other) if is_absorbed else merged(other, held)
    merged(merge.into, further)
    if not is_held_first:
        hold(held)
    later = report()
    EventReport.objects.create(event=further, report=later, linked_at=AT, linked_by="officer:1", why=SECRET)
    read = reading(later)

    night = travel(DUE)

    later.refresh_from_db()
    read.refresh_from_db()
    assert set(Event.objects.values_list("title", flat=True)) == {SECRET}
    assert set(Merge.objects.values_list("why", flat=True)) == {SECRET}
    assert (later.text, later.event_links.get().why) == (SECRET, SECRET)
    assert SECRET in str(read.content)
    assert night.held == 5


def test_why_two_events_were_held_for_one_stays_while_either_is_held(db):
    held, other = event(), event()
    JoinDoubt.objects.create(one=held, other=other, score=0.5, why=[SECRET], noticed_at=AT)
    merge = merged(held, other)
    events.undo_merge(merge=merge, by=actor_for(officer("analyst"), purpose="prevention", at=AT), at=AT, why="keliru")
    standing = hold(held)

    travel(DUE)

    other.refresh_from_db()
    assert other.title == retention.ERASED
    assert (Merge.objects.get().why, JoinDoubt.objects.get().why) == (SECRET, [SECRET])

    holds.lift(hold=standing, version=1, why="Putusan sudah tetap", by=acting("leader"), at=at_day(DUE))
    travel(DUE + timedelta(days=1))

    assert (Merge.objects.get().why, JoinDoubt.objects.get().why) == (retention.ERASED, [])


def test_what_was_merged_goes_together_once_the_hold_is_lifted(db):
    held, other = event(), event()
    standing = hold(held)
    merged(held, other)
    travel(DUE)

    holds.lift(hold=standing, version=1, why="Putusan sudah tetap", by=acting("leader"), at=at_day(DUE))
    travel(DUE + timedelta(days=1))

    left = [*Event.objects.values_list("title", flat=True), Merge.objects.get().why]
    assert left == [retention.ERASED] * 3


def test_a_hold_on_all_events_keeps_what_stands_behind_them(everything):
    hold(category="events", records=[])

    travel(DUE)

    assert Event.objects.get().title == SECRET
    assert Report.objects.get().text == SECRET
    assert SECRET in str(ReadingRow.objects.get().content)


def index_run(day: int, **more) -> IndexRun:
    """A run of the index that is done, with what only the latest needs."""
    given = {"index": "tppo", "number": 1, "weights": {}, "concentration": 1.0, "why": "uji", "proposed_at": AT}
    weighting = Weighting.objects.get_or_create(owner=agency(), proposed_by="officer:1", defaults=given)[0]
    made = IndexRun.objects.create(
        **carried(handling="shared"), index="tppo", as_of=date(2026, 2, day), weighting=weighting, state="done", digest="d",
        requested_by="officer:1", requested_at=AT, **more,
    )  # fmt: skip
    made.arrays.create(name="ladder", dtype="f8", shape=[0], packed=b"", checksum="c")
    return made


def test_a_held_run_of_the_index_keeps_its_arrays_when_the_next_run_comes(db):
    older, kept, latest, newer = (index_run(day) for day in (1, 8, 15, 22))
    hold(kept)
    news = OutboxRow(topic=RUN_REPLACES, ref=latest.ref)

    for _again in range(2):
        tasks.CONSUMERS[RUN_REPLACES](news)

    assert set(RunArray.objects.values_list("run", flat=True)) == {kept.pk, latest.pk, newer.pk}
    assert worker.CONSUMERS[RUN_REPLACES] == tasks.on_run_replaces
    assert not older.arrays.exists()


def test_a_hold_on_a_category_keeps_all_of_it_and_of_no_other_owner(db):
    ours, theirs = report(), report(owner=agency("polres-belu"))
    hold(category="reports", records=[])

    travel(DUE)

    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.text, theirs.text) == (SECRET, None)


def test_an_overdue_review_does_not_free_the_records(everything):
    hold(Report.objects.get(), review_on=date(2026, 3, 5))

    travel(DUE)

    assert Report.objects.get().text == SECRET


def test_a_hold_placed_while_the_night_is_at_work_is_kept(db):
    told = report()
    (due,) = retention.due_records(as_of=DUE)
    hold(told)

    assert retention.treat(due, run=retention.run_for(DUE, at=AT), at=AT) is False
    told.refresh_from_db()
    assert told.text == SECRET


@pytest.mark.django_db(transaction=True)
def test_the_night_waits_for_a_hold_that_is_being_placed():
    told, answers = report(), []
    run = retention.run_for(DUE, at=AT)
    (due,) = retention.due_records(as_of=DUE)

    def treat():
        try:
            answers.append(retention.treat(due, run=run, at=AT))
        finally:
            connection.close()

    night = threading.Thread(target=treat)
    with transaction.atomic():
        hold(told)
        night.start()
        night.join(timeout=0.5)
        assert answers == []
    night.join()

    assert answers == [False]
    told.refresh_from_db()
    assert told.text == SECRET


@pytest.mark.parametrize("role", ["analyst", "coordinator", "overseer", "administrator"])
def test_only_a_leader_holds(db, role):
    with pytest.raises(RoleMayNotAct):
        hold(report(), role=role)


def test_a_leader_holds_only_the_own_agencys_records(db):
    with pytest.raises(holds.HoldRefused):
        hold(report(owner=agency("polres-belu")))


def test_the_reviewer_is_somebody_else_in_office(db):
    for reviewer in (officer("leader"), officer("analyst"), officer("overseer", of="polres-belu")):
        with pytest.raises(holds.HoldRefused):
            hold(report(), reviewer=reviewer)


def test_a_review_is_the_reviewers_and_names_the_next_day(db):
    held = hold(report())
    told = {"hold": held, "why": "Banding belum diputus", "review_on": date(2027, 3, 1), "at": AT}

    with pytest.raises(RoleMayNotAct):
        holds.review(version=1, by=acting("leader"), **told)
    with pytest.raises(holds.HoldRefused):
        holds.review(version=1, by=acting("overseer"), **told | {"review_on": AT.date()})
    holds.review(version=1, by=acting("overseer"), **told)
    with pytest.raises(holds.HoldRefused):
        holds.review(version=1, by=acting("overseer"), **told)

    held.refresh_from_db()
    assert (held.review_on, held.reviews.get().by) == (date(2027, 3, 1), acting("overseer").ref)


def test_another_agencys_leader_cannot_lift_a_hold(db):
    held = hold(report())

    with pytest.raises(NotVisible):
        holds.lift(hold=held, version=1, why="Sudah", by=acting("leader", of="polres-belu"), at=AT)


class TestHoldsAndDays(TestCase):
    @given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=1, max_size=8), st.integers(0, 9))
    @settings(max_examples=40, deadline=None)
    def test_exactly_what_is_due_and_not_held_is_gone(self, records, today):
        made = []
        for day, is_held in records:
            one = report(retain_until=DUE + timedelta(days=day))
            if is_held:
                hold(one)
            made.append((one, day, is_held))

        travel(DUE + timedelta(days=today))

        for one, day, is_held in made:
            one.refresh_from_db()
            assert (one.text is None) == (day <= today and not is_held)


# --- by itself, by command, on its page ---------------------------------------------------------------------------


def test_the_worker_does_it_once_a_day_and_not_in_the_first_hours(db):
    report()
    early = datetime(2031, 3, 3, 17, 30, tzinfo=UTC)  # 01.30 in Makassar on the day

    assert tasks.run_due(at=early) == 0
    assert tasks.run_due(at=early + timedelta(hours=2)) == 1
    report()
    assert tasks.run_due(at=early + timedelta(hours=3)) == 0
    assert tasks.run_due(at=early + timedelta(hours=26)) == 1


def test_a_wrong_table_is_said_in_the_log_and_stops_nothing_else(db, settings, tmp_path, caplog):
    settings.HOME = tmp_path
    (tmp_path / "retention.csv").write_text("category,treatment\nreports,burn\n", encoding="utf-8")

    assert tasks.run_due(at=at_day(DUE)) == 0
    assert "oversight.retention_refused" in caplog.text


def run_command(*arguments: str):
    return CliRunner().invoke(build(), ["retention", *arguments])


def test_the_dry_run_counts_and_changes_nothing(db):
    report()

    done = run_command("--dry-run", "--as-of", DUE.isoformat())

    assert done.exit_code == 0
    assert "laporan" in done.stdout
    assert not Treated.objects.exists()
    assert not RetentionRun.objects.exists()


def test_the_command_does_what_the_dry_run_said(db):
    report(retain_until=date(2026, 1, 1))

    assert run_command("--as-of", "2026-01-01").exit_code == 0
    assert Report.objects.get().text is None


def test_a_day_to_come_is_only_counted(db):
    report()

    done = run_command("--as-of", "2999-01-01")

    assert done.exit_code == 1
    assert Report.objects.get().text == SECRET


def test_the_file_of_a_release_goes_and_its_checksum_stays(db):
    request = OutsideRequest.objects.create(
        desk=agency(), asker="PN Atambua", letter="1", legal_basis="KUHAP", purpose="investigation", why="Perkara",
        due_on=DUE, registered_by="officer:1", registered_at=AT, state="released", ended_at=AT,
    )  # fmt: skip
    Release.objects.create(
        request=request, at=AT, by="officer:1", filename="a.json", checksum="c" * 64, rows={}, content=b"isi",
        keep_until=date(2026, 3, 18),
    )  # fmt: skip

    travel(date(2026, 3, 17))
    assert Release.objects.get().content is not None
    travel(date(2026, 3, 18))

    assert (Release.objects.get().content, Release.objects.get().checksum) == (None, "c" * 64)
    assert TrailRow.objects.filter(event=Trail.RELEASE_ERASED).count() == 1


def test_an_erased_report_still_has_its_page(client, everything):
    travel(DUE)
    client.force_login(officer("analyst"))

    answer = client.get(reverse("report_detail", args=[Report.objects.get().pk]))

    assert answer.status_code == 200
    assert SECRET not in answer.content.decode()


def test_holds_are_placed_reviewed_and_lifted_on_the_page(client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    told, overseer = report(), officer("overseer")
    client.force_login(officer("leader"))
    asked = {
        "records": told.ref,
        "why": "Perkara",
        "legal_basis": "PN 3/2026",
        "reviewer": overseer.pk,
        "review_on": "2026-09-01",
    }

    assert client.post(reverse("hold_new"), asked | {"records": "event:x"}).status_code == 422
    assert client.post(reverse("hold_new"), asked).status_code == 302
    held = LegalHold.objects.get()
    assert "PN 3/2026" in client.get(reverse("retention")).content.decode()
    client.force_login(overseer)
    again = {"version": 1, "why": "Masih disidang", "review_on": "2026-12-01"}
    assert client.post(reverse("hold_review", args=[held.pk]), again).status_code == 302
    client.force_login(officer("leader"))
    assert client.post(reverse("hold_lift", args=[held.pk]), {"version": 1, "why": "Selesai"}).status_code == 409
    assert client.post(reverse("hold_lift", args=[held.pk]), {"version": 2, "why": "Selesai"}).status_code == 302
    held.refresh_from_db()
    assert held.lifted_why == "Selesai"


def test_a_reason_that_is_too_long_for_a_hold_is_said_at_its_field_and_kept(client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    held = hold(report())
    hold(report("Laporan lain"))
    told = {"version": 1, "why": "Putusan sudah tetap. " * 40}

    for role, door, deed in (("overseer", "hold_review", "review"), ("leader", "hold_lift", "lift")):
        client.force_login(officer(role))
        answer = client.post(reverse(door, args=[held.pk]), told | {"review_on": "2026-12-01"})

        assert answer.status_code == 422
        sent = [one[deed] for one in answer.context["holds"] if one[deed].is_bound]
        assert [(form.auto_id.endswith(f"{held.pk}-%s"), list(form.errors)) for form in sent] == [(True, ["why"])]
        assert answer.content.decode().count(told["why"].strip()) == 1
        assert answer.content.decode().count("<details open><summary>") == 1
    assert LegalHold.objects.get(pk=held.pk).version == 1


@pytest.mark.parametrize("category", sorted(set(protected_models().values())))
def test_every_category_can_be_held_on_the_page(category, client, db, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    asked = {"category": category, "why": "Perkara", "legal_basis": "PN 3/2026", "review_on": "2026-09-01"}
    client.force_login(officer("leader"))

    assert client.post(reverse("hold_new"), asked | {"reviewer": officer("overseer").pk}).status_code == 302
    assert LegalHold.objects.get().category == category
