"""The gate's reasons, which the trail keeps in the words of the rule, in the words of whoever reads the trail."""

import re
from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kentongan.agencies.rules import ROLE_LABELS

REASONS: dict[str, str | Promise] = {
    "owner": _("milik instansi sendiri"),
    "absent": _("catatan itu tidak ada"),
    "in need": _("diminta secara darurat"),
    "neither owner, nor supervisor, nor covered by a clause in force, nor granted": _(
        "bukan milik sendiri atau bawahannya, dan tidak dibuka klausul yang berlaku atau pembukaan"
    ),
    "protected rows are visible to their owner only": _("catatan yang dilindungi hanya terbuka bagi pemiliknya"),
    "rows on refugees and asylum-seekers are closed to the state of origin, and to every other state while the origin is not settled": _(
        "catatan tentang pengungsi dan pencari suaka tertutup bagi negara asal, dan bagi semua negara lain selama asalnya belum pasti"
    ),
    "texts as they were sent, and what was read in them, do not leave the state": _(
        "naskah kiriman dan pembacaannya tidak keluar dari negara ini"
    ),
    "the vault opens to its owner only": _("brankas hanya terbuka bagi pemiliknya"),
    "military and intelligence agencies see of others only alerts addressed to them": _(
        "instansi militer dan intelijen melihat dari pihak lain hanya peringatan yang ditujukan kepadanya"
    ),
    "this door shows no protected rows": _("halaman ini tidak menampilkan catatan yang dilindungi"),
    "reason or reference tells of the person": _("alasan atau rujukannya menyebut orangnya"),
    "reason tells of somebody": _("alasannya menyebut seseorang"),
}

PATTERNS: tuple[tuple[re.Pattern[str], str | Promise], ...] = (
    (re.compile(r"supervises (\S+)"), _("milik instansi bawahan: %s")),
    (re.compile(r"allowed by (clause:\S+)"), _("dibuka oleh %s")),
    (re.compile(r"granted because of (\S+)"), _("dibuka karena %s")),
    (re.compile(r"role (\S+) does not cover \S+"), _("peran %s tidak mencakup catatan jenis ini")),
)
"""Reasons that name something: a role by its word, a record by its reference's words."""


def reason_words(reason: str, words_of: Callable[[str], str]) -> str:
    """Return a reason of the gate in the reader's words; `words_of` says what a reference names. An unknown one stays."""
    if reason in REASONS:
        return str(REASONS[reason])
    for pattern, said in PATTERNS:
        if found := pattern.fullmatch(reason):
            return str(said) % _named(found[1], words_of)
    return reason


def _named(word: str, words_of: Callable[[str], str]) -> str:
    if word in ROLE_LABELS:
        return str(ROLE_LABELS[word])
    return words_of(word)
