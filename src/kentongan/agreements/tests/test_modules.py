"""The switch of modules with personal data, and its page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from kentongan.agreements.access import RoleMayNotAct
from kentongan.agreements.models import ImpactAssessment
from kentongan.agreements.modules import (
    AssessmentDraft,
    AssessmentRefused,
    ModuleOff,
    UnknownModule,
    demand_module,
    end_assessment,
    is_on,
    may_record,
    modules,
    record_assessment,
)
from kentongan.audit.models import TrailRow
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.periods import WIB, start_of_day

DRAFT = AssessmentDraft(
    "Penilaian dampak brankas", "dpia.pdf", sha256_hex(b"isi"), date(2026, 3, 1), "Pejabat pelindungan data"
)


@pytest.fixture
def overseer(actor_of):
    return actor_of("ditjenim", role="overseer", purpose="oversight")


def recorded(by, at, module="vault", **changes):
    return record_assessment(module=module, draft=replace(DRAFT, **changes), by=by, at=at)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["vault", "cases", "crossings", "protection"])
def test_every_module_with_personal_data_is_off_from_the_beginning(now, name):
    assert not is_on(name, at=now)
    with pytest.raises(ModuleOff) as off:
        demand_module(name, at=now)
    assert modules()[name].label in off.value.message
    assert "penilaian dampak" in off.value.message


def test_a_recorded_assessment_switches_on_its_module_and_no_other(overseer, now):
    recorded(overseer, now)

    demand_module("vault", at=now)
    assert not is_on("cases", at=now)
    row = TrailRow.objects.get(event="module.assessment_recorded")
    assert (row.subject, row.facts["checksum"]) == ("module:vault", DRAFT.document_checksum)


def test_ending_it_switches_off_at_that_very_instant(overseer, now):
    recorded(overseer, now)

    assert end_assessment(module="vault", why="kebocoran diselidiki", by=overseer, at=now + timedelta(hours=1)) == 1

    assert is_on("vault", at=now + timedelta(minutes=59))
    assert not is_on("vault", at=now + timedelta(hours=1))
    assert TrailRow.objects.get(event="module.assessment_ended").why == "kebocoran diselidiki"


def test_the_switch_ends_all_that_the_module_could_stand_on(overseer, now):
    recorded(overseer, now)
    ImpactAssessment.objects.create(**{f: getattr(DRAFT, f) for f in ("title", "document_name", "document_checksum", "assessed_on", "approved_by")}, module="vault", recorded_by="officer:1", recorded_at=now)  # fmt: skip

    assert end_assessment(module="vault", why="dimatikan", by=overseer, at=now) == 2
    assert not is_on("vault", at=now)


def test_a_new_assessment_replaces_the_one_before_without_a_gap(overseer, now):
    first = recorded(overseer, now)
    later = now + timedelta(days=1)

    recorded(overseer, later, title="Penilaian ulang")

    first.refresh_from_db()
    assert first.ended_at == later
    assert is_on("vault", at=later)
    assert ImpactAssessment.objects.filter(ended_at__isnull=True).count() == 1


def test_an_assessment_runs_out_at_midnight_in_jakarta(overseer, now):
    end = date(2026, 4, 1)
    recorded(overseer, now, valid_to=end)

    midnight = start_of_day(end, WIB)
    assert is_on("vault", at=midnight - timedelta(seconds=1))
    assert not is_on("vault", at=midnight)


def test_nothing_was_on_before_the_assessment_was_recorded(overseer, now):
    recorded(overseer, now)

    assert not is_on("vault", at=now - timedelta(seconds=1))


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"approved_by": ""},
        {"document_name": ""},
        {"document_checksum": "tidak ada"},
        {"document_checksum": "G" * 64},
        {"assessed_on": date(2026, 3, 5)},
        {"valid_to": date(2026, 3, 4)},
        {"valid_to": date(2026, 2, 1)},
    ],
)
def test_what_does_not_hold_together_is_refused_and_changes_nothing(overseer, now, changes):
    recorded(overseer, now)

    with pytest.raises(AssessmentRefused):
        recorded(overseer, now, **changes)
    assert ImpactAssessment.objects.get().ended_at is None


@pytest.mark.parametrize("why", ["", "  "])
def test_switching_off_takes_a_reason(overseer, now, why):
    with pytest.raises(AssessmentRefused):
        end_assessment(module="vault", why=why, by=overseer, at=now)


def test_a_module_that_is_not_listed_cannot_be_asked_for(overseer, now):
    for ask in (lambda: is_on("billing", at=now), lambda: recorded(overseer, now, module="billing")):
        with pytest.raises(UnknownModule):
            ask()


@pytest.mark.parametrize("role", ["administrator", "leader", "coordinator", "analyst", "liaison", "reporter"])
def test_only_an_overseer_switches(actor_of, now, role):
    by = actor_of("ditjenim", role=role)

    with pytest.raises(RoleMayNotAct):
        recorded(by, now)
    with pytest.raises(RoleMayNotAct):
        end_assessment(module="vault", why="dimatikan", by=by, at=now)


@pytest.mark.parametrize(("country", "may"), [("ID", True), ("TL", False), ("XX", False)])
def test_an_overseer_of_another_state_or_organisation_does_not_switch(actor_of, country, may):
    assert may_record(actor_of("badan-lain", role="overseer", country=country)) == may


def test_where_a_home_agency_is_named_only_its_overseer_switches(actor_of, settings):
    settings.HOME_AGENCY = "ditjenim"

    assert may_record(actor_of("ditjenim", role="overseer"))
    assert not may_record(actor_of("kanim-atambua", role="overseer"))


def test_labels_follow_the_language():
    with translation.override("en"):
        assert modules()["vault"].label == "Vault of identities"
    with translation.override("id"):
        assert modules()["vault"].label == "Brankas identitas"


# --- the page ---


@pytest.fixture
def page_of(client, officer_of, gazetteer_rows):
    def make(role):
        client.force_login(officer_of("ditjenim", role=role))
        return client

    return make


def stated(**other):
    paper = SimpleUploadedFile("dpia.pdf", b"isi dokumen")
    today = timezone.now().astimezone(WIB).date()
    return {"title": "Penilaian", "document": paper, "approved_by": "PPDP", "assessed_on": today.isoformat(), **other}


def test_an_overseer_switches_on_and_off_by_the_page(page_of):
    client = page_of("overseer")

    client.post(reverse("assessment_record", args=["vault"]), stated())
    on = client.get(reverse("module_list")).content.decode()
    assert "menyala" in on
    assert ImpactAssessment.objects.get().document_checksum == sha256_hex(b"isi dokumen")

    client.post(reverse("assessment_end", args=["vault"]), {"why": "uji"})
    assert "menyala" not in client.get(reverse("module_list")).content.decode()
    assert "Diakhiri: uji" in client.get(reverse("module_list")).content.decode()


def test_everybody_sees_what_is_off_and_what_is_needed_and_no_switch(page_of):
    html = page_of("analyst").get(reverse("module_list")).content.decode()

    assert html.count("chip--closed") == len(modules())
    assert "Yang diperlukan" in html
    assert "<form" not in html.partition("<main")[2]


@pytest.mark.parametrize(
    "given_words",
    [
        {"title": ""},
        {"assessed_on": "2999-01-01"},
        {"document": ""},
        {"assessed_on": "0001-01-01"},
        {"valid_to": "9999-12-31"},
    ],
)
def test_a_faulty_statement_is_shown_again_with_the_fault(page_of, given_words):
    answer = page_of("overseer").post(reverse("assessment_record", args=["vault"]), stated(**given_words))

    assert answer.status_code == 422
    assert not ImpactAssessment.objects.exists()


def test_others_cannot_send_the_switch_by_hand(page_of):
    client = page_of("administrator")

    assert client.post(reverse("assessment_record", args=["vault"]), stated()).status_code == 403
    assert client.post(reverse("assessment_end", args=["vault"]), {"why": "uji"}).status_code == 403


@pytest.mark.parametrize("name", ["assessment_record", "assessment_end"])
def test_an_unknown_module_or_an_empty_wish_is_answered_with_the_page(page_of, name):
    client = page_of("overseer")

    assert client.post(reverse(name, args=["billing"]), {**stated(), "why": "uji"}).status_code == 422
    assert client.post(reverse(name, args=["vault"]), {}).status_code == 422
