"""Deeds on a stream's threshold: propose another one from outcomes, accept it, refuse it, go back to the even share.

A proposal is figures and a sentence. Only `accept` and `return_to_even` change what the watch does, and both want an officer of
the watch's owner with a reason (R05).
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kentongan.agreements.access import demand_act, demand_person
from kentongan.agreements.facts import Actor
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from .actions import NotYourWatch, ReasonMissing
from .models import StreamShare, ThresholdProposal, Watch
from .shares import shares_in_force
from .streams import streams
from .threshold_queries import Period, advice_for

EVEN = 1.0


class NothingToPropose(KentonganError):
    """The outcomes of the period do not speak for another threshold."""

    code = "watch.nothing_to_propose"


class PeriodFaulty(KentonganError):
    """The period is empty or not over."""

    code = "watch.period_faulty"


class StreamUnknown(KentonganError):
    """The watch has no such stream."""

    code = "watch.stream_unknown"


class ProposalWaits(KentonganError):
    """A proposal for the stream waits to be decided."""

    code = "watch.proposal_waits"


class ProposalDecided(KentonganError):
    """Somebody else decided the proposal first."""

    code = "watch.proposal_decided"


class ProposalOutdated(KentonganError):
    """The stream's share is not the one any more that the proposal was computed for."""

    code = "watch.proposal_outdated"


class ShareIsEven(KentonganError):
    """The stream has the even share already."""

    code = "watch.share_is_even"


@transaction.atomic
def propose(*, watch: Watch, stream: str, period: Period, by: Actor, at: datetime) -> ThresholdProposal:
    """What the outcomes of the period say about the stream's threshold stands as a proposal, which changes nothing."""
    demand_act(by, "findings")
    _demand_owner(by, watch)
    _demand_stream(stream)
    _demand_period(period, at=at)
    advice = advice_for(watch, by, period, at=at, only=stream)[stream]
    if not advice.proposes:
        raise NothingToPropose(
            _("Hasil dalam kurun itu tidak cukup untuk mengusulkan ambang lain bagi aliran ini. Ambangnya tetap.")
        )
    try:
        with transaction.atomic():
            proposal = ThresholdProposal.objects.create(
                watch=watch, stream=stream, share_now=advice.share_now, share=advice.share, period_from=period.first,
                period_to=period.end, kind=advice.kind, evidence=asdict(advice), proposed_by=by.ref, proposed_at=at,
            )  # fmt: skip
    except IntegrityError:
        raise ProposalWaits(_("Usulan bagi aliran ini sudah menunggu. Terima atau tolaklah dahulu.")) from None
    facts = {
        "stream": stream, "share": [advice.share_now, advice.share],
        "period": [period.first.isoformat(), period.end.isoformat()],
    }  # fmt: skip
    trail.record(Trail.THRESHOLD_PROPOSED, by=by, at=at, on=proposal.ref, facts=_facts(watch, facts))
    return proposal


@transaction.atomic
def accept(*, proposal: ThresholdProposal, version: int, why: str, by: Actor, at: datetime) -> StreamShare:
    """The stream has the proposed share from now on: the next run uses it."""
    _demand_decider(proposal.watch, why, by=by)
    Watch.objects.select_for_update().get(pk=proposal.watch_id)  # two who change the shares do it one after the other
    if shares_in_force(proposal.watch, at=at).get(proposal.stream, EVEN) != proposal.share_now:
        raise ProposalOutdated(
            _("Ambang aliran ini sudah berubah sejak usulan dihitung. Tolaklah usulan ini lalu hitung yang baru.")
        )
    _decide(proposal, version, ThresholdProposal.State.ACCEPTED, why, by=by, at=at)
    share = _set_share(proposal.watch, proposal.stream, proposal.share, why, by=by, at=at)
    facts = {"stream": proposal.stream, "share": [proposal.share_now, proposal.share]}
    trail.record(
        Trail.THRESHOLD_ACCEPTED, by=by, at=at, on=proposal.ref, why=why.strip(), facts=_facts(proposal.watch, facts)
    )
    return share


@transaction.atomic
def refuse(*, proposal: ThresholdProposal, version: int, why: str, by: Actor, at: datetime) -> None:
    """The threshold stays, and the proposal with the reason against it."""
    _demand_decider(proposal.watch, why, by=by)
    _decide(proposal, version, ThresholdProposal.State.REFUSED, why, by=by, at=at)
    facts = {"stream": proposal.stream, "share": [proposal.share_now, proposal.share]}
    trail.record(
        Trail.THRESHOLD_REFUSED, by=by, at=at, on=proposal.ref, why=why.strip(), facts=_facts(proposal.watch, facts)
    )


@transaction.atomic
def return_to_even(*, watch: Watch, stream: str, why: str, by: Actor, at: datetime) -> None:
    """The stream has the even share of the budget again from now on."""
    _demand_decider(watch, why, by=by)
    _demand_stream(stream)
    Watch.objects.select_for_update().get(pk=watch.pk)
    now = shares_in_force(watch, at=at).get(stream, EVEN)
    if now == EVEN:
        raise ShareIsEven(_("Aliran ini sudah memakai bagian anggaran yang rata."))
    StreamShare.objects.filter(watch=watch, stream=stream, valid_to__isnull=True).update(valid_to=at)
    facts = {"stream": stream, "share": [now, EVEN]}
    trail.record(
        Trail.THRESHOLD_RETURNED, by=by, at=at, on=f"watch:{watch.pk}", why=why.strip(), facts=_facts(watch, facts)
    )


def _decide(proposal: ThresholdProposal, version: int, to: str, why: str, *, by: Actor, at: datetime) -> None:
    waiting = ThresholdProposal.objects.filter(pk=proposal.pk, state=ThresholdProposal.State.WAITING, version=version)
    won = waiting.update(state=to, version=F("version") + 1, decided_by=by.ref, decided_at=at, why=why.strip()[:300])
    if not won:
        raise ProposalDecided(
            _("Usulan ini sudah diputuskan oleh petugas lain. Muat ulang halamannya dan lihat keadaan terbaru.")
        )
    proposal.refresh_from_db()


def _set_share(watch: Watch, stream: str, share: float, why: str, *, by: Actor, at: datetime) -> StreamShare:
    StreamShare.objects.filter(watch=watch, stream=stream, valid_to__isnull=True).update(valid_to=at)
    return StreamShare.objects.create(
        watch=watch, stream=stream, share=share, valid_from=at, why=why.strip()[:300], by=by.ref
    )


def _facts(watch: Watch, facts: Mapping[str, object]) -> dict[str, object]:
    return {"watch": f"watch:{watch.pk}", **facts}


def _demand_decider(watch: Watch, why: str, *, by: Actor) -> None:
    demand_act(by, "findings")
    demand_person(by)
    _demand_owner(by, watch)
    if not why.strip():
        raise ReasonMissing(_("Tuliskan alasannya; ia ikut tercatat."))


def _demand_owner(by: Actor, watch: Watch) -> None:
    if by.agency != watch.owner_id:
        raise NotYourWatch(_("Pemantauan dan temuannya diurus oleh instansi pemiliknya."))


def _demand_stream(stream: str) -> None:
    if stream not in {known.code for known in streams()}:
        raise StreamUnknown(_("Aliran itu tidak mempunyai ambang sendiri. Pilih salah satu dari daftar."))


def _demand_period(period: Period, *, at: datetime) -> None:
    if not period.first < period.end <= timezone.localdate(at) + timedelta(days=1):
        raise PeriodFaulty(_("Kurun waktunya kosong atau belum lewat. Pilih hari pertama dan hari terakhir yang sah."))
