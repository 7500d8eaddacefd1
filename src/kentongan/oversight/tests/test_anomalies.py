"""Hints about use: the figures, and what is counted from the trail."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kentongan.agreements.models import BreakGlass, Grant
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.oversight import usage
from kentongan.oversight.anomalies import Hint, Threshold, WeekOfUse, hints_of, is_night, robust_z
from kentongan.oversight.tables import OwnTableFaulty

THRESHOLDS = {
    name: Threshold(name, value, "", "ours", "")
    for name, value in {"refusals": 10, "empty_searches": 10, "above_own_past": 4, "above_peers": 4}.items()
}


def given_hints(*weeks: WeekOfUse) -> list[tuple[str, str]]:
    return [(hint.hint, hint.actor) for hint in hints_of(weeks, THRESHOLDS)]


def week(actor="officer:1", **counts) -> WeekOfUse:
    return WeekOfUse(actor, "kanim-atambua", "analyst", **counts)


@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_more_looks_never_lie_less_far_above_the_same_others(count, others):
    assert robust_z(count + 1, others) > robust_z(count, others)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=20))
def test_the_usual_is_no_distance_from_itself(others):
    assert robust_z(others[0], [others[0]]) == 0


def test_a_habit_without_any_spread_is_not_taken_for_certain():
    assert robust_z(5, [1, 1, 1, 1, 1]) < 4
    assert robust_z(104, [100] * 8) < 1


def test_against_a_known_answer():
    # 2*sqrt(100.375) - 2*sqrt(25.375) over 1: (20.0374 - 10.0747)
    assert robust_z(100, [25, 25, 25, 25]) == pytest.approx(9.9627, abs=1e-3)


def test_nothing_to_compare_with_is_said():
    with pytest.raises(ValueError, match="compare"):
        robust_z(3, [])


@pytest.mark.parametrize(("hour", "night"), [(21, False), (22, True), (0, True), (4, True), (5, False)])
def test_night_is_from_ten_to_five(hour, night):
    assert is_night(hour) is night


def test_a_threshold_is_met_by_its_own_value():
    assert given_hints(week(refusals=9)) == []
    assert given_hints(week(refusals=10)) == [("refusals", "officer:1")]


def test_searches_without_result_count_only_when_they_are_half():
    assert given_hints(week(searches=30, empty_searches=14)) == []
    assert given_hints(week(searches=28, empty_searches=14)) == [("empty_searches", "officer:1")]


def test_far_above_the_own_past():
    assert given_hints(week(looks=100, past_looks=(20, 25, 22, 18))) == [("above_own_past", "officer:1")]
    assert given_hints(week(looks=30, past_looks=(20, 25, 22, 18))) == []
    assert given_hints(week(looks=100, past_looks=(20, 25, 22))) == [], "three weeks say nothing"
    assert given_hints(week(looks=29, past_looks=(0, 0, 0, 0))) == [], "few looks are no hint"


def test_far_above_peers_of_the_same_agency_and_role():
    peers = [week(f"officer:{n}", looks=20 + n) for n in range(2, 6)]

    assert given_hints(week(looks=100), *peers) == [("above_peers", "officer:1")]
    assert given_hints(week(looks=100), *peers[:3]) == []


def test_a_hint_holds_a_count_and_no_measure_of_a_person():
    assert [field.name for field in fields(Hint)] == ["hint", "actor", "agency", "count", "usual"]


NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 22.00 in Jakarta, 23.00 in Atambua


@pytest.fixture
def overseer(actor_of):
    return actor_of("kanim-atambua", role="overseer")


@pytest.fixture
def last_week(now):
    return usage.Week.ending(now.date())


def found(overseer, week, now) -> dict[str, int]:
    return {hint.hint: hint.count for hint in usage.hints(overseer, week=week, at=now)}


def test_an_export_at_night_is_told_by_the_agencys_own_clock(gazetteer_rows, overseer, actor_of, look, last_week, now):
    from kentongan.agencies.models import Agency

    analyst = actor_of("kanim-atambua")
    look(analyst, at=NIGHT - timedelta(hours=1), event=Trail.RECORDS_EXPORTED, facts={"rows": 3})
    before = found(overseer, last_week, now)
    Agency.objects.filter(pk="kanim-atambua").update(seat=5)  # Silawan: one hour later than Jakarta

    assert "night_exports" not in before
    assert found(overseer, last_week, now)["night_exports"] == 1


def test_rows_behind_a_hint_are_the_rows_that_were_counted(overseer, actor_of, look, last_week, now):
    analyst = actor_of("kanim-atambua")
    for number in range(21):
        look(analyst, f"event:{number}", at=NIGHT + timedelta(minutes=number))
    look(analyst, "event:day", at=NIGHT - timedelta(hours=8))

    counted = found(overseer, last_week, now)
    rows = usage.rows_behind(overseer, "night_looks", analyst.ref, "kanim-atambua", week=last_week, at=now)

    assert counted["night_looks"] == 21
    assert {row.subject for row in rows} == {f"event:{number}" for number in range(21)}


def test_searches_without_result_and_refusals_are_counted(overseer, actor_of, look, last_week, now):
    analyst = actor_of("kanim-atambua")
    for number in range(12):
        look(analyst, at=now - timedelta(hours=3), event=Trail.RECORDS_SEARCHED, facts={"found": 0 if number else 4})
        look(analyst, f"event:{number}", at=now - timedelta(hours=3), event=Trail.ACCESS_REFUSED)

    counted = found(overseer, last_week, now)

    assert (counted["empty_searches"], counted["refusals"]) == (11, 12)
    for hint, number in (("empty_searches", 11), ("refusals", 12)):
        assert len(usage.rows_behind(overseer, hint, analyst.ref, "kanim-atambua", week=last_week, at=now)) == number


def test_the_weeks_before_are_counted_since_the_first_look(overseer, actor_of, look, last_week, now):
    analyst = actor_of("kanim-atambua")
    for back, number in ((0, 5), (1, 3), (3, 2)):
        for _n in range(number):
            look(analyst, "event:1", at=now - timedelta(days=7 * back, hours=2))

    (use,) = usage.weeks_of_use(overseer, week=last_week, at=now)

    assert (use.looks, use.past_looks) == (5, (3, 0, 2))


def test_a_read_record_is_unrelated_unless_the_agency_works_with_it(overseer, actor_of, look, last_week, now):
    analyst, other = actor_of("kanim-atambua"), actor_of("polres-belu", kind="police")
    at = now - timedelta(hours=5)
    for number in range(12):
        look(analyst, f"event:{number}", at=at)
        look(analyst, f"event:{number}", at=at)
    look(analyst, "event:0", at=at - timedelta(days=13), event=Trail.EVENT_CONFIRMED)
    look(analyst, "event:1", at=at - timedelta(days=15), event=Trail.EVENT_CONFIRMED)
    look(other, "event:2", at=at, event=Trail.EVENT_CONFIRMED)

    assert found(overseer, last_week, now)["unrelated_looks"] == 11


def test_an_overdue_review_of_an_emergency_opening_is_told(
    overseer, actor_of, event_of, agency_of, look, last_week, now
):
    event = event_of()
    grant = Grant.objects.create(
        category="events", record=event.pk, agency=agency_of("polres-belu"), valid_from=now - timedelta(days=3),
        cause="break_glass", because="break_glass:1",
    )  # fmt: skip
    opened = BreakGlass.objects.create(
        grant=grant, owner=event.owner, officer="officer:9", reason="Nyawa terancam", opened_at=now - timedelta(days=3),
        review_by=now - timedelta(days=1),
    )  # fmt: skip
    look(actor_of("polres-belu", kind="police"), opened.ref, at=now)

    assert found(overseer, last_week, now) == {"break_glass_overdue": 1}
    behind = usage.rows_behind(overseer, "break_glass_overdue", "officer:9", "polres-belu", week=last_week, at=now)
    assert [row.subject for row in behind] == [opened.ref]


def test_the_system_at_work_at_night_is_no_use(overseer, agency_of, look, last_week, now):
    from kentongan.agreements.access import system_actor

    machine = system_actor(agency_of("kanim-atambua"), name="worker", purpose="prevention", at=now)
    for _number in range(30):
        look(machine, "event:1", at=NIGHT)

    assert found(overseer, last_week, now) == {}


def test_an_installation_sets_its_own_threshold(settings, tmp_path, overseer, actor_of, look, last_week, now):
    settings.HOME = tmp_path
    (tmp_path / "anomalies.csv").write_text("hint,threshold\nrefusals,2\n", encoding="utf-8")
    for number in range(2):
        look(actor_of("kanim-atambua", username=f"a{number}") if not number else actor_of("kanim-atambua", role="leader"),
             f"event:{number}", at=now - timedelta(hours=3), event=Trail.ACCESS_REFUSED)  # fmt: skip

    assert usage.thresholds()["refusals"].value == 2
    assert usage.thresholds()["night_looks"].value == 20
    assert found(overseer, last_week, now) == {}, "one each"


@pytest.mark.parametrize("line", ["refusals,0", "refusals,viel", "unknown,3"])
def test_a_wrong_threshold_is_named_with_its_line(settings, tmp_path, line):
    settings.HOME = tmp_path
    (tmp_path / "anomalies.csv").write_text(f"hint,threshold\n{line}\n", encoding="utf-8")

    with pytest.raises(OwnTableFaulty) as refusal:
        usage.thresholds()

    assert "baris 2" in refusal.value.details[0]


def test_the_pages_show_hints_and_the_rows_behind_and_leave_their_own_rows(signed_in, actor_of, look, now, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)
    analyst = actor_of("kanim-atambua")
    for number in range(12):
        look(analyst, f"event:{number}", at=now - timedelta(hours=3), event=Trail.ACCESS_REFUSED)
    window = signed_in()

    listed = window.get(reverse("use_list")).content.decode()
    behind = window.get(reverse("use_detail", args=["refusals"]), {"officer": analyst.ref, "agency": "kanim-atambua"})

    assert "Banyak penolakan" in listed
    assert behind.content.decode().count("ditolak") == 12
    assert TrailRow.objects.filter(event=Trail.USE_REVIEWED).count() == 2


def test_no_rows_of_an_agency_out_of_reach(signed_in, agency_of):
    agency_of("polres-belu")
    address = reverse("use_detail", args=["refusals"])

    assert signed_in().get(address, {"officer": "officer:1", "agency": "polres-belu"}).status_code == 404
