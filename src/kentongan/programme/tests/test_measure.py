"""The programme's measure: what enters it, from which day, through the gate, and when it is too little to tell."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from kentongan.audit.catalogue import Trail
from kentongan.audit.models import TrailRow
from kentongan.engine.lead_times import LeadTimes, MeasureOptions, RateRatio
from kentongan.events.models import Classification, Event
from kentongan.intake.legal_bases import legal_basis_for
from kentongan.programme import actions
from kentongan.programme import measure_words as words
from kentongan.programme.measure_queries import programme_measure
from kentongan.programme.models import PartnerVillage

from .conftest import OFFICE, SILAWAN
from .planning_world import make_run, make_villages

QUICK = MeasureOptions(replicas=100)
START = date(2025, 1, 1)


@pytest.fixture
def villages(analyst):
    """Silawan, and twelve villages near it that look alike."""
    return make_villages(12)


@pytest.fixture
def index(villages, now):
    scores = {SILAWAN: 50.0} | {key: 49.0 + n % 3 for n, key in enumerate(villages)}
    return make_run(OFFICE, scores, at=now, as_of=START)


@pytest.fixture
def happened(analyst, kinds):
    """A confirmed event: `happened(SILAWAN, known=date(2025, 3, 1), on=date(2025, 3, 9))`."""

    def make(place, *, known, on=None, kind="TPPM", owner=OFFICE, handling="shared", precision="day", after_days=3):
        at = timezone.make_aware(datetime(known.year, known.month, known.day, 9))
        event = Event.objects.create(
            owner_id=owner, place_id=place, handling=handling, purpose="prevention",
            legal_basis=legal_basis_for("prevention"), retain_until=date(2031, 1, 1), title="uji", state="confirmed",
            happened_from=on or known, precision=precision, known_at=at, decided_at=at + timedelta(days=after_days),
        )  # fmt: skip
        Classification.objects.create(event=event, kind_id=kind, alleged_by="officer:uji", alleged_at=at)
        return event

    return make


@pytest.fixture
def told(analyst, now):
    return lambda by=None: programme_measure(by or analyst, index="tppm", at=now, options=QUICK)


def test_detections_count_from_the_day_of_designation_on_both_sides(index, villages, partner, happened, told):
    partner(SILAWAN, since=date(2025, 6, 1))
    for day in (date(2025, 2, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 8, 1)):
        happened(SILAWAN, known=day)
    happened(villages[0], known=date(2025, 9, 1))

    found = told().found

    assert found.sets == 1
    assert (found.after.partner_count, found.before.partner_count) == (2, 2)
    assert found.after.verdict == "too_little"
    assert found.after.partner_months == pytest.approx((date(2026, 3, 4) - date(2025, 6, 1)).days / 30.4375, abs=0.1)


def test_only_confirmed_events_of_the_index_in_view_count(index, partner, happened, told, actor_of):
    partner(SILAWAN, since=date(2025, 6, 1))
    happened(SILAWAN, known=date(2025, 2, 1))
    happened(SILAWAN, known=date(2025, 7, 1))
    happened(SILAWAN, known=date(2025, 7, 2), kind="GDS.BBM")
    happened(SILAWAN, known=date(2025, 7, 3), handling="protected")
    Event.objects.filter(pk=happened(SILAWAN, known=date(2025, 7, 4)).pk).update(state="dismissed")
    actor_of("polres-belu", role="analyst", kind="police")
    happened(SILAWAN, known=date(2025, 7, 5), owner="polres-belu", handling="owner")

    assert told().found.after.partner_count == 1


def test_a_lead_runs_to_the_event_and_events_without_a_day_have_none(index, villages, partner, happened, told):
    partner(SILAWAN, since=date(2025, 6, 1))
    happened(villages[0], known=date(2025, 1, 5), on=date(2025, 1, 5))
    happened(SILAWAN, known=date(2025, 7, 1), on=date(2025, 7, 21))
    happened(SILAWAN, known=date(2025, 8, 1), precision="month")
    for key in villages[:3]:
        happened(key, known=date(2025, 9, 1), on=date(2025, 8, 30), after_days=10)

    measured = told()

    assert measured.found.lead.partner_count == 1
    assert measured.found.lead.partner_mean == pytest.approx(20.0)
    assert measured.found.after.partner_count == 2
    assert measured.to_confirmation.partner_mean == pytest.approx(3.0)


def test_partners_that_cannot_enter_are_counted_with_the_reason(index, partner, happened, told):
    happened(SILAWAN, known=date(2025, 3, 1))
    early = partner(SILAWAN, since=date(2024, 1, 1))
    undated = partner(7, since=date(2025, 5, 1))
    area = partner(6, since=date(2025, 5, 1))
    PartnerVillage.objects.filter(pk=undated.pk).update(partner_from=None, place=100)
    PartnerVillage.objects.filter(pk=area.pk).update(place=4)

    partners = told().partners

    assert early.partner_from < date(2025, 3, 1)
    assert (partners.seen, partners.undated, partners.not_villages, partners.before_observation) == (3, 1, 1, 1)


def test_a_village_designated_before_the_first_run_is_matched_by_place_and_that_is_said(
    villages, partner, happened, told, now
):
    make_run(OFFICE, {SILAWAN: 90.0} | dict.fromkeys(villages, 10.0), at=now, as_of=date(2026, 2, 1))
    happened(SILAWAN, known=date(2025, 3, 1))
    partner(SILAWAN, since=date(2025, 6, 1))

    measured = told()

    assert measured.partners.without_index == 1
    assert measured.found.sets == 1
    assert measured.imbalance[0] == 0.0


def test_without_a_run_or_an_event_nothing_is_compared(villages, partner, happened, told, now):
    partner(SILAWAN, since=date(2025, 6, 1))
    assert told().found is None

    make_run(OFFICE, {SILAWAN: 50.0} | dict.fromkeys(villages, 50.0), at=now, as_of=START)
    assert told().found is None
    assert told().partners.seen == 1


def test_the_same_day_tells_the_same(index, villages, partner, happened, told):
    partner(SILAWAN, since=date(2025, 6, 1))
    partner(villages[3], since=date(2025, 7, 1))
    for n in range(12):
        happened([SILAWAN, villages[3], villages[5], villages[6]][n % 4], known=date(2025, 1 + n, 3))

    assert told() == told()


def test_the_page_says_what_would_be_needed(index, villages, partner, happened, analyst, sign_in):
    partner(SILAWAN, since=date(2025, 6, 1))
    happened(SILAWAN, known=date(2025, 2, 1))
    happened(SILAWAN, known=date(2025, 7, 1))

    page = " ".join(sign_in(analyst).get("/program/ukuran/?index=tppm").content.decode().split())

    assert "Belum cukup untuk mengatakan apakah desa binaan lebih sering memberi peringatan." in page
    assert "bulan-desa di masing-masing pihak" in page
    assert "belum cukup" in page
    looks = TrailRow.objects.filter(event=Trail.RECORDS_LISTED).values_list("facts", flat=True)
    assert {(one["category"], one["found"]) for one in looks} == {("events", 2), ("programme", 1)}


def test_a_proposal_that_was_turned_down_is_no_partner_to_compare(index, partner, told, analyst, place, now):
    proposed = actions.propose_village(place=place(6), why="dekat jalur tikus", by=analyst, at=now)
    actions.change_status(village=proposed, version=1, to="ended", why="ditolak", by=analyst, at=now)
    partner(SILAWAN, since=date(2025, 6, 1))

    assert told().partners.seen == 1


def rate(**other: object) -> RateRatio:
    told = {
        "partner_count": 9, "like_count": 4, "partner_months": 60.0, "like_months": 120.0,
        "partner_rate": (0.15, 0.1, 0.2), "like_rate": (0.03, 0.01, 0.05), "ratio": 4.5, "low": 1.5, "high": np.inf,
        "verdict": "higher", "needed_months": None,
    }  # fmt: skip
    return RateRatio(**(told | other))  # type: ignore[arg-type]


def lead(**other: object) -> LeadTimes:
    told = {
        "partner_count": 9, "like_count": 4, "partner_mean": 20.0, "like_mean": 5.0, "most_days": 180.0,
        "difference": 15.0, "low": 2.0, "high": 28.0, "verdict": "higher", "needed": None,
    }  # fmt: skip
    return LeadTimes(**(told | other))  # type: ignore[arg-type]


def test_the_words_follow_the_verdict():
    options = MeasureOptions()

    assert words.rate_in_words(rate(), options).is_told
    assert "1,50 atau lebih" in words.rate_in_words(rate(), options).sentences[1]
    assert not words.rate_in_words(rate(verdict="too_little"), options).is_told
    assert "belum ada satu deteksi pun" in words.rate_in_words(rate(verdict="too_little"), options).sentences[-1]
    assert "Hati-hati" in words.before_in_words(rate()).heading
    assert "lebih dini" in words.lead_in_words(lead()).heading
    assert "lebih lama" in words.confirmation_in_words(lead()).heading
    assert "sekitar 40 deteksi" in words.lead_in_words(lead(verdict="too_little", needed=40)).sentences[-1]
    assert "apa pun" in words.lead_in_words(lead(low=-np.inf, high=np.inf)).sentences[1]
    assert "28,00 atau kurang" in words.lead_in_words(lead(low=-np.inf)).sentences[1]
