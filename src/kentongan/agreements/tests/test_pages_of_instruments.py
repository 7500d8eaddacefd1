"""Pages of instruments and clauses: what they show to whom, what they refuse, and that looking changes nothing."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kentongan.agencies.models import Officer
from kentongan.agreements import actions
from kentongan.agreements.facts import Side
from kentongan.agreements.labels import HINDRANCES
from kentongan.agreements.models import Clause, Instrument
from kentongan.audit.models import TrailRow

from .banten import AT, KOTA_SERANG, SERANG, actor, approve, build, drafted, in_force, mou, pks

Event = apps.get_model("events", "Event")
Classification = apps.get_model("events", "Classification")

DRAFT = {
    "giver": "kanwil-im-banten",
    "giver_with_below": "on",
    "receiver": "polda-banten",
    "receiver_with_below": "on",
    "give-events": "on",
    "release-events-place": "full",
    "release-events-time": "blurred",
    "purposes": ["investigation"],
    "roots": "36",
    "kinds": ["TPPO"],
    "precision": "village",
    "min_cell": "5",
    "onward": "none",
    "retention_days": "365",
}


@pytest.fixture(autouse=True)
def world(db, monkeypatch):
    build()
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


@pytest.fixture
def at_desk(client):
    """Sit down as an officer: `at_desk("polda-banten", "leader")` returns the client."""

    def sit(agency, role="coordinator"):
        actor(agency, role)
        client.force_login(Officer.objects.get(username=f"{role}.{agency}"))
        return client

    return sit


@pytest.fixture
def event():
    made = Event.objects.create(
        owner_id="kanwil-im-banten", place_id=SERANG, title="Perekrutan di Serang", state="confirmed", handling="restricted",
        purpose="prevention", legal_basis="UU 6/2011", retain_until=date(2031, 1, 1), happened_from=date(2026, 3, 2),
        happened_to=date(2026, 3, 3), precision="day", known_at=AT, persons=7,
    )  # fmt: skip
    Classification.objects.create(event=made, kind_id="TPPO", alleged_by="officer:1", alleged_at=AT, why="uji")
    return made


def main_of(answer):
    return answer.content.decode().partition("<main")[2].partition("</main>")[0]


def page_of(instrument):
    return reverse("instrument_detail", args=[instrument.pk])


def of_clause(name, clause):
    return reverse(name, args=[clause.instrument_id, clause.pk])


def test_the_list_shows_each_instrument_with_its_status_on_the_day(at_desk):
    above = mou()
    pks(parent=above)
    actions.suspend(instrument=above, version=1, why="evaluasi", by=actor("polri"), at=AT)

    today = at_desk("polda-banten").get(reverse("instrument_list")).content.decode()
    before = at_desk("polda-banten").get(reverse("instrument_list"), {"on": "2026-01-01"}).content.decode()

    assert "ditangguhkan</span>" in today
    assert "terhenti oleh induknya</span>" in today
    assert before.count("berlaku</span>") == 2


def test_only_the_sides_see_an_instrument_and_others_are_answered_as_if_it_were_absent(at_desk):
    instrument = pks()

    outsider = at_desk("bp3mi-banten")
    refused = outsider.get(page_of(instrument))
    absent = outsider.get(reverse("instrument_detail", args=["00000000-0000-7000-8000-000000000000"]))

    assert instrument.title not in outsider.get(reverse("instrument_list")).content.decode()
    assert (refused.status_code, absent.status_code) == (404, 404)
    assert main_of(refused) == main_of(absent)
    assert at_desk("polres-serang", "analyst").get(page_of(instrument)).status_code == 200


def test_a_coordinator_records_an_instrument(at_desk):
    sent = {
        "kind": "pks", "title": "PKS uji", "parties": ["kanwil-im-banten", "polda-banten"],
        "signed_on": "2025-11-19", "in_force_from": "2025-11-19",
    }  # fmt: skip

    answer = at_desk("kanwil-im-banten").post(reverse("instrument_new"), sent)

    instrument = Instrument.objects.get()
    assert answer.url == page_of(instrument)
    assert instrument.parties.count() == 2


def test_the_faults_of_an_instrument_stand_at_their_fields_and_nothing_is_lost(at_desk):
    sent = {"kind": "pks", "title": "PKS uji", "parties": ["polda-banten"], "in_force_to": "2025-11-19"}

    answer = at_desk("kanwil-im-banten").post(reverse("instrument_new"), sent)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"parties", "in_force_from"}
    assert "PKS uji" in answer.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_an_instrument_is_recorded_from_no_day_that_nobody_means(at_desk, day):
    desk = at_desk("polda-banten")
    sent = {"kind": "pks", "title": "PKS uji", "parties": ["polda-banten"], "in_force_from": day}

    answer = desk.post(reverse("instrument_new"), sent)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"in_force_from"}
    assert desk.get(reverse("instrument_list")).status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["instrument_suspend", "instrument_withdraw", "clause_end"])
def test_nothing_ends_on_a_day_that_nobody_means(at_desk, name, day):
    clause = in_force(pks())
    of = [clause.instrument_id, clause.pk] if name == "clause_end" else [clause.instrument_id]

    answer = at_desk("polda-banten").post(reverse(name, args=of), {"version": "1", "why": "uji", "since": day})

    assert answer.status_code == 422
    assert at_desk("polda-banten").get(page_of(clause.instrument)).status_code == 200


def test_an_analyst_is_refused_the_forms(at_desk):
    instrument = pks()
    analyst = at_desk("polda-banten", "analyst")

    assert analyst.get(reverse("instrument_new")).status_code == 403
    assert analyst.get(reverse("clause_new", args=[instrument.pk])).status_code == 403
    assert b"Draf klausul baru" not in analyst.get(page_of(instrument)).content


def test_a_clause_is_drafted_and_read_back_in_words(at_desk):
    instrument = pks()

    answer = at_desk("kanwil-im-banten").post(reverse("clause_new", args=[instrument.pk]), DRAFT)
    page = at_desk("polda-banten").get(page_of(instrument)).content.decode()

    assert answer.status_code == 302, answer.context["form"].errors
    clause = Clause.objects.get()
    assert answer.url == f"{page_of(instrument)}#klausul-1"
    assert clause.releases == {"events": {"place": "full", "time": "blurred"}}
    assert clause.giver_with_below
    assert "Kanwil Im Banten beserta jajarannya memberi kejadian" in page
    assert "Yang tidak disebut tidak dibagikan." in page


def test_the_faults_of_a_clause_are_all_shown(at_desk):
    instrument = pks()
    sent = DRAFT | {"receiver": "kanwil-im-banten", "purposes": [], "roots": "", "give-events": ""}
    sent = {k: v for k, v in sent.items() if not k.startswith(("release", "give-"))}

    answer = at_desk("kanwil-im-banten").post(reverse("clause_new", args=[instrument.pk]), sent)

    assert answer.status_code == 422
    assert {"receiver", "purposes", "roots", "__all__"} <= set(answer.context["form"].errors)


def test_a_place_that_is_asked_about_hides_no_other_fault(at_desk):
    instrument = pks()
    sent = {"roots": "Serang", "precision": "village", "min_cell": "5", "onward": "none"}

    answer = at_desk("kanwil-im-banten").post(reverse("clause_new", args=[instrument.pk]), sent)

    assert set(answer.context["form"].errors) == {"giver", "receiver", "roots", "purposes", "__all__"}


def test_an_ambiguous_place_is_asked_about_and_the_answer_is_taken(at_desk):
    instrument = pks()
    desk = at_desk("kanwil-im-banten")

    asked = desk.post(reverse("clause_new", args=[instrument.pk]), DRAFT | {"roots": "Serang"})
    answer = desk.post(
        reverse("clause_new", args=[instrument.pk]),
        DRAFT | {"roots": "Serang", "roots_asked": "Serang", "roots_chosen_0": "36.04"},
    )

    assert asked.status_code == 422
    assert {code for one in asked.context["form"].asked_places["roots"] for code, _name in one.named_choices} == {
        "36.04",
        "36.73",
    }
    assert answer.status_code == 302
    assert set(Clause.objects.get().roots.values_list("pk", flat=True)) == {SERANG}


def test_a_draft_is_changed_from_its_own_form(at_desk):
    clause = drafted(pks())
    approve(clause, "polda-banten")
    desk = at_desk("kanwil-im-banten")
    form = desk.get(of_clause("clause_change", clause)).context["form"]
    sent = {k: v for k, v in form.initial.items() if v not in (None, False, "")} | {"retention_days": "30"}

    answer = desk.post(of_clause("clause_change", clause), sent)

    clause.refresh_from_db()
    assert answer.status_code == 302
    assert (clause.retention_days, clause.version) == (30, 2)
    assert TrailRow.objects.get(event="clause.changed").facts["changed"] == ["retention_days"]
    assert not clause.approvals.exists()


def test_both_leaders_approve_on_the_page_and_then_it_is_in_force(at_desk):
    clause = drafted(pks())
    sent = {"version": clause.version, "position": "Kepala", "has_read": "on"}

    for agency in ("kanwil-im-banten", "polda-banten"):
        desk = at_desk(agency, "leader")
        assert b"Setujui klausul" in desk.get(page_of(clause.instrument)).content
        desk.post(of_clause("clause_approve", clause), sent)

    page = at_desk("polda-banten").get(page_of(clause.instrument)).content.decode()
    assert "berlaku</span>" in page
    assert page.count("Disetujui ") == 2
    clause.refresh_from_db()
    assert clause.approved_at == AT


def test_a_coordinator_is_not_offered_to_approve_and_is_refused_if_he_sends_it(at_desk):
    clause = drafted(pks())
    desk = at_desk("polda-banten")

    assert b"Setujui klausul" not in desk.get(page_of(clause.instrument)).content
    refused = desk.post(
        of_clause("clause_approve", clause), {"version": clause.version, "position": "x", "has_read": "on"}, follow=True
    )

    assert "disetujui oleh penanda tangan" in refused.content.decode()
    assert not clause.approvals.exists()


@pytest.mark.parametrize("deed", ["suspend", "withdraw"])
def test_a_party_stops_an_instrument_on_its_page(at_desk, deed):
    instrument = pks()

    at_desk("polda-banten").post(reverse(f"instrument_{deed}", args=[instrument.pk]), {"version": 1, "why": "evaluasi"})

    change = instrument.changes.get()
    assert (change.effective_at, change.why) == (AT, "evaluasi")


def test_a_later_day_is_taken_and_an_earlier_refused(at_desk):
    instrument = pks()
    desk = at_desk("polda-banten")
    address = reverse("instrument_withdraw", args=[instrument.pk])

    refused = desk.post(address, {"version": 1, "why": "x", "since": "2026-03-01"}, follow=True)
    assert "Tidak dapat berlaku surut" in refused.content.decode()
    desk.post(address, {"version": 1, "why": "x", "since": "2026-04-01"})

    assert instrument.changes.get().effective_at == actions.start_of(date(2026, 4, 1))


def test_a_deed_without_its_reason_shows_the_form_again(at_desk):
    instrument = pks()

    answer = at_desk("polda-banten").post(
        reverse("instrument_suspend", args=[instrument.pk]), {"version": 1, "why": ""}
    )

    assert answer.status_code == 422
    assert not instrument.changes.exists()


def test_a_document_is_attached_and_handed_out_with_the_same_bytes(at_desk):
    instrument = pks()
    desk = at_desk("kanwil-im-banten")
    address = reverse("instrument_document", args=[instrument.pk])

    assert desk.get(address).status_code == 404
    desk.post(address, {"version": 1, "file": SimpleUploadedFile("naskah pks.pdf", b"%PDF-isi")})
    answer = at_desk("polres-serang", "analyst").get(address)

    assert answer.content == b"%PDF-isi"
    assert answer["Content-Disposition"] == 'attachment; filename="naskah_pks.pdf"'
    assert TrailRow.objects.filter(event="records.exported", subject=instrument.ref).exists()
    assert at_desk("bp3mi-banten").get(address).status_code == 404


def test_parties_and_signatories_are_kept_on_the_page(at_desk):
    instrument = pks()
    desk = at_desk("kanwil-im-banten")

    desk.post(reverse("party_add", args=[instrument.pk]), {"version": 1, "party": "bp3mi-banten"})
    added = instrument.parties.get(agency="bp3mi-banten")
    desk.post(
        reverse("signatory_add", args=[instrument.pk]), {"version": 2, "party": added.pk, "position": "Kepala Balai"}
    )
    signatory = added.signatories.get()
    desk.post(reverse("signatory_remove", args=[instrument.pk, signatory.pk]), {"version": 3})
    desk.post(reverse("party_remove", args=[instrument.pk, added.pk]), {"version": 4})

    assert instrument.parties.count() == 2
    assert TrailRow.objects.filter(subject=instrument.ref).count() == 5


def test_a_wrong_record_is_corrected(at_desk):
    instrument = pks()
    desk = at_desk("kanwil-im-banten")
    form = desk.get(reverse("instrument_correct", args=[instrument.pk])).context["form"]
    sent = {k: v for k, v in form.initial.items() if v not in (None, "")} | {
        "title": "Judul benar",
        "why": "salah ketik",
    }

    answer = desk.post(reverse("instrument_correct", args=[instrument.pk]), sent)

    instrument.refresh_from_db()
    assert answer.status_code == 302
    assert instrument.title == "Judul benar"


def test_a_renewal_is_said_by_both_sides_on_the_page(at_desk):
    instrument = pks()
    sent = {"until": "2030-01-01", "why": "lanjut"}

    at_desk("kanwil-im-banten").post(reverse("instrument_renew", args=[instrument.pk]), sent | {"version": 1})
    waiting = at_desk("polda-banten").get(page_of(instrument)).content.decode()
    at_desk("polda-banten").post(reverse("instrument_renew", args=[instrument.pk]), sent | {"version": 2})

    assert "menunggu pihak lain" in waiting
    assert instrument.changes.get().until == date(2030, 1, 1)


# --- trying a draft ---


def test_the_trial_shows_what_a_draft_would_open_and_writes_nothing(at_desk, event):
    clause = drafted(pks())
    desk = at_desk("kanwil-im-banten")
    question = {
        "agency": "polres-serang",
        "role": "analyst",
        "purpose": "investigation",
        "on": "2026-03-04",
        "record": str(event.pk),
    }
    before = TrailRow.objects.count()

    page = desk.get(of_clause("clause_test", clause), question)

    result = page.context["result"]
    opened = {row["label"]: row["after_values"] for row in result["rows"] if row["is_opened"]}
    assert not result["without"].allowed
    assert result["with_clause"].allowed
    assert opened["tempat"] == ("Serang",)
    assert "judul" not in opened
    assert "jumlah orang" not in opened
    assert TrailRow.objects.count() == before
    event.refresh_from_db()
    assert (event.title, event.persons) == ("Perekrutan di Serang", 7)


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"agency": "bp3mi-banten"}, "receiver"),
        ({"purpose": "coordination"}, "purpose"),
        ({"role": "administrator"}, "role"),
        ({"on": "2028-01-01"}, "not_in_force"),  # the instrument has ended by then
    ],
)
def test_the_trial_opens_nothing_to_another_reader_purpose_role_or_day(at_desk, event, change, because):
    clause = drafted(pks())
    question = {
        "agency": "polres-serang",
        "role": "analyst",
        "purpose": "investigation",
        "on": "2026-03-04",
        "record": str(event.pk),
    }

    page = at_desk("kanwil-im-banten").get(of_clause("clause_test", clause), question | change)

    assert not page.context["result"]["with_clause"].allowed
    assert not any(row["after_values"] for row in page.context["result"]["rows"])
    assert page.context["result"]["hindrances"] == [HINDRANCES[because]]


def test_the_trial_takes_only_records_of_ones_own_agency(at_desk, event):
    clause = drafted(pks())
    question = {
        "agency": "polres-serang",
        "role": "analyst",
        "purpose": "investigation",
        "on": "2026-03-04",
        "other": f"/kejadian/{event.pk}/",
    }

    page = at_desk("polda-banten").get(of_clause("clause_test", clause), question)

    assert page.context["result"] is None
    assert "Pilih salah satu catatan" in page.content.decode()


def test_the_trial_agrees_with_what_the_clause_opens_once_it_is_in_force(at_desk, event):
    clause = in_force(pks())
    reader = actor("polres-serang", "analyst", purpose="investigation", at=AT + timedelta(seconds=1))
    question = {
        "agency": "polres-serang",
        "role": "analyst",
        "purpose": "investigation",
        "on": "2026-03-04",
        "record": str(event.pk),
    }

    result = at_desk("kanwil-im-banten").get(of_clause("clause_test", clause), question).context["result"]
    (seen,) = Event.objects.visible_to(reader, at=AT + timedelta(seconds=1))

    assert seen.release.fields == result["with_clause"].fields


# --- the matrix ---


def test_the_matrix_shows_what_is_in_force_on_the_day_and_nothing_else(at_desk):
    clause = in_force(pks())
    drafted(clause.instrument, purposes=frozenset({"prevention"}))
    desk = at_desk("polda-banten")

    today = desk.get(reverse("agreement_matrix"))
    later = desk.get(reverse("agreement_matrix"), {"on": "2028-01-01"})
    other = desk.get(reverse("agreement_matrix"), {"purpose": "prevention"})

    ((receiver, cells),) = today.context["rows"]
    assert receiver == "Polda Banten beserta jajarannya"
    assert [(label, [e.clause for e in entries]) for label, entries in cells] == [("kejadian", [clause])]
    assert f"{page_of(clause.instrument)}#klausul-1".encode() in today.content
    assert later.context["rows"] == other.context["rows"] == []


def test_the_matrix_names_the_kinds_and_places_to_which_a_clause_is_limited(at_desk):
    clause = in_force(pks(), exceptions=frozenset({KOTA_SERANG}))
    in_force(clause.instrument, kinds=frozenset(), roots=frozenset(), is_everywhere=True)
    desk = at_desk("polda-banten")

    shown = desk.get(reverse("agreement_matrix"))

    ((_receiver, ((_label, (limited, wide)),)),) = shown.context["rows"]
    assert [len(limited.kinds), len(limited.places), len(limited.exceptions)] == [1, 1, 1]
    assert ("TPPO" in limited.kinds[0], "Banten" in limited.places[0], "Serang" in limited.exceptions[0]) == (True,) * 3
    assert [*wide.kinds, *wide.places, *wide.exceptions] == []
    text = shown.content.decode()
    assert (text.count("hanya jenis"), text.count("hanya di"), text.count("kecuali di")) == (1, 1, 1)


def test_the_matrix_of_an_agency_holds_what_reaches_it_through_the_office_above(at_desk):
    in_force(pks())
    desk = at_desk("polda-banten")

    assert desk.get(reverse("agreement_matrix"), {"agency": "polres-serang"}).context["rows"]
    assert not desk.get(reverse("agreement_matrix"), {"agency": "bp3mi-banten"}).context["rows"]


def test_the_matrix_shows_nothing_of_instruments_that_one_may_not_read(at_desk):
    in_force(pks())

    assert at_desk("bp3mi-banten").get(reverse("agreement_matrix")).context["rows"] == []


def test_a_page_asks_as_often_for_many_clauses_as_for_one(at_desk):
    instrument = pks()
    in_force(instrument)
    drafted(instrument)
    pks(parent=instrument, title="Lampiran")
    desk = at_desk("polda-banten", "leader")
    desk.get(page_of(instrument))

    def queries(address):
        with CaptureQueriesContext(connection) as asked:
            desk.get(address)
        return len(asked)

    addresses = (page_of(instrument), reverse("instrument_list"), reverse("agreement_matrix"))
    few = [queries(address) for address in addresses]
    for number in range(4):
        drafted(instrument, giver=Side("kanim-serang"), min_cell=6 + number)
        in_force(instrument, min_cell=6 + number)
        pks(parent=instrument, title=f"Lampiran {number}")
    desk.get(page_of(instrument))  # the first request after a change reads who stands where
    many = [queries(address) for address in addresses]

    assert many == few


def deeds_offered(answer):
    return {name for name, form in answer.context["forms"].items() if form}


def test_a_suspension_from_a_later_day_is_announced_and_taken_back_on_the_page(at_desk):
    instrument = pks()
    sent = {"version": 1, "why": "evaluasi", "since": "2026-04-01"}

    said = at_desk("polda-banten").post(reverse("instrument_suspend", args=[instrument.pk]), sent, follow=True)

    assert "Instrumen akan ditangguhkan mulai 1 Apr 2026" in said.content.decode()
    assert "Instrumen ditangguhkan." not in said.content.decode()
    listed = at_desk("polda-banten").get(reverse("instrument_list")).content.decode()
    assert "akan ditangguhkan mulai 1 Apr 2026" in listed
    (one,) = said.context["coming"]
    address = reverse("instrument_take_back", args=[instrument.pk, one.change.pk])
    assert address in said.content.decode()
    assert address not in at_desk("kanwil-im-banten").get(page_of(instrument)).content.decode()

    after = at_desk("polda-banten").post(address, {"version": 2, "why": "salah hari"}, follow=True)

    assert after.context["coming"] == []
    assert "Ditarik kembali 4 Mar 2026 10.00, sebelum mulai: salah hari" in after.content.decode()


def test_the_list_of_a_day_says_what_was_announced_by_then(at_desk):
    instrument = pks()
    for version, agency in enumerate(("polda-banten", "kanwil-im-banten"), start=1):
        actions.renew(
            instrument=instrument, version=version, until=date(2029, 11, 19), why="lanjut", by=actor(agency), at=AT
        )
    since = actions.start_of(date(2026, 4, 1))
    actions.suspend(
        instrument=instrument, version=3, why="evaluasi", by=actor("polda-banten"), at=AT, effective_at=since
    )

    def coming(on):
        (row,) = at_desk("polda-banten").get(reverse("instrument_list"), {"on": on}).context["rows"]
        return list(row.coming)

    assert coming("2026-03-01") == []
    assert coming("2026-03-20") == ["akan ditangguhkan mulai 1 Apr 2026"]
    assert coming("2026-04-02") == []


def test_nothing_is_announced_of_what_was_withdrawn_before(at_desk):
    instrument = pks()
    since = actions.start_of(date(2026, 4, 1))
    by = actor("polda-banten")
    actions.withdraw(instrument=instrument, version=1, why="diganti", by=by, at=AT, effective_at=since)
    actions.withdraw(instrument=instrument, version=2, why="diganti", by=by, at=AT)

    assert at_desk("polda-banten").get(page_of(instrument)).context["coming"] == []


def test_a_suspension_is_lifted_on_the_page_of_the_party_that_ordered_it_alone(at_desk):
    instrument = pks()
    actions.suspend(instrument=instrument, version=1, why="evaluasi", by=actor("polda-banten"), at=AT)

    assert "resume" in deeds_offered(at_desk("polda-banten").get(page_of(instrument)))
    assert "resume" not in deeds_offered(at_desk("kanwil-im-banten").get(page_of(instrument)))


def test_a_withdrawn_instrument_is_not_said_to_hold_and_only_its_drafts_are_put_away(at_desk):
    instrument = pks()
    drafted(instrument)
    actions.withdraw(instrument=instrument, version=1, why="diganti", by=actor("polda-banten"), at=AT)

    answer = at_desk("polda-banten", "leader").get(page_of(instrument))

    assert "19 Nov 2025 sampai dicabut 4 Mar 2026 10.00" in answer.content.decode()
    assert "sejak 19 Nov 2025" not in answer.content.decode()
    assert deeds_offered(answer).isdisjoint({"suspend", "resume", "renew", "withdraw"})
    (one,) = answer.context["clauses"]
    assert (one.approve, one.may_change, answer.context["may"].draft) == (None, False, False)
    assert one.end is not None


def test_the_term_on_the_page_is_the_renewed_one(at_desk):
    instrument = pks()
    for version, agency in enumerate(("polda-banten", "kanwil-im-banten"), start=1):
        actions.renew(
            instrument=instrument, version=version, until=date(2029, 11, 19), why="lanjut", by=actor(agency), at=AT
        )

    assert "sampai sebelum 19 Nov 2029" in at_desk("polda-banten").get(page_of(instrument)).content.decode()
    assert "19 Nov 2029" in at_desk("polda-banten").get(reverse("instrument_list")).content.decode()


def test_a_clause_that_ends_on_a_later_day_is_said_to_end_then(at_desk):
    clause = in_force(pks())

    sent = {"version": clause.version, "why": "selesai", "since": "2026-04-01"}
    said = at_desk("polda-banten").post(of_clause("clause_end", clause), sent, follow=True).content.decode()

    assert "Klausul akan diakhiri mulai 1 Apr 2026." in said
    assert "Akan diakhiri mulai 1 Apr 2026: selesai" in said
