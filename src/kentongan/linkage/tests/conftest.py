"""What the tests of this room build: two cases of Polres Belu with people in the vault, and officers who may and may not compare."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kentongan.cases import actions as case_actions
from kentongan.cases.models import CasePerson
from kentongan.cases.tests.conftest import (  # noqa: F401 - fixtures, by their names
    agency,
    case,
    event_of,
    joined,
    lead,
    leader,
    own_keys,
    seen_by,
    sign_in,
    support,
    switched_on,
    third,
)
from kentongan.engine.linkage.matching import is_available
from kentongan.linkage import actions, queries
from kentongan.linkage.models import CandidateLink, LinkageRun
from kentongan.vault.actions import Keeping
from kentongan.vault.rules import IdentityFields

REASON = "perekrut yang sama di dua perkara"
A_NIK, B_NIK = ("00" + "0147030790" + tail for tail in ("0001", "0002"))  # no province has the code 00
MARIA = {"born_on": "1990-03-07", "sex": "P", "village": "Tulakadi", "nik": A_NIK}
CANARIES = ("Zjuliana", "Mauqoqo", "Tulakadi", A_NIK, "1990-03-07")

needs_extra = pytest.mark.skipif(not is_available(), reason="the extra `linkage` (Splink and DuckDB) is not installed")


@pytest.fixture
def other_case(lead, event_of, now):  # noqa: F811 - the fixture
    return case_actions.open_case(title="Penampungan di Kupang", events=[event_of()], by=lead, at=now)


@pytest.fixture
def protector(case, actor_of):  # noqa: F811 - the fixture
    return actor_of("polres-belu", role="protection_officer", purpose="victim_protection", username="pelindung")


@pytest.fixture
def somebody_in(lead, now, switched_on):  # noqa: F811 - the fixture
    """Put somebody into a case and the vault: `somebody_in(case, "Maria Bere", role="suspect", nik=…)`."""

    def make(into, name, *, role="suspect", age="adult", by=None, **fields):
        (person,) = case_actions.add_persons(
            case=into, role=role, age=age, legal_basis="UU 21/2007", by=by or lead, at=now
        )
        case_actions.identify(
            person=person, revision=person.revision, fields=IdentityFields(name, **fields), by=by or lead, at=now,
            keeping=Keeping("investigation", "UU 21/2007", date(2031, 1, 1)),
        )  # fmt: skip
        return CasePerson.objects.get(pk=person.pk)

    return make


@pytest.fixture
def thing_in(lead, now, agency):  # noqa: F811 - the fixture
    def make(into, what):
        return case_actions.record_object(
            case=into, what=what, quantity=Decimal(1), unit="unit", holder=agency("polres-belu"),
            taken_at=now - timedelta(hours=2), taken_where="pelabuhan", by=lead, at=now,
        )  # fmt: skip

    return make


@pytest.fixture
def run_by(now):
    return lambda by, at=now, reason=REASON: actions.run(reason=reason, legal_basis="UU 21/2007", by=by, at=at)


@pytest.fixture
def link_of(now):
    """Write a link between two people or things as a run would: tests of what follows need no comparison."""

    def make(by, one, other, *, kind="person", probability=0.97, agreements=()):
        run = LinkageRun.objects.create(
            agency_id=by.agency, purpose=by.purpose, legal_basis="UU 21/2007", reason=REASON, at=now, by=by.ref, role=by.role, persons=2,
            things=0, found=1, weights_as_of=date(2026, 11, 22), weights_source="uji", retain_until=date(2028, 3, 4),
        )  # fmt: skip
        left, right = sorted((one.pk, other.pk))
        return CandidateLink.objects.create(
            agency_id=by.agency, run=run, kind=kind, left=left, right=right, probability=probability,
            agreements=list(agreements) or [["name", "same", 9.1], ["born", "swapped", 12.7], ["phone", "shared", 15.9]],
        )  # fmt: skip

    return make


@pytest.fixture
def decided(now):
    """Take a step with a link as the officer sees it now."""

    def make(link, to, by, *, why="cocok menurut berkas", revision=None, at=now):
        shown = queries.link_for(by, link.pk, at=at)
        assert shown is not None
        return actions.decide(shown=shown, to=to, revision=revision or shown.link.revision, why=why, by=by, at=at)

    return make
