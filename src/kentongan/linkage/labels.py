"""Words on the screen for the codes of this room."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from .models import CandidateLink

STATES = dict(CandidateLink.State.choices)
CHIPS = {"proposed": "proposed", "accepted": "done", "refused": "dismissed"}
KINDS = dict(CandidateLink.Kind.choices)

FIELDS: dict[str, str | Promise] = {
    "nik": pgettext_lazy("perbandingan", "NIK"),
    "name": pgettext_lazy("perbandingan", "nama"),
    "alias": pgettext_lazy("perbandingan", "nama lain"),
    "born": pgettext_lazy("perbandingan", "tanggal lahir"),
    "sex": pgettext_lazy("perbandingan", "jenis kelamin"),
    "village": pgettext_lazy("perbandingan", "desa asal"),
    "parent": pgettext_lazy("perbandingan", "nama orang tua"),
    "phone": pgettext_lazy("perbandingan", "telepon"),
    "plate": pgettext_lazy("perbandingan", "pelat nomor"),
    "number": pgettext_lazy("perbandingan", "nomor rangka, mesin, atau alat"),
    "words": pgettext_lazy("perbandingan", "uraian barang"),
}
LEVELS: dict[str, str | Promise] = {
    "same": pgettext_lazy("perbandingan", "sama"),
    "similar": pgettext_lazy("perbandingan", "mirip"),
    "part": pgettext_lazy("perbandingan", "yang satu bagian dari yang lain"),
    "near": pgettext_lazy("perbandingan", "agak mirip"),
    "swapped": pgettext_lazy("perbandingan", "hari dan bulan tertukar"),
    "one_off": pgettext_lazy("perbandingan", "beda satu angka"),
    "same_year": pgettext_lazy("perbandingan", "tahunnya sama"),
    "shared": pgettext_lazy("perbandingan", "ada yang sama"),
    "different": pgettext_lazy("perbandingan", "berbeda"),
    "unknown": pgettext_lazy("perbandingan", "tidak diketahui pada salah satu"),
}


def agreements(rows: Iterable[tuple[str, str, float]]) -> list[dict[str, object]]:
    """Return each field's agreement in words with its weight in bits, what says most for one person or thing first."""
    told: list[dict[str, object]] = [
        {"field": FIELDS[field], "level": LEVELS[level], "bits": bits, "is_known": level != "unknown"}
        for field, level, bits in rows
    ]
    return sorted(told, key=lambda one: (not one["is_known"], -float(str(one["bits"]))))


def summary(rows: Iterable[tuple[str, str, float]]) -> str:
    """Return the agreements that are known in one line: "nama: sama; tanggal lahir: hari dan bulan tertukar"."""
    return "; ".join(f"{one['field']}: {one['level']}" for one in agreements(rows) if one["is_known"])
