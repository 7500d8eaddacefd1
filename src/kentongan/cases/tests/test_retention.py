"""What retention leaves of a case and of a referral: nothing that anybody wrote, and what is counted."""

from datetime import timedelta
from decimal import Decimal

from kentongan.cases import actions
from kentongan.cases.models import Case, CasePerson, Referral
from kentongan.cases.retention import anonymise_case, anonymise_referral
from kentongan.vault.actions import Keeping
from kentongan.vault.tests.making import FIELDS
from kentongan.vocabulary.models import Kind

from .conftest import SUPPORT

SECRET = "Xrahasia"


def test_no_word_that_an_officer_wrote_is_left(case, joined, lead, support, agency, switched_on, now):
    from django.apps import apps

    common = {"case": case, "by": lead, "at": now}
    actions.write_note(**common, text=SECRET, is_shared=True)
    task = actions.give_task(**common, agency=agency(SUPPORT), what=SECRET)
    actions.answer_task(task=task, version=1, to="declined", note=SECRET, by=support, at=now)
    actions.record_milestone(**common, code="LI", on=now.date(), document="LI/1", note=SECRET)
    actions.classify_case(
        **common, offence=Kind.objects.get(pk="TPPO"), act_on=now.date(), why=SECRET,
        elements=[actions.ElementStated("act", "RECRUIT", SECRET, (f"event:{case.event_id}",))],
    )  # fmt: skip
    (person,) = actions.add_persons(**common, role="victim", age="child", legal_basis="UU")
    actions.record_best_interest(
        person=person,
        considered=SECRET,
        childs_view=SECRET,
        guardian="parent",
        guardian_in_conflict=False,
        guardian_note=SECRET,
        by=lead,
        at=now,
    )
    keeping = Keeping("investigation", "UU", now.date() + timedelta(days=9))
    actions.identify(person=person, revision=person.revision, fields=FIELDS, keeping=keeping, by=lead, at=now)
    person.refresh_from_db()
    actions.change_role(
        person=person,
        revision=person.revision,
        to="suspect",
        offence="OTHER",
        reason_given=SECRET,
        legal_reason=SECRET,
        by=lead,
        at=now,
    )
    thing = actions.record_object(
        **common,
        what=SECRET,
        quantity=Decimal(1),
        unit="buah",
        holder=agency(lead.agency),
        taken_at=now,
        taken_where=SECRET,
        condition=SECRET,
    )
    actions.hand_over(
        thing=thing,
        giver=actions.Holder(agency(lead.agency)),
        receiver=actions.Holder(body=SECRET),
        where=SECRET,
        when=now,
        quantity=Decimal(1),
        condition=SECRET,
        document="BA/1",
        by=lead,
        at=now,
    )
    actions.close_case(**common, version=1, result="prevented", why=SECRET)
    Case.objects.filter(pk=case.pk).update(title=SECRET, summary=SECRET)
    consent = actions.Consent("vital", frozenset({"needs"}), vital_why=SECRET)
    Case.objects.filter(pk=case.pk).update(state="open")
    referral = actions.refer(
        person=person, receiver=agency(SUPPORT), service="return", needs=SECRET, consent=consent, by=lead, at=now
    )
    actions.revoke_referral(referral=referral, version=1, why=SECRET, by=lead, at=now)

    case.refresh_from_db()
    anonymise_case(case, now)
    anonymise_referral(referral, now)

    models = list(apps.get_app_config("cases").get_models())
    left = [model.__name__ for model in models if SECRET in str(list(model._base_manager.values()))]
    assert left == []
    assert CasePerson.objects.get().identity_id is None
    assert (Referral.objects.get().service, Case.objects.get().number) == ("return", case.number)
