"""A finding in plain sentences: what was counted, what was expected, how rare, and what would make it false. No Django models."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from .streams import label_of
from .trends import SEASONAL_YEARS, earlier_years

MOST_LISTED = 4

FEW = 5
"""Below this many events a single mistaken one weighs much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the sentences are made of. `window_to` is excluded."""

    type: str
    stream: str
    level: str
    place: str
    members: int
    window_from: date
    window_to: date
    observed: int
    expected: float
    recurrence_days: float
    radius_m: float | None
    baseline_events: int
    baseline_weeks: int
    history_weeks: int = 0
    needed_places: tuple[str, ...] = ()
    needed_weeks: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why it was raised, how rare that is, and what to check before believing it."""

    what: str
    why: str
    how_rare: str
    doubts: tuple[str, ...]


def explain(facts: Facts) -> Explanation:
    """Return the sentences that stand on the finding's page."""
    return {"silence": _silence, "surge": _surge}.get(facts.type, _cluster)(facts)


def _cluster(facts: Facts) -> Explanation:
    where = ngettext("satu %(level)s", "%(count)d %(level)s", facts.members) % {
        "count": facts.members,
        "level": _("desa") if facts.level == "village" else _("kecamatan"),
    }
    what = _("%(stream)s: %(observed)d kejadian di %(where)s sekitar %(place)s, %(period)s.") % {
        "stream": label_of(facts.stream, get_language() or "id"),
        "observed": facts.observed,
        "where": where,
        "place": facts.place,
        "period": period(facts.window_from, facts.window_to),
    }
    why = _(
        "Menurut kebiasaan tempat-tempat itu dan kebiasaan minggu-minggu itu dalam %(weeks)d minggu terakhir "
        "(%(events)d kejadian), di sana biasanya ada sekitar %(expected)s kejadian."
    ) % {"weeks": facts.baseline_weeks, "events": facts.baseline_events, "expected": decimal(facts.expected)}
    return Explanation(what, why, rarity(facts.recurrence_days), _doubts_of_cluster(facts))


def _doubts_of_cluster(facts: Facts) -> tuple[str, ...]:
    doubts: tuple[str, ...] = (
        _("Beberapa laporan ternyata menceritakan kejadian yang sama: gabungkan kejadiannya, lalu jalankan lagi."),
        _("Pelaporan menjadi lebih rajin (petugas baru, operasi, liputan), bukan kejadiannya yang bertambah."),
        _("Tempat atau tanggal salah baca: periksa kejadian di bawah satu per satu."),
        _("Ada sebab yang wajar, misalnya hari raya, musim panen, atau penerimaan pekerja yang resmi."),
    )
    if facts.needed_places:
        doubts = (
            _(
                "Tanpa %(places)s temuan ini tidak akan muncul (masing-masing, sendiri-sendiri): periksa kejadian di "
                "sana lebih dahulu."
            )
            % {"places": listed(facts.needed_places)},
            *doubts,
        )
    return doubts + _doubts_of_events(facts)


def _surge(facts: Facts) -> Explanation:
    what = _("%(stream)s: %(observed)d kejadian di seluruh %(area)s, %(period)s.") % {
        "stream": label_of(facts.stream, get_language() or "id"),
        "observed": facts.observed,
        "area": _area(facts),
        "period": period(facts.window_from, facts.window_to),
    }
    known = _("Laporan yang masih di jalan sudah diperhitungkan: yang diharapkan hanya yang biasanya sudah diketahui.")
    if (years := earlier_years(facts.history_weeks)) >= SEASONAL_YEARS:
        why = _(
            "Dibandingkan dengan minggu-minggu yang sama dalam %(years)d tahun terakhir, di sana biasanya ada sekitar "
            "%(expected)s kejadian."
        ) % {"years": years, "expected": decimal(facts.expected)}
    else:
        why = _(
            "Menurut %(weeks)d minggu sebelumnya, di sana biasanya ada sekitar %(expected)s kejadian; naik-turunnya "
            "musim sudah diberi ruang."
        ) % {"weeks": facts.history_weeks, "expected": decimal(facts.expected)}
    return Explanation(what, f"{why} {known}", rarity(facts.recurrence_days), _doubts_of_surge(facts))


