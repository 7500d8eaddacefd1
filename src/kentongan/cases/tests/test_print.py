"""The minutes of a hand-over of goods on paper: the goods, both sides, the gaps; nobody of the case."""

from datetime import timedelta
from decimal import Decimal

import pytest

from kentongan.audit.models import TrailRow
from kentongan.cases import actions
from kentongan.cases.actions import Holder
from kentongan.cases.models import Case

from .conftest import LEAD, SUPPORT


@pytest.fixture
def minutes(case, lead, joined, agency, now):
    thing = actions.record_object(
        case=case, what="BBM", quantity=Decimal("1400.5"), unit="liter", holder=agency(LEAD), taken_at=now - timedelta(hours=3),
        taken_where="dermaga", by=lead, at=now,
    )  # fmt: skip
    return actions.hand_over(
        thing=thing, giver=Holder(agency(LEAD)), receiver=Holder(agency(SUPPORT)), where="kantor Kanim", when=now,
        quantity=Decimal(1400), condition="utuh", document="BA/7/2026", by=lead, at=now,
    )  # fmt: skip


def address(case, minutes):
    return f"/perkara/{case.pk}/serah-terima/{minutes.pk}/cetak/"


def test_they_hold_the_goods_both_sides_and_what_is_missing(case, minutes, sign_in):
    page = sign_in(kind="police").get(address(case, minutes)).content.decode()

    assert "Nomor: BA/7/2026" in page
    assert "<td>1.400 liter</td>" in page
    assert "<dd>1.400,500 liter</dd>" in page
    assert page.count("Kanim Atambua") >= 2
    assert "Yang belum utuh dalam rantai penguasaan" in page
    assert "tanggal 4 Maret 2026" in page
    row = TrailRow.objects.get(event="records.exported")
    assert (row.subject, row.facts["form"]) == (case.ref, "serah_terima_barang")


def test_nobody_of_the_case_is_on_them(switched_on, case, minutes, lead, sign_in, now):
    actions.add_persons(case=case, role="victim", number=1, legal_basis="UU 21/2007", by=lead, at=now)
    page = sign_in(kind="police").get(address(case, minutes)).content.decode()

    assert case.persons.count() == 1
    assert "korban" not in page.lower()


def test_the_receiving_side_prints_them_and_a_third_agency_finds_nothing(case, minutes, third, sign_in):
    assert sign_in(SUPPORT, kind="immigration").get(address(case, minutes)).status_code == 200
    assert sign_in("polres-malaka", kind="police").get(address(case, minutes)).status_code == 404


def test_minutes_of_another_case_are_not_found_under_this_one(case, minutes, lead, sign_in, now):
    other = actions.open_case(title="Perkara lain", by=lead, at=now)

    assert sign_in(kind="police").get(address(other, minutes)).status_code == 404


def test_a_simulated_case_prints_as_simulated(case, minutes, sign_in):
    Case.objects.filter(pk=case.pk).update(is_simulated=True)

    assert "DATA SIMULASI" in sign_in(kind="police").get(address(case, minutes)).content.decode()


def test_the_page_of_the_case_leads_to_them(case, minutes, sign_in):
    assert address(case, minutes) in sign_in(kind="police").get(f"/perkara/{case.pk}/").content.decode()
