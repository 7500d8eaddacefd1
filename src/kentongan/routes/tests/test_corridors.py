"""Corridors: named, watched along, ended."""

from datetime import date, timedelta

import pytest

from kentongan.agreements.access import NotVisible, RoleMayNotAct
from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.places.models import Facility, Place
from kentongan.routes import actions, queries
from kentongan.routes.models import Corridor
from kentongan.watch import actions as watching
from kentongan.watch.models import Watch

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
SILAWAN, TULAKADI, SADI = 5, 6, 7


@pytest.fixture
def analyst(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def corridor_of(region, agency_of, analyst, now):
    """Make a corridor of Kanim Atambua: `corridor_of([Place, Facility], name=…)`."""

    def make(stops=None, *, by=analyst, owner="kanim-atambua", name="Silawan ke Batugade", **more):
        here = stops or [Place.objects.get(pk=SILAWAN), Facility.objects.get(key="batugade")]
        return actions.create_corridor(
            owner=agency_of(owner), name=name, stops=[actions.stop_at(one) for one in here],
            valid_from=more.pop("valid_from", DAY), by=by, at=now, **more,
        )  # fmt: skip

    return make


def test_a_corridor_keeps_its_stops_in_order_with_their_points_and_stands_in_the_trail(corridor_of) -> None:
    corridor = corridor_of(note=" jalur pasar ", reach_km=3)

    assert [(stop.position, stop.label) for stop in corridor.stops.all()] == [
        (0, "Silawan"),
        (1, "Posto Integrado Batugade"),
    ]
    assert corridor.note == "jalur pasar"
    row = TrailRow.objects.get(event=Trail.CORRIDOR_CREATED)
    assert (row.subject, row.facts["stops"]) == (corridor.ref, 2)


def test_its_legs_are_straight_lines_with_their_lengths(corridor_of) -> None:
    (leg,) = queries.legs(corridor_of())

    assert leg.km == pytest.approx(4.35, abs=0.05)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ([SILAWAN], "sekurangnya dua"),
        ([SILAWAN, SILAWAN], "titik yang sama"),
        ([SILAWAN, 1], "belum mempunyai titik: Indonesia"),
        ([SILAWAN, TULAKADI] * 11, "paling banyak 20"),
    ],
)
def test_stops_that_make_no_line_are_refused_with_the_reason(corridor_of, places, said) -> None:
    with pytest.raises(actions.CorridorStopsWrong, match=said):
        corridor_of([Place.objects.get(pk=key) for key in places])


def test_two_corridors_of_one_name_stand_one_after_the_other(corridor_of, analyst, now) -> None:
    first = corridor_of()

    with pytest.raises(actions.CorridorNameTaken):
        corridor_of()
    actions.end_corridor(corridor=first, on=DAY + timedelta(days=1), why="pindah", by=analyst, at=now)

    assert corridor_of().pk != first.pk


def test_a_corridor_ended_and_named_again_is_watched_again(corridor_of, analyst, now) -> None:
    first = corridor_of()
    actions.watch_corridor(corridor=first, by=analyst, at=now)
    actions.end_corridor(corridor=first, on=DAY + timedelta(days=1), why="pindah", by=analyst, at=now)

    watch = actions.watch_corridor(corridor=corridor_of(), by=analyst, at=now)

    assert (watch.name, watch.is_active) == ("Koridor Silawan ke Batugade", True)


def test_a_corridor_whose_watch_was_stopped_is_watched_anew(corridor_of, analyst, now) -> None:
    corridor = corridor_of()
    stopped = actions.watch_corridor(corridor=corridor, by=analyst, at=now)
    watching.stop_watch(watch=stopped, why="terlalu sering", by=analyst, at=now)

    watch = actions.watch_corridor(corridor=corridor, by=analyst, at=now)

    assert corridor.watch == watch != stopped


def test_corridors_whose_long_names_begin_alike_are_both_watched(corridor_of, analyst, now) -> None:
    corridors = [corridor_of(name="k" * 119 + end) for end in "ab"]

    watches = [actions.watch_corridor(corridor=one, by=analyst, at=now) for one in corridors]

    assert watches[0].name != watches[1].name


def test_a_corridor_does_not_begin_on_a_day_to_come(corridor_of) -> None:
    with pytest.raises(actions.CorridorDayWrong):
        corridor_of(valid_from=date(2026, 3, 5))


@pytest.mark.parametrize("reach_km", [0, 51, float("nan")])
def test_a_reach_beyond_sense_is_refused(corridor_of, reach_km) -> None:
    with pytest.raises(actions.CorridorReachWrong):
        corridor_of(reach_km=reach_km)


def test_villages_within_reach_lie_along_it_the_nearest_first(corridor_of) -> None:
    corridor = corridor_of(reach_km=5)

    along = queries.villages_along(queries.points_of(corridor), corridor.reach_km)

    assert [one.place.name for one in along] == ["Silawan", "Tulakadi", "Sadi"]
    assert along[0].km == pytest.approx(0, abs=1e-6)
    assert queries.villages_along([(-8.0, 120.0), (-8.1, 120.1)], 1.0) == []


