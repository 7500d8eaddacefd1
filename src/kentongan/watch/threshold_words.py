"""A proposal for a threshold in plain sentences: what it rests on, what it would have done, what it does not promise."""

from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kentongan.engine.calibration import for_share
from kentongan.engine.proportions import share_of

from . import learning
from .explain import duration
from .learning import Advice, Effect
from .models import Watch
from .shares import even_limits, whole_budget


@dataclass(frozen=True, slots=True)
class Words:
    """What is proposed, why, with which effect on the past, and what to doubt. No effect where nothing is proposed."""

    what: str
    why: str
    effect: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def advice_of(evidence: dict[str, Any]) -> Advice:
    """Return the advice that a proposal was made of."""
    effect = evidence.get("effect")
    return Advice(**{**evidence, "effect": Effect(**effect) if effect else None})


def words_for(advice: Advice, watch: Watch, *, stream: str, shares: dict[str, float]) -> Words:
    """Return the sentences for an advice. `shares` are those in force, by stream."""
    why = _counted(advice)
    if advice.effect is None:
        return Words(_without_proposal(advice), why)
    even = even_limits(watch)
    said = {
        "now": duration(for_share(even, advice.share_now).recurrence_interval_days),
        "then": duration(for_share(even, advice.share).recurrence_interval_days),
    }
    what = (
        _("Diusulkan ambang lebih ketat: yang kebetulan muncul sekali dalam %(then)s, sekarang sekali dalam %(now)s.")
        if advice.kind == learning.STRICTER
        else _(
            "Diusulkan ambang lebih longgar: yang kebetulan muncul sekali dalam %(then)s, sekarang sekali dalam %(now)s."
        )
    ) % said
    budget = _("Anggaran alarm palsu pemantauan ini menjadi %(then)s setahun, sekarang %(now)s.") % {
        "now": _per_year(whole_budget(watch, shares)),
        "then": _per_year(whole_budget(watch, {**shares, stream: advice.share})),
    }
    if advice.kind == learning.LOOSER:
        return Words(what, why, (_more(advice.effect), budget), (_looser_doubt(),))
    return Words(what, why, (*_spared(advice, advice.effect), budget), _doubts(advice, advice.effect))


def _counted(advice: Advice) -> str:
    said = {"judged": advice.judged, "true": advice.true, "false": advice.false, "benign": advice.benign}
    judged = _("%(judged)d temuan dinilai: %(true)d benar, %(false)d tidak benar, %(benign)d wajar.") % said
    rest = _(
        "Tidak ikut dihitung: %(others)d berakhir lain (ganda, diserahkan, tanpa hasil), %(aside)d dikesampingkan, "
        "%(open)d belum berakhir."
    ) % {"others": advice.others, "aside": advice.put_aside, "open": advice.unanswered}
    if not advice.judged:
        return f"{judged} {rest}"
    wrong = share_of(advice.wrong, advice.judged)
    interval = _("Bagian yang tidak benar atau wajar %(value)s (selang 95 persen: %(low)s sampai %(high)s).") % {
        "value": percent(wrong.value or 0.0), "low": percent(wrong.low), "high": percent(wrong.high),
    }  # fmt: skip
    return f"{judged} {interval} {rest}"


def _spared(advice: Advice, effect: Effect) -> tuple[str, ...]:
    kept = ngettext(
        "Dari %(found)d temuan kurun itu, %(kept)d tetap muncul.",
        "Dari %(found)d temuan kurun itu, %(kept)d tetap muncul.",
        effect.found,
    ) % {"found": effect.found, "kept": effect.kept}
    spared = _("Dari %(wrong)d yang tidak benar atau wajar, %(spared)d tidak muncul lagi.") % {
        "wrong": advice.wrong, "spared": effect.wrong_spared,
    }  # fmt: skip
    lost = _("Dari %(true)d yang benar, %(lost)d hilang.") % {"true": advice.true, "lost": effect.true_lost}
    said = [kept, spared, lost]
    if effect.put_aside_spared or effect.others_lost:
        said.append(
            _("Juga tidak muncul: %(aside)d yang dikesampingkan dan %(others)d yang belum atau tidak dinilai.")
            % {"aside": effect.put_aside_spared, "others": effect.others_lost}
        )
    if effect.latest_days:
        said.append(
            ngettext(
                "Temuan benar yang paling terlambat akan muncul %(days)d hari sesudah harinya.",
                "Temuan benar yang paling terlambat akan muncul %(days)d hari sesudah harinya.",
                effect.latest_days,
            )
            % {"days": effect.latest_days}
        )
    return tuple(said)


def _doubts(advice: Advice, effect: Effect) -> tuple[str, ...]:
    tested = _("Ambang ini dipilih dan diuji pada temuan yang sama; di kemudian hari hasilnya dapat lebih buruk.")
    if not advice.true:
        return (tested, _("Tidak ada temuan benar dalam kurun itu, jadi tidak diketahui berapa yang akan hilang."))
    lost = share_of(effect.true_lost, advice.true)
    return (
        tested,
        _("Dari temuan benar di kemudian hari, sampai %(high)s masih mungkin hilang.") % {"high": percent(lost.high)},
    )


def _more(effect: Effect) -> str:
    return ngettext(
        "Sekurang-kurangnya %(more)d calon temuan lain kurun itu akan ikut muncul; hasilnya tidak diketahui.",
        "Sekurang-kurangnya %(more)d calon temuan lain kurun itu akan ikut muncul; hasilnya tidak diketahui.",
        effect.more,
    ) % {"more": effect.more}


def _looser_doubt() -> str:
    return _("Yang disimpan hanya calon terkuat setiap jalannya pemantauan, jadi jumlahnya dapat lebih banyak.")


def _without_proposal(advice: Advice) -> str:
    if advice.kind == learning.TOO_FEW:
        return _("Terlalu sedikit untuk menyimpulkan apa pun: sekurang-kurangnya %(least)d temuan harus dinilai.") % {
            "least": learning.MIN_JUDGED
        }
    if advice.kind == learning.NOT_TOLD_APART:
        return _(
            "Kebanyakan tidak benar atau wajar, tetapi ambang yang lebih ketat tidak memisahkannya dari yang benar. "
            "Ambang tetap; periksa sumber laporan dan jenis kejadiannya."
        )
    return _("Ambang tetap: hasilnya tidak berbicara untuk ambang lain.")


def percent(share: float) -> str:
    """Return a share in whole per cents."""
    return _("%(n)d persen") % {"n": round(100 * share)}


def _per_year(budget: float) -> str:
    return number_format(round(budget, 2), 2)  # number_format alone cuts digits off instead of rounding
