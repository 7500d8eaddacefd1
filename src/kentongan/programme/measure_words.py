"""What a comparison says, in plain sentences: first whether anything can be told at all."""

import math
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kentongan.engine.lead_times import LeadTimes, MeasureOptions, RateRatio


@dataclass(frozen=True, slots=True)
class Told:
    """A heading that says how it stands, and sentences with the figures."""

    heading: str
    sentences: tuple[str, ...]
    is_told: bool  # false: too little to tell


def rate_in_words(rate: RateRatio, options: MeasureOptions) -> Told:
    """Return what the numbers of detections say."""
    heading = {
        "higher": _("Desa binaan lebih sering memberi peringatan daripada desa serupa."),
        "lower": _("Desa binaan lebih jarang memberi peringatan daripada desa serupa."),
        "alike": _("Tidak tampak perbedaan besar dalam jumlah peringatan."),
        "too_little": _("Belum cukup untuk mengatakan apakah desa binaan lebih sering memberi peringatan."),
    }[rate.verdict]
    said = [
        _("Desa binaan: %(x)s deteksi dalam %(t)s bulan-desa; desa serupa: %(y)s dalam %(u)s.")
        % {
            "x": rate.partner_count,
            "t": _number(rate.partner_months, 0),
            "y": rate.like_count,
            "u": _number(rate.like_months, 0),
        }
    ]
    if not math.isnan(rate.ratio):
        said.append(
            _("Perbandingan lajunya %(ratio)s; yang tidak dibantah data (95 %%): %(interval)s.")
            % {"ratio": _number(rate.ratio), "interval": _interval(rate.low, rate.high)}
        )
    if rate.verdict == "too_little":
        said.append(_needed_months(rate, options))
    return Told(heading, tuple(said), rate.verdict != "too_little")


def before_in_words(rate: RateRatio) -> Told:
    """Return whether partners and likes were alike before the designation."""
    heading = {
        "higher": _("Hati-hati: desa binaan sudah lebih sering memberi peringatan sebelum ditetapkan."),
        "lower": _("Hati-hati: desa binaan lebih jarang memberi peringatan sebelum ditetapkan."),
        "alike": _("Sebelum penetapan keduanya serupa, seperti seharusnya."),
        "too_little": _("Belum cukup untuk memeriksa apakah keduanya serupa sebelum penetapan."),
    }[rate.verdict]
    figures = {
        "x": rate.partner_count, "t": _number(rate.partner_months, 0), "y": rate.like_count,
        "u": _number(rate.like_months, 0),
    }  # fmt: skip
    said = _("Setahun sebelumnya: %(x)s deteksi dalam %(t)s bulan-desa, desa serupa %(y)s dalam %(u)s.") % figures
    return Told(heading, (said,), rate.verdict != "too_little")


def lead_in_words(lead: LeadTimes) -> Told:
    """Return what the lead times up to the event say: more is better."""
    heading = {
        "higher": _("Peringatan dari desa binaan datang lebih dini."),
        "lower": _("Peringatan dari desa binaan datang lebih lambat."),
        "alike": _("Tidak tampak perbedaan besar dalam waktu peringatan."),
        "too_little": _("Belum cukup untuk mengatakan apakah peringatan dari desa binaan datang lebih dini."),
    }[lead.verdict]
    return Told(heading, _lead_figures(lead), lead.verdict != "too_little")


def confirmation_in_words(lead: LeadTimes) -> Told:
    """Return what the times from report to confirmation say: less is better."""
    heading = {
        "higher": _("Laporan dari desa binaan lebih lama menunggu konfirmasi."),
        "lower": _("Laporan dari desa binaan lebih cepat dikonfirmasi."),
        "alike": _("Tidak tampak perbedaan besar dalam waktu konfirmasi."),
        "too_little": _("Belum cukup untuk membandingkan waktu konfirmasi."),
    }[lead.verdict]
    return Told(heading, _lead_figures(lead), lead.verdict != "too_little")


def _lead_figures(lead: LeadTimes) -> tuple[str, ...]:
    said = [
        _("Desa binaan: %(x)s deteksi; desa serupa: %(y)s.") % {"x": lead.partner_count, "y": lead.like_count},
    ]
    if not math.isnan(lead.difference):
        said.append(
            _("Rata-rata %(a)s hari dan %(b)s hari; selisih yang tidak dibantah data (95 %%): %(interval)s hari.")
            % {
                "a": _number(lead.partner_mean, 1),
                "b": _number(lead.like_mean, 1),
                "interval": _interval(lead.low, lead.high),
            }
        )
    if lead.verdict == "too_little":
        said.append(
            _("Diperlukan sekitar %(n)s deteksi di masing-masing pihak.") % {"n": lead.needed}
            if lead.needed
            else _("Berapa yang diperlukan belum dapat dikatakan: sebaran waktunya belum diketahui.")
        )
    return tuple(said)


def _needed_months(rate: RateRatio, options: MeasureOptions) -> str:
    if rate.needed_months is None:
        return _("Berapa yang diperlukan belum dapat dikatakan: belum ada satu deteksi pun di kedua pihak.")
    return _(
        "Untuk melihat perbedaan %(ratio)s kali lipat diperlukan sekitar %(need)s bulan-desa di masing-masing pihak dan sedikitnya %(sets)s desa binaan yang mempunyai padanan."
    ) % {
        "ratio": _number(options.telling_ratio, 0), "need": _number(rate.needed_months, 0), "sets": options.least_sets,
    }  # fmt: skip


def _interval(low: float, high: float) -> str:
    if math.isinf(low) and math.isinf(high):
        return _("apa pun")
    if math.isinf(high):
        return _("%(low)s atau lebih") % {"low": _number(low)}
    if math.isinf(low):
        return _("%(high)s atau kurang") % {"high": _number(high)}
    return _("%(low)s sampai %(high)s") % {"low": _number(low), "high": _number(high)}


def _number(value: float, places: int = 2) -> str:
    return str(number_format(value, places)) if math.isfinite(value) else _("tak terhingga")
