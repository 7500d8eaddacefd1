"""People in a case: pseudonyms, the vault, the switch. What protects victims and children is tested among the rights."""

import pytest
from django.db import IntegrityError, transaction

from kentongan.agreements.modules import ModuleOff
from kentongan.audit.models import TrailRow
from kentongan.cases import actions, queries
from kentongan.cases.models import CasePerson
from kentongan.kit.ids import new_id
from kentongan.vault.actions import Keeping, open_identity
from kentongan.vault.models import Identity
from kentongan.vault.rules import IdentityFields
from kentongan.vault.tests.making import CANARIES, FIELDS

BASIS = "UU 21/2007 Pasal 43"


def added(case, by, at, **more):
    return actions.add_persons(case=case, **({"role": "victim", "legal_basis": BASIS} | more), by=by, at=at)


def keeping(at):
    return Keeping("investigation", BASIS, at.date().replace(year=at.year + 2))


def test_thirty_victims_and_one_suspect_get_pseudonyms_of_their_own(case, lead, switched_on, now):
    added(case, lead, now, number=28)
    added(case, lead, now, number=2)
    (suspect,) = added(case, lead, now, role="suspect")

    marks = [str(person) for person in CasePerson.objects.filter(role="victim")]
    assert (marks[0], marks[25], marks[26], marks[29]) == ("Korban A", "Korban Z", "Korban AA", "Korban AD")
    assert str(suspect) == "Tersangka A"


def test_once_people_are_in_it_a_case_is_handled_as_personal(case, lead, switched_on, now):
    added(case, lead, now)

    case.refresh_from_db()
    assert case.handling == "personal"


@pytest.mark.parametrize("more", [{"role": "boss"}, {"number": 0}, {"number": 201}, {"age": "old"}])
def test_what_nobody_can_be_is_refused(case, lead, switched_on, now, more):
    with pytest.raises(actions.Unusable):
        added(case, lead, now, **more)


def test_a_person_is_recorded_on_a_legal_basis(case, lead, switched_on, now):
    with pytest.raises(actions.ReasonMissing):
        added(case, lead, now, legal_basis=" ")


def test_the_identity_is_in_the_vault_and_in_no_other_column_or_row_of_the_trail(case, lead, switched_on, now):
    (person,) = added(case, lead, now)

    identity = actions.identify(
        person=person, revision=person.revision, fields=FIELDS, keeping=keeping(now), by=lead, at=now
    )

    person.refresh_from_db()
    assert (person.identity_id, identity.kind, identity.handling, identity.legal_basis) == (
        identity.pk,
        "victim",
        "protected",
        BASIS,
    )
    written = [str(row) for model in (CasePerson, TrailRow) for row in model.objects.values()]
    assert not [word for word in CANARIES if any(word in row for row in written)]
    opened = open_identity(
        identity=identity, ground="court_order", document="PN 1", reason="mendengar korban", by=lead, at=now
    )
    assert opened.fields == FIELDS


@pytest.mark.parametrize(
    ("role", "kind"), [("victim", "victim"), ("suspect", "person"), ("witness", "person"), ("reporter", "reporter")]
)
def test_each_role_is_kept_as_its_kind_of_identity(case, lead, switched_on, now, role, kind):
    (person,) = added(case, lead, now, role=role)

    identity = actions.identify(
        person=person, revision=person.revision, fields=FIELDS, keeping=keeping(now), by=lead, at=now
    )

    assert identity.kind == kind


def test_identifying_needs_a_basis_happens_once_and_as_of_what_the_officer_saw(case, lead, switched_on, now):
    (person,) = added(case, lead, now)
    given = {"person": person, "fields": IdentityFields(name="Seseorang"), "by": lead, "at": now}

    with pytest.raises(actions.ReasonMissing):
        actions.identify(**given, revision=person.revision, keeping=Keeping("investigation", " ", now.date()))
    with pytest.raises(actions.ChangedMeanwhile), transaction.atomic():
        actions.identify(**given, revision=new_id(), keeping=keeping(now))
    assert not Identity.objects.exists()
    actions.identify(**given, revision=person.revision, keeping=keeping(now))
    with pytest.raises(actions.Unusable):
        actions.identify(**given, revision=person.revision, keeping=keeping(now))


