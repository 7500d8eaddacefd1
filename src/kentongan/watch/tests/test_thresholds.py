"""A threshold is proposed from outcomes and changed by an officer, once, with a reason; the next run uses it."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from kentongan.agreements.access import PersonDecides, RoleMayNotAct, actor_for, system_actor
from kentongan.audit.models import TrailRow
from kentongan.engine.calibration import for_share
from kentongan.watch import actions, threshold_actions
from kentongan.watch.models import Finding, FindingSighting, StreamShare, ThresholdProposal, WatchRun
from kentongan.watch.shares import even_limits, limits_by_stream, shares_in_force, whole_budget
from kentongan.watch.threshold_actions import accept, propose, refuse, return_to_even
from kentongan.watch.threshold_queries import Period, advice_for

SUNDAY = date(2026, 3, 1)
YEAR = Period(date(2025, 3, 2), date(2026, 3, 2))
STREAM = "trafficking"


@pytest.fixture
def found(gazetteer_rows, agency_of, watch_of):
    """Say what the watch found: `found("false", times=0.9, number=10)`; p-values in multiples of the even threshold."""
    watch = watch_of()
    run = WatchRun.objects.create(
        watch=watch, as_of=SUNDAY, state="done", requested_by="system:x", purpose="prevention"
    )
    p_even = even_limits(watch).p_value

    def make(outcome="", *, times, number=1, stream=STREAM, state="closed", on=SUNDAY, kind="cluster"):
        for _n in range(number):
            figures = {
                "observed": 5,
                "expected": 1.0,
                "p_value": p_even * times,
                "recurrence_days": 7 / (p_even * times),
            }
            window = {"window_from": SUNDAY - timedelta(days=13), "window_to": SUNDAY + timedelta(days=1)}
            finding = Finding.objects.create(
                watch=watch, owner=watch.owner, place_id=5, handling="restricted", purpose="prevention",
                legal_basis="UU 6/2011 Ps. 89", retain_until=date(2031, 1, 1), type=kind, stream=stream,
                level="village", first_as_of=on, last_as_of=on, state=state, outcome=outcome, **figures, **window,
            )  # fmt: skip
            FindingSighting.objects.create(
                finding=finding, run=run, level="village", members=[5], is_new=True, **figures, **window
            )
        return watch

    return make


@pytest.fixture
def noisy(found):
    """A watch whose common findings turned out false and whose rare ones true."""
    found("true", times=0.1, number=3)
    return found("false", times=0.9, number=12)


@pytest.fixture
def analyst(actor_of):
    return actor_of("kanim-atambua")


@pytest.fixture
def proposal(noisy, analyst, now):
    return propose(watch=noisy, stream=STREAM, period=YEAR, by=analyst, at=now)


def test_a_proposal_says_what_it_rests_on_and_changes_nothing(noisy, proposal, now):
    assert (proposal.kind, proposal.share_now, proposal.share) == ("stricter", 1.0, 0.5)
    assert (proposal.evidence["true"], proposal.evidence["false"]) == (3, 12)
    assert proposal.evidence["effect"]["wrong_spared"] == 12
    assert shares_in_force(noisy, at=now) == {}
    row = TrailRow.objects.get(event="watch.threshold_proposed")
    assert (row.facts["stream"], row.facts["share"]) == (STREAM, [1.0, 0.5])


def test_accepted_the_stream_has_its_share_from_then_on_and_the_others_keep_theirs(noisy, proposal, analyst, now):
    accept(proposal=proposal, version=1, why="Banyak yang wajar", by=analyst, at=now)

    even = even_limits(noisy)
    limits = limits_by_stream(even, shares_in_force(noisy, at=now))
    assert limits[STREAM] == for_share(even, 0.5)
    assert {code for code, own in limits.items() if own == even} == {"smuggling", "goods", "narcotics"}
    assert shares_in_force(noisy, at=now - timedelta(seconds=1)) == {}
    assert whole_budget(noisy, shares_in_force(noisy, at=now)) == pytest.approx(0.9)
    row = TrailRow.objects.get(event="watch.threshold_accepted")
    assert (row.subject, row.why, row.actor) == (proposal.ref, "Banyak yang wajar", analyst.ref)


def test_refused_the_threshold_stays_and_the_reason_with_it(noisy, proposal, analyst, now):
    refuse(proposal=proposal, version=1, why="Kurunnya terlalu pendek", by=analyst, at=now)

    proposal.refresh_from_db()
    assert (proposal.state, proposal.why) == ("refused", "Kurunnya terlalu pendek")
    assert not StreamShare.objects.exists()
    assert TrailRow.objects.filter(event="watch.threshold_refused", why="Kurunnya terlalu pendek").exists()


@pytest.mark.parametrize("first", [accept, refuse])
@pytest.mark.parametrize("second", [accept, refuse])
def test_of_two_officers_who_decide_at_once_one_does(first, second, proposal, analyst, officer_of, now):
    other = actor_for(officer_of("kanim-atambua", username="kedua"), purpose="prevention", at=now)
    theirs = ThresholdProposal.objects.get()

    first(proposal=proposal, version=1, why="pertama", by=analyst, at=now)
    with pytest.raises((threshold_actions.ProposalDecided, threshold_actions.ProposalOutdated)):
        second(proposal=theirs, version=1, why="kedua", by=other, at=now)

    proposal.refresh_from_db()
    assert (proposal.why, proposal.decided_by) == ("pertama", analyst.ref)
    assert StreamShare.objects.count() == (first is accept)


def test_an_answer_to_an_older_version_does_nothing(proposal, analyst, now):
    with pytest.raises(threshold_actions.ProposalDecided):
        accept(proposal=proposal, version=7, why="x", by=analyst, at=now)

    assert not StreamShare.objects.exists()


@pytest.mark.parametrize("deed", [accept, refuse])
def test_a_machine_another_agency_a_looker_and_a_silent_one_decide_nothing(
    deed, noisy, proposal, actor_of, analyst, now
):
    machine = system_actor(noisy.owner, name="worker", purpose="prevention", at=now)
    refused = [
        (machine, "x", PersonDecides),
        (actor_of("polres-belu", kind="police"), "x", actions.NotYourWatch),
        (actor_of("kanim-atambua", role="leader"), "x", RoleMayNotAct),
        (analyst, "  ", actions.ReasonMissing),
    ]

    for by, why, error in refused:
        with pytest.raises(error):
            deed(proposal=proposal, version=1, why=why, by=by, at=now)

    assert ThresholdProposal.objects.get().state == "waiting"


def test_one_proposal_waits_for_a_stream_at_a_time(noisy, proposal, analyst, now):
    with pytest.raises(threshold_actions.ProposalWaits):
        propose(watch=noisy, stream=STREAM, period=YEAR, by=analyst, at=now)

    refuse(proposal=proposal, version=1, why="tidak", by=analyst, at=now)
    assert propose(watch=noisy, stream=STREAM, period=YEAR, by=analyst, at=now).state == "waiting"


def test_a_proposal_for_a_share_that_does_not_hold_any_more_cannot_be_accepted(noisy, proposal, analyst, now):
    StreamShare.objects.create(watch=noisy, stream=STREAM, share=2.0, valid_from=now, why="lain", by="officer:1")

    with pytest.raises(threshold_actions.ProposalOutdated):
        accept(proposal=proposal, version=1, why="x", by=analyst, at=now)

    refuse(proposal=proposal, version=1, why="usang", by=analyst, at=now)


def test_the_even_share_can_be_had_again_and_only_where_it_is_not(noisy, proposal, analyst, now):
    later = now + timedelta(days=30)
    accept(proposal=proposal, version=1, why="x", by=analyst, at=now)

    return_to_even(watch=noisy, stream=STREAM, why="Musim berganti", by=analyst, at=later)

    assert shares_in_force(noisy, at=later) == {}
    assert shares_in_force(noisy, at=later - timedelta(days=1)) == {STREAM: 0.5}
    assert TrailRow.objects.get(event="watch.threshold_returned").facts["share"] == [0.5, 1.0]
    with pytest.raises(threshold_actions.ShareIsEven):
        return_to_even(watch=noisy, stream=STREAM, why="lagi", by=analyst, at=later)


@pytest.mark.parametrize(
    ("stream", "period", "error"),
    [
        ("silence", YEAR, threshold_actions.StreamUnknown),
        ("goods", YEAR, threshold_actions.NothingToPropose),
        (STREAM, Period(YEAR.end, YEAR.first), threshold_actions.PeriodFaulty),
        (STREAM, Period(YEAR.first, date(2027, 1, 1)), threshold_actions.PeriodFaulty),
    ],
)
def test_what_cannot_be_proposed_is_refused_with_its_reason(stream, period, error, noisy, analyst, now):
    with pytest.raises(error):
        propose(watch=noisy, stream=stream, period=period, by=analyst, at=now)


def test_findings_before_and_after_the_period_are_not_counted(noisy, found, analyst, now):
    found("false", times=0.9, number=5, on=YEAR.first - timedelta(days=1))
    found("false", times=0.9, number=5, on=YEAR.end)
    found("false", times=0.9, number=5, kind="silence", stream="silence")

    advice = advice_for(noisy, analyst, YEAR, at=now)

    assert advice[STREAM].judged == 15
    assert set(advice) == {"trafficking", "smuggling", "goods", "narcotics"}


def test_what_an_analyst_put_aside_is_counted_apart(noisy, found, analyst, now):
    found(times=0.9, number=4, state="dismissed")

    advice = advice_for(noisy, analyst, YEAR, at=now)[STREAM]

    assert (advice.judged, advice.put_aside, advice.effect.put_aside_spared) == (15, 4, 4)


def test_who_may_not_see_the_findings_learns_nothing_from_them(noisy, actor_of, now):
    stranger = actor_of("polres-belu", kind="police")

    assert advice_for(noisy, stranger, YEAR, at=now)[STREAM].judged == 0


def test_candidates_of_past_runs_speak_for_a_looser_threshold(found, analyst, now):
    watch = found("true", times=0.5, number=10)
    best = {
        "members": ["53.04.02.2002"], "from": "2026-02-02", "to": "2026-02-09", "observed": 4,
        "p": even_limits(watch).p_value * 1.5,
    }  # fmt: skip
    scan = {"type": "cluster", "stream": STREAM, "level": "village", "best": best}
    WatchRun.objects.filter(watch=watch).update(result={"scans": [scan, scan | {"best": None}]})

    proposal = propose(watch=watch, stream=STREAM, period=YEAR, by=analyst, at=now)

    assert (proposal.kind, proposal.share, proposal.evidence["effect"]["more"]) == ("looser", 2.0, 1)


def test_a_run_uses_the_shares_and_keeps_them_in_its_parameters(villages, quiet_year, event_at, watch_of, analyst, now):
    quiet_year(SUNDAY - timedelta(days=14))
    for n in range(2):
        event_at(villages[n % 2], SUNDAY - timedelta(days=1 + n))
    watch = watch_of(false_alarms_per_year=100)  # so large a budget that two events cross
    before = actions.run(watch=watch, as_of=SUNDAY, by=analyst, clock=lambda: now)
    StreamShare.objects.create(watch=watch, stream=STREAM, share=0.125, valid_from=now, why="uji", by="officer:1")
    Finding.objects.all().delete()

    after = actions.run(watch=watch, as_of=SUNDAY, by=analyst, clock=lambda: now)

    assert "stream_shares" not in before.parameters
    assert after.parameters["stream_shares"] == {STREAM: 0.125}
    assert (_seen(before), _seen(after)) == (2, 0)


def _seen(run):
    return sum(len(scan["seen"]) for scan in run.result["scans"] if scan["stream"] == STREAM)


@pytest.fixture
def page_of(client, officer_of):
    def make(agency="kanim-atambua", role="analyst", **more):
        officer = officer_of(agency, role=role, username=f"masuk-{agency}-{role}", **more)
        client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return make


ASKED = {"dari": "2025-03-02", "sampai": "2026-03-01"}


def test_the_page_proposes_with_reason_and_effect_and_takes_the_answer(noisy, page_of):
    client, address = page_of(), f"/pemantauan/{noisy.pk}/ambang/"

    page = client.get(address, ASKED).content.decode()
    client.post(f"{address}usulkan/", ASKED | {"stream": STREAM})
    proposal = ThresholdProposal.objects.get()
    waiting = client.get("/pemantauan/").content.decode()
    client.post(f"/pemantauan/usulan/{proposal.pk}/terima/", {"version": 1, "why": "Sepakat rapat"})
    after = client.get(address, ASKED).content.decode()

    assert "15 temuan dinilai: 3 benar, 12 tidak benar, 0 wajar." in page
    assert "Dari 12 yang tidak benar atau wajar, 12 tidak muncul lagi." in page
    assert "Dari 3 yang benar, 0 hilang." in page
    assert "sampai 56 persen masih mungkin hilang" in page
    assert "1 usulan menunggu" in waiting
    assert "Sepakat rapat" in after
    assert "0,5 ×" in after


def test_the_page_refuses_an_answer_without_a_reason(proposal, page_of):
    answer = page_of().post(f"/pemantauan/usulan/{proposal.pk}/tolak/", {"version": 1, "why": ""})

    assert answer.status_code == 422
    assert ThresholdProposal.objects.get().state == "waiting"


def test_to_another_agency_the_page_and_the_proposal_are_absent(noisy, proposal, page_of):
    client = page_of("polres-belu", kind="police")

    answers = [
        client.get(f"/pemantauan/{noisy.pk}/ambang/"),
        client.post(f"/pemantauan/{noisy.pk}/ambang/usulkan/", ASKED | {"stream": STREAM}),
        client.post(f"/pemantauan/usulan/{proposal.pk}/terima/", {"version": 1, "why": "x"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_the_agency_above_reads_the_thresholds_and_decides_nothing(noisy, proposal, page_of, agency_of):
    agency_of("kanim-atambua", parent="kanwil-im-ntt")
    client = page_of("kanwil-im-ntt")

    page = client.get(f"/pemantauan/{noisy.pk}/ambang/", ASKED).content.decode()
    client.post(f"/pemantauan/usulan/{proposal.pk}/terima/", {"version": 1, "why": "x"})

    assert "12 tidak benar" in page
    assert "Terima ambang ini" not in page
    assert ThresholdProposal.objects.get().state == "waiting"


def test_the_even_share_is_had_again_by_the_page(noisy, proposal, analyst, page_of, now):
    accept(proposal=proposal, version=1, why="x", by=analyst, at=now)

    page_of().post(f"/pemantauan/{noisy.pk}/ambang/ratakan/", {"stream": STREAM, "why": "Musim berganti"})

    assert not StreamShare.objects.filter(valid_to__isnull=True).exists()


def test_a_stored_proposal_reads_the_same_whatever_happened_since(proposal, found, page_of, noisy):
    found("true", times=0.9, number=20)

    with translation.override("id"):
        page = page_of().get(f"/pemantauan/{noisy.pk}/ambang/", ASKED).content.decode()

    assert "15 temuan dinilai: 3 benar, 12 tidak benar" in page
    assert "35 temuan dinilai: 23 benar, 12 tidak benar" in page