def test_a_corridor_is_watched_in_the_villages_along_it(corridor_of, analyst, now) -> None:
    corridor = corridor_of(reach_km=3.8)

    watch = actions.watch_corridor(corridor=corridor, by=analyst, at=now)

    assert corridor.watch == watch
    assert (watch.owner_id, watch.every_days) == ("kanim-atambua", 7)
    assert [place.name for place in watch.roots.order_by("code")] == ["Silawan", "Tulakadi"]
    assert TrailRow.objects.filter(event=Trail.CORRIDOR_WATCHED, subject=corridor.ref).exists()
    with pytest.raises(actions.CorridorIsWatched):
        actions.watch_corridor(corridor=corridor, by=analyst, at=now)


def test_along_too_many_villages_their_districts_are_watched(corridor_of, analyst, now, monkeypatch) -> None:
    monkeypatch.setattr(actions, "MOST_VILLAGES", 1)

    watch = actions.watch_corridor(corridor=corridor_of(), by=analyst, at=now)

    assert [place.name for place in watch.roots.all()] == ["Tasifeto Timur"]


def test_where_no_village_lies_nothing_is_watched(corridor_of, analyst, now) -> None:
    ports = [Facility.objects.get(key=key) for key in ("makassar-pelabuhan", "balikpapan-semayang")]
    corridor = corridor_of(ports)

    with pytest.raises(actions.NothingAlong):
        actions.watch_corridor(corridor=corridor, by=analyst, at=now)
    assert not Watch.objects.exists()


def test_ending_a_corridor_stops_its_watch_with_the_reason(corridor_of, analyst, now) -> None:
    corridor = corridor_of()
    watch = actions.watch_corridor(corridor=corridor, by=analyst, at=now)

    actions.end_corridor(corridor=corridor, on=DAY + timedelta(days=2), why="sungai meluap", by=analyst, at=now)

    watch.refresh_from_db()
    assert (corridor.valid_to, corridor.ended_why, watch.is_active) == (date(2026, 3, 3), "sungai meluap", False)
    assert TrailRow.objects.get(event=Trail.WATCH_STOPPED).why == "koridor diakhiri: sungai meluap"
    assert TrailRow.objects.get(event=Trail.CORRIDOR_ENDED).why == "sungai meluap"
    with pytest.raises(actions.CorridorEnded):
        actions.end_corridor(corridor=corridor, on=DAY, why="lagi", by=analyst, at=now)
    with pytest.raises(actions.CorridorEnded):
        actions.watch_corridor(corridor=corridor, by=analyst, at=now)


@pytest.mark.parametrize(
    ("on", "why", "refusal"),
    [
        (DAY, "  ", actions.CorridorReasonMissing),
        (DAY - timedelta(days=1), "x", actions.CorridorDayWrong),
        (date(2026, 3, 5), "x", actions.CorridorDayWrong),
    ],
)
def test_an_end_needs_a_reason_and_a_day_that_has_come(corridor_of, analyst, now, on, why, refusal) -> None:
    corridor = corridor_of()

    with pytest.raises(refusal):
        actions.end_corridor(corridor=corridor, on=on, why=why, by=analyst, at=now)
    corridor.refresh_from_db()
    assert corridor.ended_at is None


def test_the_owner_alone_names_watches_and_ends(corridor_of, actor_of, now) -> None:
    other, corridor = actor_of("polres-belu", role="analyst"), corridor_of()

    with pytest.raises(actions.NotYourCorridor):
        corridor_of(by=other, name="lain")
    with pytest.raises(actions.NotYourCorridor):
        actions.watch_corridor(corridor=corridor, by=other, at=now)
    with pytest.raises(actions.NotYourCorridor):
        actions.end_corridor(corridor=corridor, on=DAY, why="x", by=other, at=now)


@pytest.mark.parametrize("role", ["coordinator", "village_official", "reporter", "overseer"])
def test_only_who_acts_on_findings_names_a_corridor(corridor_of, actor_of, role) -> None:
    by = actor_of("kanim-atambua", role=role)

    with pytest.raises(RoleMayNotAct):
        corridor_of(by=by)


def test_who_reads_findings_sees_own_corridors_and_no_other_agencys(corridor_of, actor_of) -> None:
    corridor = corridor_of()

    assert list(queries.corridors_in_view(actor_of("kanim-atambua", role="leader"))) == [corridor]
    assert list(queries.corridors_in_view(actor_of("kanim-atambua", role="village_official"))) == []
    with pytest.raises(NotVisible):
        queries.corridor_in_view(actor_of("polres-belu", role="analyst"), corridor.pk)


def test_the_map_is_given_lines_of_the_corridors_that_hold_on_the_day(corridor_of, analyst, now) -> None:
    corridor_of()
    ended = corridor_of(name="lama", valid_from=date(2026, 1, 1))
    actions.end_corridor(corridor=ended, on=DAY, why="x", by=analyst, at=now)

    (feature,) = queries.corridor_features(analyst, on=DAY)

    assert feature["geometry"] == {"type": "LineString", "coordinates": [[124.9314, -8.9915], [124.9512, -8.9575]]}
    assert feature["properties"]["name"] == "Silawan ke Batugade"
    assert feature["properties"]["is_straight"] is True
    assert len(queries.corridor_features(analyst, on=date(2026, 2, 1))) == 1
    assert Corridor.objects.count() == 2
