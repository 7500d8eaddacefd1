"""Surges of whole areas as findings: raised once, extended, or said on the cluster that explains them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kentongan.agencies.staff import issue_token
from kentongan.audit.models import TrailRow
from kentongan.events.models import Event, EventVersion
from kentongan.places.models import Place, PlaceAncestor
from kentongan.watch import actions
from kentongan.watch.gathering import areas_of, around
from kentongan.watch.models import ExplainedSurge, Finding
from kentongan.watch.queries import explained_surges_for
from kentongan.watch.rules import Extent, overlap, same_finding

SUNDAY = date(2026, 3, 1)
REGENCY, PROVINCE = 3, 2


@pytest.fixture
def by(actor_of):
    return actor_of("kanim-atambua", role="analyst")


@pytest.fixture
def reader(officer_of):
    return officer_of("kanim-atambua", role="analyst", username="pembaca")


@pytest.fixture
def clock(now):
    return lambda: now


@pytest.fixture
def risen(quiet_year, event_at):
    """A quiet year, and fourteen events of its last weeks whose place is known only to the regency."""
    quiet_year(SUNDAY)
    return [event_at(REGENCY, SUNDAY - timedelta(days=n)) for n in range(14)]


@pytest.fixture
def gathered_in_two_villages(quiet_year, event_at, villages):
    """A quiet year, and fourteen events of its last ten days in two neighbouring villages."""
    quiet_year(SUNDAY - timedelta(days=14))
    return [event_at(villages[n % 2], SUNDAY - timedelta(days=n % 10)) for n in range(14)]


def test_events_known_only_to_their_regency_make_a_surge_that_no_scan_sees(risen, watch_of, by, clock):
    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    finding = Finding.objects.get()
    assert (finding.type, finding.level, finding.place_id, finding.stream) == (
        "surge",
        "regency",
        REGENCY,
        "trafficking",
    )
    assert [member.place_id for member in finding.members.all()] == [REGENCY]
    assert finding.observed >= 14 > 6 > finding.expected
    assert finding.p_value <= run.parameters["thresholds"]["trend_p_value"]
    assert finding.recurrence_days >= 5 * 365
    assert finding.history_weeks >= 44
    assert sum(o for day, o, _e in finding.weeks if day >= finding.window_from.isoformat()) == finding.observed


def test_the_same_day_gives_the_same_digest_and_the_surge_is_raised_once(risen, watch_of, by, clock):
    watch = watch_of()

    first, again = (actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock) for _n in range(2))

    assert again.digest == first.digest
    assert Finding.objects.get().sightings.count() == 2


def test_a_surge_that_goes_on_is_extended(risen, watch_of, by, now, event_at):
    watch = watch_of()
    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)
    for n in range(6):
        event_at(REGENCY, SUNDAY + timedelta(days=1 + n))

    actions.run(watch=watch, as_of=SUNDAY + timedelta(days=7), by=by, clock=lambda: now + timedelta(days=7))

    finding = Finding.objects.get()
    assert (finding.first_as_of, finding.last_as_of) == (SUNDAY, SUNDAY + timedelta(days=7))


def test_a_surge_that_a_cluster_makes_is_said_on_the_cluster_and_is_no_second_alarm(
    gathered_in_two_villages, watch_of, by, clock
):
    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    finding = Finding.objects.get()
    said = ExplainedSurge.objects.get()
    crossing = [s["level"] for s in run.result["scans"] if s["type"] == "surge" and s["seen"]]
    assert finding.type == "cluster"
    assert crossing
    assert (said.finding, said.run, said.level) == (finding, run, crossing[0])
    assert said.observed >= 14 > said.expected
    assert TrailRow.objects.filter(event="finding.extended", subject=finding.ref).count() == 1


def test_a_cluster_that_no_longer_stands_out_still_explains_its_surge(
    gathered_in_two_villages, watch_of, by, now, monkeypatch
):
    watch = watch_of()
    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)
    scan = actions.scan_stream
    monkeypatch.setattr(
        actions, "scan_stream", lambda table, **more: scan(table, **more | {"limits": _deaf(more["limits"])})
    )

    actions.run(watch=watch, as_of=SUNDAY + timedelta(days=7), by=by, clock=lambda: now + timedelta(days=7))

    finding = Finding.objects.get()
    assert finding.last_as_of == SUNDAY
    assert finding.explained_surges.count() == 2


def _deaf(limits):
    return type(limits)(**{name: getattr(limits, name) for name in limits.__slots__} | {"p_value": 1e-9})


def test_a_surge_beside_a_cluster_that_does_not_explain_it_is_a_finding_of_its_own(
    gathered_in_two_villages, event_at, watch_of, by, clock
):
    for n in range(20):
        event_at(REGENCY, SUNDAY - timedelta(days=n % 14))

    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)

    assert sorted(Finding.objects.values_list("type", "level")) == [("cluster", "village"), ("surge", "regency")]
    assert not ExplainedSurge.objects.exists()


def test_a_surge_that_has_its_finding_keeps_it_when_a_cluster_is_seen_later(
    gathered_in_two_villages, watch_of, by, now, monkeypatch
):
    watch, scan = watch_of(), actions.scan_stream
    monkeypatch.setattr(
        actions, "scan_stream", lambda table, **more: scan(table, **more | {"limits": _deaf(more["limits"])})
    )
    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)
    monkeypatch.setattr(actions, "scan_stream", scan)

    actions.run(watch=watch, as_of=SUNDAY, by=by, clock=lambda: now)

    assert {f.type: f.sightings.count() for f in Finding.objects.all()} == {"surge": 2, "cluster": 1}
    assert not ExplainedSurge.objects.exists()


def test_an_event_counts_since_it_was_first_confirmed_though_it_was_corrected_later(
    villages, event_at, watch_of, by, clock, now
):
    late = event_at(villages[0], SUNDAY - timedelta(days=20), decided=datetime(2026, 2, 20, tzinfo=UTC))
    held = EventVersion.objects.values().get(event=late)
    EventVersion.objects.create(**held | {"id": None, "number": 2, "decided_at": datetime(2026, 2, 25, tzinfo=UTC)})
    Event.objects.filter(pk=late.pk).update(version=2)
    told = []
    series_table, watch = actions.series_table, watch_of()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            actions,
            "series_table",
            lambda happenings, *a, **k: told.extend(happenings) or series_table(happenings, *a, **k),
        )
        actions.run(watch=watch, as_of=SUNDAY, by=by, clock=clock)

    assert {(h.day, h.known) for h in told} == {(SUNDAY - timedelta(days=20), date(2026, 2, 20))}


def test_a_place_is_known_with_its_areas_and_a_state_without_provinces_is_one(gazetteer_rows, villages):
    bobonaro = Place.objects.create(
        id=13, code="TL-05", name="Bobonaro", level="municipality", country="TL", parent_id=12
    )
    PlaceAncestor.objects.bulk_create(
        [PlaceAncestor(ancestor_id=a, descendant=bobonaro, depth=n) for n, a in enumerate((13, 12))]
    )

    found = areas_of({villages[0], 4, REGENCY, PROVINCE, 12, 13})

    assert (found[villages[0]].district, found[villages[0]].regency, found[villages[0]].province) == (
        900,
        REGENCY,
        PROVINCE,
    )
    assert (found[4].village, found[4].district, found[REGENCY].district, found[PROVINCE].regency) == (
        None,
        4,
        None,
        None,
    )
    assert (found[13].district, found[13].regency, found[13].province) == (None, 13, 12)
    assert found[12].province is None
    assert around({villages[0]}) == {villages[0]: {villages[0], 900, REGENCY, PROVINCE, 1}}


def test_a_surge_explains_itself_on_its_page_with_chart_and_events(risen, watch_of, by, clock, client, reader):
    run = actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)
    finding = Finding.objects.get()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(f"/temuan/{finding.pk}/").content.decode()
    listed = client.get("/temuan/?type=surge").content.decode()
    shown = client.get(f"/pemantauan/jalan/{run.pk}/").content.decode()

    assert "di seluruh kabupaten/kota Belu" in page
    assert page.count('<rect class="bar') == len(finding.weeks)
    assert f"{finding.observed} kejadian di dalamnya" in page
    assert "lonjakan, kabupaten/kota" in page
    assert "Perdagangan orang" in listed
    assert shown.count('<span class="muted">lonjakan</span>') == 3 * 4
    assert "provinsi" in shown


def test_a_cluster_names_the_surge_that_it_explains_on_its_page(
    gathered_in_two_villages, watch_of, by, clock, client, reader
):
    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)
    said = ExplainedSurge.objects.get()
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(f"/temuan/{Finding.objects.get().pk}/").content.decode()

    assert "Lonjakan yang dijelaskan oleh temuan ini" in page
    assert f">{said.place.name}</a>" in page


def test_the_api_gives_surges_and_what_a_cluster_explains(
    gathered_in_two_villages, event_at, watch_of, by, clock, reader
):
    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)
    at = timezone.now()
    token = issue_token(
        officer=reader, name="uji", purpose="prevention", expires_at=at + timedelta(days=1), by=by, at=at
    )
    client = Client(headers={"authorization": f"Bearer {token.secret}"})

    (row,) = client.get("/api/v1/findings").json()["items"]
    none = client.get("/api/v1/findings?type=surge").json()["items"]
    same = client.get(f"/api/v1/findings/{row['id']}").json()

    said = ExplainedSurge.objects.get()
    assert row["type"] == "cluster"
    assert none == []
    assert same == row
    assert [(s["place"], s["level"], s["observed"]) for s in row["explained_surges"]] == [
        (said.place.code, said.level, said.observed)
    ]


def test_what_a_cluster_explains_is_told_to_its_owner_alone(gathered_in_two_villages, watch_of, by, clock, actor_of):
    actions.run(watch=watch_of(), as_of=SUNDAY, by=by, clock=clock)
    finding = Finding.objects.get()

    assert explained_surges_for(by, finding) == [ExplainedSurge.objects.get()]
    assert explained_surges_for(actor_of("polres-belu", role="analyst"), finding) == []


def surge(level, member, observed, *areas, weeks_ago=0):
    end = SUNDAY + timedelta(days=1 - 7 * weeks_ago)
    return Extent(
        stream="trafficking",
        level=level,
        members=frozenset({member}),
        districts=frozenset(),
        window_from=end - timedelta(days=14),
        window_to=end,
        observed=observed,
        around=frozenset({member, *areas}),
    )


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        (surge("regency", 3, 40, 2, 1), True),
        (surge("regency", 4, 10, 2, 1), False),
        (surge("district", 30, 5, 3, 2, 1), True),
        (surge("district", 30, 4, 3, 2, 1), False),
        (surge("district", 40, 10, 4, 2, 1), False),
        (surge("province", 2, 20, 1), True),
        (surge("province", 2, 21, 1), False),
        (surge("regency", 3, 10, 2, 1, weeks_ago=2), True),
        (surge("regency", 3, 10, 2, 1, weeks_ago=3), False),
    ],
)
def test_surges_of_one_area_or_with_half_their_events_in_each_other_are_one_finding(other, is_same):
    known = surge("regency", 3, 10, 2, 1)

    assert same_finding(known, other) is is_same
    assert same_finding(other, known) is is_same
    assert 0 <= overlap(known, other) <= 1