def _area(facts: Facts) -> str:
    """Return the area with its level: "Kabupaten Belu" says more than the name."""
    if facts.level == "province":  # or a state that has none: its name says enough
        return facts.place
    shape = {"district": _("Kecamatan %(place)s"), "regency": _("kabupaten/kota %(place)s")}[facts.level]
    return shape % {"place": facts.place}


def _doubts_of_surge(facts: Facts) -> tuple[str, ...]:
    doubts: tuple[str, ...] = (
        _("Pelaporan di seluruh wilayah itu menjadi lebih rajin (petugas baru, operasi, liputan)."),
        _("Beberapa laporan ternyata menceritakan kejadian yang sama: gabungkan kejadiannya, lalu jalankan lagi."),
        _("Tunggakan dikonfirmasi sekaligus: periksa kapan kejadian di bawah ini dilaporkan."),
    )
    if earlier_years(facts.history_weeks) < SEASONAL_YEARS:
        doubts += (_("Musim yang lebih kuat daripada biasanya: riwayatnya belum cukup panjang untuk mengenal musim."),)
    return doubts + _doubts_of_events(facts)


def _doubts_of_events(facts: Facts) -> tuple[str, ...]:
    """Return what a single week or a single event would change."""
    doubts: tuple[str, ...] = ()
    if facts.needed_weeks:
        weeks = [period(day, day + timedelta(days=7)) for day in facts.needed_weeks]
        doubts += (
            _("Temuan ini bergantung pada satu minggu saja: tanpa kejadian %(weeks)s ia tidak akan muncul.")
            % {"weeks": listed(weeks)},
        )
    if facts.observed < FEW:
        doubts += (_("Kejadiannya sedikit: satu saja yang keliru sudah mengubah hitungan ini."),)
    return doubts


def _silence(facts: Facts) -> Explanation:
    weeks = (facts.window_to - facts.window_from).days // 7
    what = ngettext(
        "%(place)s tidak melapor selama %(weeks)d minggu, laporan nihil pun tidak.",
        "%(place)s tidak melapor selama %(weeks)d minggu, laporan nihil pun tidak.",
        weeks,
    ) % {"place": facts.place, "weeks": weeks}
    why = _(
        "Menurut kebiasaannya sendiri, dalam waktu itu desa ini biasanya mengirim sekitar %(expected)s laporan."
    ) % {"expected": decimal(facts.expected)}
    doubts = (
        _("Laporannya masih di jalan: sinyal putus, atau disampaikan lewat saluran lain dan belum dimasukkan."),
        _("Petugasnya cuti, pindah, atau berganti, dan penggantinya belum mulai melapor."),
        _("Irama lapor yang disepakati berubah."),
    )
    return Explanation(what, why, rarity(facts.recurrence_days), doubts)


def rarity(recurrence_days: float) -> str:
    """Return how often chance alone would show as much."""
    return _("Tanpa sebab apa pun, hal seperti ini muncul kira-kira sekali dalam %(time)s pemantauan.") % {
        "time": duration(recurrence_days)
    }


def duration(days: float) -> str:
    """Return a length of time in the unit that a reader thinks in."""
    if days < 60:
        return ngettext("%(count)d hari", "%(count)d hari", round(days)) % {"count": round(days)}
    if days < 730:
        months = round(days / 30.44)
        return ngettext("%(count)d bulan", "%(count)d bulan", months) % {"count": months}
    return _("%(count)s tahun") % {"count": number_format(round(days / 365.25), use_l10n=True, force_grouping=True)}


def period(first: date, end: date) -> str:
    """Return a half-open period as its first and last day."""
    last = end - timedelta(days=1)
    shape = "j M Y"
    if first == last:
        return date_format(first, shape)
    return _("%(first)s sampai %(last)s") % {"first": date_format(first, shape), "last": date_format(last, shape)}


def listed(words: Sequence[str]) -> str:
    """Return the words as a list in a sentence; of many only the first."""
    if len(words) > MOST_LISTED:
        return _("%(first)s, dan %(count)d lagi") % {
            "first": ", ".join(words[:MOST_LISTED]),
            "count": len(words) - MOST_LISTED,
        }
    if len(words) == 1:
        return words[0]
    return _("%(first)s atau %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def decimal(figure: float) -> str:
    """Return an expectation with one digit, or two below one."""
    return number_format(figure, 2 if figure < 1 else 1, use_l10n=True)
