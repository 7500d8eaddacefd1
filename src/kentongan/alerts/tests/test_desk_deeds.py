"""Deeds at the duty desk: every one in every state, by either side, by two at once, and what each leaves behind."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from kentongan.agencies.models import Agency
from kentongan.agreements.access import NotVisible, RoleMayNotAct, actor_for, fetch
from kentongan.agreements.models import Grant
from kentongan.alerts import actions, desk_actions, ladder, news, queries, reporters, rules
from kentongan.alerts.models import Alert, AlertNote, AlertStep, DeskChange, LadderStep, ReporterWord
from kentongan.audit.models import TrailRow
from kentongan.events.models import EventReport
from kentongan.intake.models import Report
from kentongan.messages.models import Message
from kentongan.watch.models import Finding

MINUTE = timedelta(minutes=1)
WAY = {"raised": (), "acknowledged": ("acknowledge",), "verified": ("acknowledge", "verify")}


@pytest.fixture
def kanim(desk, now):
    """The analyst of Kanim Atambua, who raised the alert."""
    return actor_for(desk["sender"], purpose="prevention", at=now)


@pytest.fixture
def colleague(desk, officer_of):
    return officer_of("polres-belu", kind="police", username="petugas-dua")


@pytest.fixture
def village(desk, officer_of):
    """A village official who reports to Kanim Atambua."""
    return officer_of("kanim-atambua", role="village_official", username="desa")


@pytest.fixture
def reported(raise_to_desk, event_of, desk, village, now):
    """Make an alert on an event with a report behind it: `reported(channel="field_form")`."""

    def make(*, channel="field_form", by=None, **more):
        event = event_of(kind="TPPO")
        report = Report.objects.create(
            owner_id="kanim-atambua", place_id=5, handling="personal", purpose="prevention", legal_basis="uji",
            retain_until=event.retain_until, channel=channel, text="Tiga orang dijemput malam.", received_at=now,
            checksum=f"c{Report.objects.count()}", original_checksum="o", received_by=by or village.ref,
        )  # fmt: skip
        EventReport.objects.create(event=event, report=report, linked_at=now, linked_by="system:reader")
        return actions.raise_alert(
            event=event, to=Agency.objects.get(pk="polres-belu"), matter="crime", message="Mohon dicek.",
            by=actor_for(desk["sender"], purpose="prevention", at=now), at=now, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def do(belu, kanim, colleague, reported, now):
    """Do a deed by its name, as the addressee or another: `do("assign", alert, by=kanim)`."""
    other = {}

    def into():
        return other.setdefault("alert", reported())

    deeds = {
        "acknowledge": lambda a, **by: actions.acknowledge(alert=a, **by),
        "verify": lambda a, **by: actions.verify(alert=a, note="Tiga orang.", **by),
        "assign": lambda a, **by: desk_actions.assign(alert=a, to=colleague, **by),
        "escalate": lambda a, **by: desk_actions.escalate(alert=a, why="Kapal berangkat.", **by),
        "ask": lambda a, **by: desk_actions.ask_back(alert=a, text="Jam berapa?", **by),
        "merge": lambda a, **by: desk_actions.merge(alert=a, into=into(), why="Orang yang sama.", **by),
        "snooze": lambda a, **by: actions.snooze(alert=a, until=now + 20 * MINUTE, why="Di laut.", **by),
        "close": lambda a, **by: actions.close(alert=a, outcome="no_result", why="Nihil.", **by),
    }

    def deed(name, alert, *, by=None, version=None):
        return deeds[name](alert, by=by or belu, at=now, version=version or alert.version)

    return deed


@pytest.fixture
def alert_in(reported, do):
    """Make an alert in a state: `alert_in("verified")`."""

    def make(state):
        alert = reported()
        for step in WAY.get(state, ("close",)):
            do(step, alert)
        return alert

    return make


@pytest.mark.parametrize(("state", "deed"), list(product(rules.STATES, rules.DEEDS)))
def test_every_deed_in_every_state_is_done_or_refused_as_the_table_says(state, deed, alert_in, do):
    alert = alert_in(state)
    before = Alert.objects.filter(pk=alert.pk).values().get()

    if state in rules.DEEDS[deed]:
        do(deed, alert)
        assert Alert.objects.get(pk=alert.pk).version > before["version"]
    else:
        with pytest.raises(actions.StepNotAllowed, match=r"Peringatan ini sudah selesai|tidak mengizinkan"):
            do(deed, alert)
        assert Alert.objects.filter(pk=alert.pk).values().get() == before


@pytest.mark.parametrize("deed", rules.DEEDS)
def test_of_two_officers_at_once_the_second_is_told_and_changes_nothing(deed, alert_in, do):
    alert = alert_in(min(rules.DEEDS[deed], key=rules.STATES.index))
    seen_by_second = Alert.objects.get(pk=alert.pk)
    do("assign", alert)
    after_first = TrailRow.objects.count()

    with pytest.raises(actions.AlertChangedMeanwhile), transaction.atomic():
        do(deed, seen_by_second)

    assert TrailRow.objects.count() == after_first
    assert Alert.objects.get(pk=alert.pk).version == alert.version


@pytest.mark.parametrize("deed", rules.DEEDS)
def test_the_sender_does_what_is_of_both_sides_and_nothing_else(deed, alert_in, do, kanim):
    alert = alert_in(min(rules.DEEDS[deed], key=rules.STATES.index))

    if deed in rules.OF_BOTH_SIDES:
        do(deed, alert, by=kanim)
    else:
        with pytest.raises(actions.NotTheAddressee):
            do(deed, alert, by=kanim)


@pytest.mark.parametrize("deed", rules.DEEDS)
def test_nobody_else_does_any_of_it(deed, alert_in, do, desk, now):
    alert = alert_in("raised")

    with pytest.raises(actions.NotTheAddressee):
        do(deed, alert, by=actor_for(desk["above"], purpose="prevention", at=now))
    with pytest.raises(RoleMayNotAct):
        do(deed, alert, by=actor_for(desk["leader"], purpose="prevention", at=now))


@pytest.mark.parametrize("deed", rules.DEEDS)
def test_after_every_deed_both_desks_have_another_mark(deed, alert_in, do):
    alert = alert_in(min(rules.DEEDS[deed], key=rules.STATES.index))
    before = {agency: news.mark_of(agency) for agency in ("polres-belu", "kanim-atambua", "polda-ntt")}
    mark = queries.mark_of(alert.pk)

    do(deed, alert)

    after = {agency: news.mark_of(agency) for agency in before}
    assert {agency for agency in before if before[agency] != after[agency]} == {"polres-belu", "kanim-atambua"}
    assert queries.mark_of(alert.pk) != mark


def test_what_a_desk_shows_offers_only_deeds_that_will_be_done():
    for state, is_addressee, is_sender in product(rules.STATES, (True, False), (True, False)):
        offered = rules.deeds_in(state, is_addressee=is_addressee, is_sender=is_sender)

        assert all(state in rules.DEEDS[deed] for deed in offered)
        assert is_addressee or set(offered) <= rules.OF_BOTH_SIDES
        assert (is_addressee or is_sender) or offered == ()
    assert [rules.next_deed(state) for state in rules.STATES] == ["acknowledge", "verify", "close", ""]


# --- assign ---


def test_the_colleague_to_whom_it_is_assigned_is_told_and_named(alert_in, do, colleague):
    alert = alert_in("raised")

    do("assign", alert)

    assert Alert.objects.get(pk=alert.pk).assignee == colleague
    assert AlertNote.objects.get().whom == colleague.ref
    assert Message.objects.get(topic="alert.assigned", channel="inapp").officer == colleague
    assert TrailRow.objects.get(event="alert.assigned").facts == {"to": colleague.ref}


@pytest.mark.parametrize("who", ["leader", "above"])
def test_nobody_of_another_agency_or_role_is_given_an_alert(who, alert_in, belu, desk, now):
    alert = alert_in("raised")

    with pytest.raises(desk_actions.NotAColleague):
        desk_actions.assign(alert=alert, version=alert.version, to=desk[who], by=belu, at=now)


def test_who_takes_it_into_the_own_hands_needs_no_message(alert_in, belu, desk, now):
    alert = alert_in("raised")

    desk_actions.assign(alert=alert, version=alert.version, to=desk["analyst"], by=belu, at=now)

    assert not Message.objects.filter(topic="alert.assigned").exists()


# --- escalate ---


def test_an_escalation_by_hand_brings_the_next_rung_now_and_it_acts_once(alert_in, do, desk, now):
    alert = alert_in("raised")
    ladder.act_due(worker="a", clock=lambda: now)  # whoever is on duty was told at once

    do("escalate", alert)
    for _again in range(2):
        ladder.act_due(worker="a", clock=lambda: now)

    told = [(step.number, step.kind) for step in LadderStep.objects.filter(alert=alert, state="done")]
    assert told == [(1, "notify"), (3, "escalate")]
    assert Message.objects.filter(topic="alert.escalated", officer=desk["leader"], channel="inapp").count() == 1
    assert LadderStep.objects.get(alert=alert, number=2).state == "waiting"  # the reminder keeps its time


def test_a_worker_that_holds_the_rung_does_not_act_on_it_besides(alert_in, do, now):
    alert = alert_in("raised")
    late = now + timedelta(hours=1)
    held = ladder._claim("slow", late, 16)[0]

    do("escalate", alert)
    ladder._act(held, at=late)
    ladder.act_due(worker="b", clock=lambda: late)

    acted = TrailRow.objects.filter(event="alert.step_acted").values_list("facts", flat=True)
    assert sorted(facts["number"] for facts in acted) == [1, 2, 3]


def test_where_the_ladder_has_ended_there_is_nothing_above(alert_in, do, now):
    alert = alert_in("raised")
    ladder.act_due(worker="a", clock=lambda: now + timedelta(days=9))

    with pytest.raises(desk_actions.NothingAbove), transaction.atomic():
        do("escalate", alert)

    assert not AlertNote.objects.exists()
    assert Alert.objects.get(pk=alert.pk).version == 1


@pytest.mark.parametrize("deed", ["escalate", "ask_back"])
def test_without_words_nothing_is_escalated_or_asked(deed, alert_in, belu, now):
    alert = alert_in("raised")
    said = {"escalate": {"why": " "}, "ask_back": {"text": " "}}[deed]

    with pytest.raises(actions.ReasonMissing):
        getattr(desk_actions, deed)(alert=alert, version=1, **said, by=belu, at=now)


# --- merge ---


def test_a_merged_alert_ends_as_a_duplicate_and_the_other_carries_it(reported, belu, now):
    one, other = reported(), reported()

    desk_actions.merge(alert=one, version=1, into=other, why="Orang yang sama.", by=belu, at=now)

    one = Alert.objects.get(pk=one.pk)
    assert (one.state, one.outcome, one.merged_into) == ("closed", "duplicate", other)
    assert list(other.absorbed.all()) == [one]
    assert not LadderStep.objects.filter(alert=one, state__in=["waiting", "claimed"]).exists()
    assert LadderStep.objects.filter(alert=other, state="waiting").exists()
    assert TrailRow.objects.get(event="alert.merged").facts == {"into": other.ref}


def test_what_a_merged_alert_was_about_stays_open_until_the_other_ends(reported, belu, now):
    one, other = reported(), reported()
    later = now + MINUTE
    desk_actions.merge(alert=one, version=1, into=other, why="Orang yang sama.", by=belu, at=later)
    still = Grant.objects.filter(because=one.ref, valid_to__isnull=True).count()

    actions.close(alert=other, version=other.version, outcome="no_result", why="Nihil.", by=belu, at=later + MINUTE)

    assert still == 2
    assert fetch(Alert, one.pk, belu, at=later + 2 * MINUTE) == one
    ended = Grant.objects.filter(valid_to__isnull=False).values_list("because", flat=True)
    assert set(ended) == {one.ref, other.ref}


def test_the_finding_of_a_merged_alert_learns_that_it_was_a_duplicate(raise_to_desk, finding_of, belu, now):
    one, other = raise_to_desk(), raise_to_desk(finding=finding_of(place=6))

    desk_actions.merge(alert=one, version=1, into=other, why="Gugus yang sama.", by=belu, at=now)

    assert Finding.objects.get(pk=one.finding_id).outcome == "duplicate"


@pytest.mark.parametrize("which", ["itself", "another matter", "closed", "another addressee"])
def test_only_two_open_alerts_of_one_matter_to_one_agency_are_merged(which, reported, agency_of, belu, now):
    one, other = reported(), reported()
    if which == "itself":
        other = one
    if which == "another matter":
        Alert.objects.filter(pk=other.pk).update(matter="goods")
    if which == "another addressee":
        Alert.objects.filter(pk=other.pk).update(addressee=agency_of("polda-ntt"))
    if which == "closed":
        actions.close(alert=other, version=1, outcome="no_result", why="Nihil.", by=belu, at=now)
    other = Alert.objects.get(pk=other.pk)
    refusals = (desk_actions.NotMergeable, actions.StepNotAllowed, actions.NotTheAddressee)

    with pytest.raises(refusals):
        desk_actions.merge(alert=one, version=1, into=other, why="x", by=belu, at=now)

    assert Alert.objects.get(pk=one.pk).state == "raised"


def test_an_alert_is_not_merged_into_one_that_another_officer_just_changed(reported, belu, do, now):
    one, other = reported(), reported()
    as_seen = Alert.objects.get(pk=other.pk)
    do("close", other)

    with pytest.raises(actions.AlertChangedMeanwhile), transaction.atomic():
        desk_actions.merge(alert=one, version=1, into=as_seen, why="x", by=belu, at=now)

    assert Alert.objects.get(pk=one.pk).state == "raised"


def test_two_who_merge_the_same_two_crosswise_leave_one_open(reported, belu, now):
    one, other = reported(), reported()
    seen_one, seen_other = Alert.objects.get(pk=one.pk), Alert.objects.get(pk=other.pk)
    desk_actions.merge(alert=one, version=1, into=other, why="x", by=belu, at=now)

    with pytest.raises(actions.AlertChangedMeanwhile), transaction.atomic():
        desk_actions.merge(alert=seen_other, version=1, into=seen_one, why="x", by=belu, at=now)

    assert Alert.objects.exclude(state="closed").get() == other


@pytest.mark.parametrize(
    "broken", [{"merged_into": "self"}, {"merged_into": "other"}, {"merged_into": "other", "state": "closed"}]
)
def test_the_table_holds_no_merged_alert_that_is_open_or_its_own(broken, reported):
    one, other = reported(), reported()
    changes = broken | {"merged_into": one if broken["merged_into"] == "self" else other}
    if "state" in broken:
        changes |= {"outcome": "true", "outcome_why": "x"}

    with pytest.raises(IntegrityError), transaction.atomic():
        Alert.objects.filter(pk=one.pk).update(**changes)


# --- the reporter ---


def test_a_question_reaches_the_reporter_who_sees_nothing_else_and_the_answer_comes_back(
    alert_in, do, belu, desk, village, now
):
    alert = alert_in("raised")
    reporter = actor_for(village, purpose="prevention", at=now)

    (word,) = do("ask", alert)
    notice = Message.objects.get(topic="report.question", channel="inapp")
    reporters.answer(word=reporters.word_to(reporter, word.pk), text="Sekitar jam dua.", by=reporter, at=now + MINUTE)

    assert (notice.officer, notice.body) == (village, "")
    assert alert.title not in notice.subject
    with pytest.raises(NotVisible):
        fetch(Alert, alert.pk, reporter, at=now)
    assert ReporterWord.objects.get().answer == "Sekitar jam dua."
    assert Message.objects.get(topic="alert.answered", channel="inapp").officer == desk["analyst"]
    trail = TrailRow.objects.filter(event__startswith="alert.reporter").order_by("id")
    assert [(row.event, village.ref in str(row.facts)) for row in trail] == [
        ("alert.reporter_asked", False), ("alert.reporter_answered", False),
    ]  # fmt: skip


def test_a_question_is_answered_once_and_only_by_whoever_reported(alert_in, do, belu, kanim, village, now):
    alert = alert_in("raised")
    (word,) = do("ask", alert)
    reporter = actor_for(village, purpose="prevention", at=now)
    reporters.answer(word=word, text="Jam dua.", by=reporter, at=now)

    with pytest.raises(reporters.AnsweredAlready):
        reporters.answer(word=word, text="Jam tiga.", by=reporter, at=now)
    for other in (belu, kanim):
        with pytest.raises(NotVisible):
            reporters.answer(word=word, text="Jam tiga.", by=other, at=now)


@pytest.mark.parametrize("channel", ["paste", "upload", "feed", "chat", "import", "command"])
def test_who_only_brought_a_report_in_is_not_taken_for_its_reporter(channel, reported):
    assert reporters.reachable(reported(channel=channel)) == []


def test_a_reporter_who_serves_no_more_is_not_reached(reported, village, now):
    alert = reported()
    assert [officer for _report, officer in reporters.reachable(alert)] == [village]

    village.postings.update(ended_at=now)

    assert reporters.reachable(alert) == []


def test_where_no_reporter_is_reached_the_sender_is_asked_and_the_sender_itself_is_refused(
    raise_to_desk, belu, kanim, desk, now
):
    alert = raise_to_desk()

    (word,) = desk_actions.ask_back(alert=alert, version=1, text="Jam berapa?", by=belu, at=now)
    with pytest.raises(desk_actions.NobodyToAsk), transaction.atomic():
        desk_actions.ask_back(alert=alert, version=2, text="Jam berapa?", by=kanim, at=now)

    assert word.report is None
    assert Message.objects.get(topic="alert.question", channel="inapp").officer == desk["sender"]
    assert ReporterWord.objects.count() == 1


def test_an_agency_of_another_state_asks_through_the_sender(reported, belu, now):
    alert = reported()
    Agency.objects.filter(pk="polres-belu").update(country="TL")

    (word,) = desk_actions.ask_back(alert=alert, version=1, text="Jam berapa?", by=belu, at=now)

    assert word.report is None
    assert not Message.objects.filter(topic="report.question").exists()


def test_the_reporter_hears_what_became_of_it_also_of_an_alert_that_was_merged(reported, belu, village, now):
    one, other = reported(), reported()
    desk_actions.merge(alert=one, version=1, into=other, why="sama", by=belu, at=now)

    actions.close(
        alert=other, version=other.version, outcome="handed_over", why="Ke BP3MI.", to_reporter="Terima kasih.",
        by=belu, at=now,
    )  # fmt: skip

    words = ReporterWord.objects.filter(what="result")
    assert [word.text for word in words] == ["Terima kasih."] * 2
    assert len({word.report for word in words}) == 2
    assert Message.objects.filter(topic="report.result", officer=village, channel="inapp").count() == 2


def test_news_that_reaches_nobody_is_on_record_as_not_deliverable(raise_to_desk, belu, now):
    alert = raise_to_desk()

    actions.close(alert=alert, version=1, outcome="no_result", why="x", to_reporter="Terima kasih.", by=belu, at=now)

    assert ReporterWord.objects.get().report is None
    assert TrailRow.objects.get(event="alert.reporter_told").facts == {"reached": 0}
    assert not Message.objects.filter(topic="report.result").exists()


def test_without_news_for_the_reporter_nothing_is_said(alert_in, do):
    do("close", alert_in("raised"))

    assert not ReporterWord.objects.exists()


# --- marks ---


def test_an_alert_that_is_closed_to_its_addressee_leaves_no_mark_there(reported, kanim, now):
    alert = reported()
    alert.event.handling = "protected"
    alert.event.save()
    before = news.mark_of("polres-belu"), news.mark_of("kanim-atambua")

    desk_actions.escalate(alert=alert, version=1, why="x", by=kanim, at=now)

    assert news.mark_of("polres-belu") == before[0]
    assert news.mark_of("kanim-atambua") != before[1]


def test_a_change_that_becomes_durable_late_still_gives_another_mark(desk, now):
    for _number in range(3):
        news.desk_changed({"polres-belu"}, at=now)
    late = DeskChange.objects.order_by("id")[1]
    late.delete()
    before = news.mark_of("polres-belu")

    late.save(force_insert=True)

    assert news.mark_of("polres-belu") != before


def test_changes_are_forgotten_after_an_hour(desk, now):
    news.desk_changed({"polres-belu"}, at=now - timedelta(hours=2))
    news.desk_changed({"polres-belu"}, at=now)

    assert news.forget(at=now) == 1
    assert DeskChange.objects.count() == 1


def test_steps_of_a_merged_alert_say_who_and_why(reported, belu, now):
    one, other = reported(), reported()

    desk_actions.merge(alert=one, version=1, into=other, why="Orang yang sama.", by=belu, at=now)

    step = AlertStep.objects.filter(alert=one).last()
    assert (step.state, step.agency, step.note) == ("closed", "polres-belu", "Orang yang sama.")
