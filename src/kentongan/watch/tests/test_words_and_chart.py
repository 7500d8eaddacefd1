"""The sentences and the chart of a finding."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from kentongan.watch.charts import small_charts, week_chart
from kentongan.watch.explain import Facts, duration, explain, period

FACTS = {
    "type": "cluster",
    "stream": "trafficking",
    "level": "village",
    "place": "Silawan",
    "members": 3,
    "window_from": date(2026, 2, 16),
    "window_to": date(2026, 3, 2),
    "observed": 7,
    "expected": 0.94,
    "recurrence_days": 17500.0,
    "radius_m": 6200.0,
    "baseline_events": 71,
    "baseline_weeks": 52,
}


@pytest.fixture(autouse=True)
def indonesian():
    with translation.override("id"):
        yield


def test_a_cluster_says_what_where_when_and_against_what():
    said = explain(Facts(**FACTS))

    assert "7 kejadian di 3 desa sekitar Silawan" in said.what
    assert "16 Feb 2026 sampai 1 Mar 2026" in said.what
    assert "0,94 kejadian" in said.why
    assert "52 minggu" in said.why
    assert "48 tahun" in said.how_rare
    assert any("menceritakan kejadian yang sama" in doubt for doubt in said.doubts)


def test_few_events_are_said_to_be_few():
    few, many = explain(Facts(**FACTS | {"observed": 3})), explain(Facts(**FACTS))

    assert len(few.doubts) == len(many.doubts) + 1


def test_what_a_cluster_rests_on_is_the_first_thing_to_check():
    weeks = (date(2026, 2, 23),)
    said = explain(Facts(**FACTS | {"needed_places": ("Silawan", "Tulakadi"), "needed_weeks": weeks}))
    usual = explain(Facts(**FACTS))

    assert said.doubts[0].startswith("Tanpa Silawan atau Tulakadi temuan ini tidak akan muncul")
    assert "tanpa kejadian 23 Feb 2026 sampai 1 Mar 2026" in said.doubts[-1]
    assert len(said.doubts) == len(usual.doubts) + 2


def test_of_many_places_the_first_are_named_and_the_others_counted():
    said = explain(Facts(**FACTS | {"needed_places": tuple("ABCDEF")}))

    assert said.doubts[0].startswith("Tanpa A, B, C, D, dan 2 lagi temuan ini")


def test_a_silence_says_for_how_long_and_what_was_usual():
    said = explain(
        Facts(
            **FACTS
            | {
                "type": "silence",
                "stream": "silence",
                "observed": 0,
                "expected": 7.6,
                "window_from": date(2025, 12, 29),
            }
        )
    )

    assert said.what.startswith("Silawan tidak melapor selama 9 minggu")
    assert "sekitar 7,6 laporan" in said.why
    assert any("sinyal" in doubt for doubt in said.doubts)


SURGE = FACTS | {
    "type": "surge",
    "level": "regency",
    "place": "Belu",
    "members": 1,
    "observed": 14,
    "history_weeks": 48,
}


def test_a_surge_says_which_whole_area_and_that_late_reports_and_the_season_were_allowed_for():
    said = explain(Facts(**SURGE))

    assert "14 kejadian di seluruh kabupaten/kota Belu, 16 Feb 2026 sampai 1 Mar 2026" in said.what
    assert "48 minggu sebelumnya" in said.why
    assert "musim sudah diberi ruang" in said.why
    assert "masih di jalan sudah diperhitungkan" in said.why
    assert "48 tahun" in said.how_rare
    assert any("Musim yang lebih kuat" in doubt for doubt in said.doubts)


def test_a_surge_with_years_of_history_names_the_same_weeks_of_those_years():
    said = explain(Facts(**SURGE | {"history_weeks": 4 * 52 + 4}))

    assert "minggu-minggu yang sama dalam 4 tahun terakhir" in said.why
    assert not any("Musim yang lebih kuat" in doubt for doubt in said.doubts)


@pytest.mark.parametrize(
    ("level", "area"),
    [("district", "Kecamatan Belu"), ("regency", "kabupaten/kota Belu"), ("province", "Belu")],
)
def test_a_surge_names_its_area_with_the_level(level, area):
    assert f"di seluruh {area}," in explain(Facts(**SURGE | {"level": level})).what


def test_a_surge_that_rests_on_one_week_or_few_events_says_so():
    few = explain(Facts(**SURGE | {"observed": 4, "needed_weeks": (date(2026, 2, 23),)}))

    assert any("bergantung pada satu minggu saja" in doubt for doubt in few.doubts)
    assert any("Kejadiannya sedikit" in doubt for doubt in few.doubts)


@pytest.mark.parametrize(("days", "words"), [(7, "7 hari"), (365, "12 bulan"), (3652, "10 tahun")])
def test_a_time_is_said_in_the_unit_that_one_thinks_in(days, words):
    assert duration(days) == words


def test_a_period_of_one_day_is_that_day():
    assert period(date(2026, 3, 1), date(2026, 3, 2)) == "1 Mar 2026"


WEEKS = [(date(2026, 1, 5) + timedelta(days=7 * n), n % 4, 1.5) for n in range(8)]


def test_the_chart_has_a_bar_for_each_week_with_the_window_set_apart():
    chart = week_chart(WEEKS, window_from=date(2026, 2, 16), window_to=date(2026, 3, 2))

    assert [bar.is_window for bar in chart.bars] == [False] * 6 + [True] * 2
    assert [bar.observed for bar in chart.bars] == [n % 4 for n in range(8)]
    assert all(0 <= bar.y <= chart.baseline and bar.x + bar.width <= chart.width + 1 for bar in chart.bars)


def test_the_tallest_bar_is_the_largest_count():
    chart = week_chart(WEEKS, window_from=date(2026, 2, 16), window_to=date(2026, 3, 2))

    tallest = max(chart.bars, key=lambda bar: bar.height)
    assert tallest.observed == 3
    assert all(bar.height == 0 for bar in chart.bars if bar.observed == 0)


def test_a_chart_of_nothing_is_no_fault():
    assert week_chart([], window_from=date(2026, 1, 1), window_to=date(2026, 1, 2)).bars == ()


def test_small_charts_share_one_scale_and_draw_only_weeks_with_something():
    starts = [day for day, _observed, _expected in WEEKS]
    first, second = small_charts(
        [("A", [0, 0, 0, 0, 0, 0, 2, 4]), ("B", [0, 1, 0, 0, 0, 0, 0, 0])],
        starts,
        window_from=starts[6],
        window_to=starts[7] + timedelta(days=7),
    )

    assert [bar.observed for bar in first.bars] == [2, 4]
    assert [bar.height for bar in first.bars] == [21.0, 42.0]
    assert second.bars[0].height == pytest.approx(10.5)
    assert (first.in_window, second.in_window) == (6, 0)
    assert [bar.is_window for bar in (*first.bars, *second.bars)] == [True, True, False]


def test_small_charts_of_nothing_are_empty():
    assert small_charts([], [], window_from=date(2026, 1, 5), window_to=date(2026, 1, 12)) == ()