def test_a_supporting_agency_adds_and_identifies_nobody(case, joined, support, lead, switched_on, now):
    (person,) = added(case, lead, now)

    with pytest.raises(actions.NotTheLead):
        added(case, support, now)
    with pytest.raises(actions.NotTheLead):
        actions.identify(
            person=person, revision=person.revision, fields=FIELDS, keeping=keeping(now), by=support, at=now
        )


def test_a_supporting_agency_that_is_shown_the_people_sees_pseudonyms_and_no_identity(
    case, lead, support, agency, seen_by, switched_on, now
):
    (person,) = added(case, lead, now)
    identity = actions.identify(
        person=person, revision=person.revision, fields=FIELDS, keeping=keeping(now), by=lead, at=now
    )
    actions.add_agency(case=case, agency=agency("kanim-atambua"), groups=["persons"], why="x", by=lead, at=now)

    (shown,) = queries.workspace(seen_by(support, case, now), support, at=now).persons

    assert str(shown) == "Korban A"
    assert not Identity.objects.visible_to(support, at=now).filter(pk=identity.pk).exists()


def test_a_role_changes_with_a_reason_and_the_pseudonym_stays(case, lead, switched_on, now):
    (person,) = added(case, lead, now, role="witness")

    change = actions.change_role(
        person=person, revision=person.revision, to="victim", reason_given="juga ditipu", by=lead, at=now
    )

    person.refresh_from_db()
    assert (person.role, str(person), change.state) == ("victim", "Saksi A", "done")


def test_of_two_officers_who_change_a_person_the_second_is_told(case, lead, switched_on, now):
    (person,) = added(case, lead, now)
    seen = person.revision
    actions.set_age(person=person, revision=seen, age="adult", why="KTP", by=lead, at=now)

    with pytest.raises(actions.ChangedMeanwhile):
        actions.set_age(person=person, revision=seen, age="child", why="akta", by=lead, at=now)


def test_a_victim_who_is_a_child_makes_it_a_fact_of_the_case(case, lead, switched_on, now):
    (person,) = added(case, lead, now)

    actions.set_age(person=person, revision=person.revision, age="child", why="akta lahir", by=lead, at=now)

    case.refresh_from_db()
    assert case.has_child_victims


def test_two_pseudonyms_of_one_case_never_stand_for_one_identity(case, lead, switched_on, now):
    one, other = added(case, lead, now, number=2)
    identity = actions.identify(person=one, revision=one.revision, fields=FIELDS, keeping=keeping(now), by=lead, at=now)

    with pytest.raises(actions.Unusable):
        actions.link_identity(person=other, revision=other.revision, identity=identity, why="sama", by=lead, at=now)


def test_nothing_of_people_is_done_or_shown_before_the_modules_assessment(case, lead, now):
    with pytest.raises(ModuleOff):
        added(case, lead, now)
    CasePerson.objects.create(
        case=case,
        role="victim",
        first_role="victim",
        mark="A",
        purpose="investigation",
        legal_basis=BASIS,
        added_at=now,
        added_by="officer:1",
    )
    assert queries.workspace(case, lead, at=now).persons == []


def test_without_the_vaults_own_assessment_no_identity_is_stored(case, lead, now):
    from kentongan.vault.tests.making import switch_on

    switch_on(now, "cases")
    (person,) = added(case, lead, now)

    with pytest.raises(ModuleOff):
        actions.identify(person=person, revision=person.revision, fields=FIELDS, keeping=keeping(now), by=lead, at=now)


def test_the_database_holds_people_to_basis_and_pseudonym(case, lead, switched_on, now):
    (person,) = added(case, lead, now)

    for changes in ({"legal_basis": ""}, {"purpose": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CasePerson.objects.filter(pk=person.pk).update(**changes)
