"""R15: of a child the best interest is written down, a guardian who may consents, and no picture is shared."""

import re

import pytest
from django.db import models, transaction

from kentongan.agreements.fields import field_groups
from kentongan.agreements.models import Grant
from kentongan.cases import actions
from kentongan.cases.models import BestInterest, CasePerson, Referral
from kentongan.vault.rules import FIELD_NAMES
from kentongan.vault.tests.making import switch_on

from .surfaces import SOURCE, form_classes, project_models

SHELTER = "dinsos-belu"
SCOPE = frozenset({"subject", "needs"})
PICTURE = re.compile(r"foto|photo|gambar|image|picture|potret|portrait|avatar|selfie|wajah|face", re.IGNORECASE)
KEEPS_FILES = (models.FileField, models.ImageField, models.BinaryField)


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    settings.VAULT_KEYS = tmp_path / "keys"


@pytest.fixture
def officer(gazetteer_rows, actor_of, agency_of, now):
    switch_on(now, "cases")
    agency_of(SHELTER, kind="social")
    return actor_of("polres-belu", role="case_officer", purpose="victim_protection", kind="police")


@pytest.fixture
def child(officer, now) -> CasePerson:
    case = actions.open_case(title="Perkara uji", by=officer, at=now)
    return actions.add_persons(case=case, role="victim", age="child", legal_basis="UU 35/2014", by=officer, at=now)[0]


def form(child: CasePerson, by, at, *, guardian: str = "parent", in_conflict: bool = False, **more) -> BestInterest:
    said = {"considered": "tinggal dekat keluarga", "childs_view": "ingin pulang"} | more
    return actions.record_best_interest(
        person=child, guardian=guardian, guardian_in_conflict=in_conflict, **said, by=by, at=at
    )


def refer(child: CasePerson, by, at, *, consent_by: str = "guardian", **more) -> Referral:
    from kentongan.agencies.models import Agency

    consent = actions.Consent(consent_by, SCOPE, **({"document": "Surat 1"} | more))
    return actions.refer(
        person=child,
        receiver=Agency.objects.get(pk=SHELTER),
        service="shelter",
        needs="Rumah aman anak",
        consent=consent,
        by=by,
        at=at,
    )


def test_without_the_best_interest_form_no_guardian_consents(child, officer, now) -> None:
    with pytest.raises(actions.ConsentMissing) as refusal:
        refer(child, officer, now)

    assert "kepentingan terbaik" in refusal.value.message
    form(child, officer, now)
    assert refer(child, officer, now).state == "sent"


@pytest.mark.parametrize(("guardian", "in_conflict", "may"), [
    ("parent", False, True), ("appointed", False, True), ("agency", False, True), ("nobody", False, False),
    ("parent", True, False), ("appointed", True, False), ("agency", True, False), ("nobody", True, False),
])  # fmt: skip
def test_only_a_guardian_without_a_stake_consents(child, officer, now, guardian, in_conflict, may) -> None:
    form(child, officer, now, guardian=guardian, in_conflict=in_conflict)

    if may:
        assert refer(child, officer, now).consent_by == "guardian"
    else:
        with pytest.raises(actions.ConsentMissing), transaction.atomic():
            refer(child, officer, now)
        assert not Grant.objects.exists()


def test_a_childs_own_word_is_written_down_and_does_not_suffice(child, officer, now) -> None:
    form(child, officer, now)

    with pytest.raises(actions.ConsentMissing):
        refer(child, officer, now, consent_by="subject")
    with pytest.raises(actions.ReasonMissing):
        form(child, officer, now, childs_view=" ")


def test_the_latest_form_counts(child, officer, now) -> None:
    form(child, officer, now)
    form(child, officer, now, in_conflict=True)

    with pytest.raises(actions.ConsentMissing):
        refer(child, officer, now)


def test_help_for_a_child_in_danger_waits_for_no_form_and_says_why(child, officer, now) -> None:
    with pytest.raises(actions.ConsentMissing):
        refer(child, officer, now, consent_by="vital")

    assert refer(child, officer, now, consent_by="vital", vital_why="luka berat").vital_why == "luka berat"


def test_the_best_interest_form_stays_with_the_lead_and_in_no_referral(child, officer, actor_of, now) -> None:
    from kentongan.agreements.access import fetch

    form(child, officer, now)
    referral = refer(child, officer, now)
    receiver = actor_of(SHELTER, role="social_worker", purpose="victim_protection", kind="social")

    shown = fetch(Referral, referral.pk, receiver, at=now)

    assert (shown.subject, shown.age, shown.person, shown.case) == ("Korban A", "child", None, None)


def test_the_form_is_a_childs_and_is_complete(child, officer, now) -> None:
    with pytest.raises(actions.ReasonMissing):
        form(child, officer, now, considered="")
    with pytest.raises(actions.Unusable):
        form(child, officer, now, guardian="uncle")
    actions.set_age(person=child, revision=child.revision, age="adult", why="akta", by=officer, at=now)
    with pytest.raises(actions.Unusable):
        form(child, officer, now)


def test_that_a_child_is_among_the_victims_is_said_of_the_case_and_of_nobody(child, officer, now) -> None:
    actions.set_age(person=child, revision=child.revision, age="child", why="akta", by=officer, at=now)

    assert actions.was_victim(child)
    child.case.refresh_from_db()
    assert child.case.has_child_victims


# --- no pictures: a contract of models, forms, shared fields and pages ---


def test_no_model_about_people_in_cases_can_hold_a_file_or_a_picture() -> None:
    room = [model for model in project_models() if model._meta.app_label == "cases"]

    assert len(room) > 10
    assert [
        f"{m.__name__}.{f.name}"
        for m in room
        for f in m._meta.concrete_fields
        if isinstance(f, KEEPS_FILES) or PICTURE.search(f.name)
    ] == []


def test_no_identity_has_a_picture() -> None:
    assert [name for name in FIELD_NAMES if PICTURE.search(name)] == []


def test_no_form_of_cases_takes_a_file() -> None:
    room = [form for form in form_classes() if form.__module__.startswith("kentongan.cases")]

    assert len(room) > 10
    assert [
        f.__name__
        for f in room
        for field in f.base_fields.values()
        if type(field).__name__ in ("FileField", "ImageField")
    ] == []


def test_no_group_of_fields_that_may_be_shared_speaks_of_pictures() -> None:
    shared = [g for category in ("cases", "referrals") for g in field_groups()[category].values()]

    assert [name for g in shared for name in (g.name, *g.attributes, *g.related) if PICTURE.search(name)] == []


def test_no_page_of_cases_and_referrals_shows_or_uploads_a_picture() -> None:
    pages = sorted((SOURCE / "cases" / "templates").rglob("*.html"))

    assert len(pages) > 8
    assert [
        p.name for p in pages if re.search(r"<img|<video|<canvas|type=.file|multipart", p.read_text(encoding="utf-8"))
    ] == []
