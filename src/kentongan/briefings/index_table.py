"""The index of every village as a table: score, level, rank with its intervals, and how much of it is known."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import numpy as np

from kentongan.agreements.facts import Actor
from kentongan.places.models import Place, PlaceAncestor
from kentongan.vulnerability.index_rules import levels
from kentongan.vulnerability.models import IndexOf, IndexRun
from kentongan.vulnerability.queries import Levels, levels_in

from . import figures
from .tables import ABOUT_TAGS, Cell, Column, Table, exported_by
from .tiers import tiers_of, units

COLUMNS = (
    Column("Kode desa", "#adm4+code", width=15),
    Column("Desa atau suco", "#adm4+name", width=26),
    Column("Kecamatan atau posto", "#adm3+name", width=22),
    Column("Kabupaten, kota, atau munisipio", "#adm2+name", width=22),
    Column("Provinsi", "#adm1+name", width=22),
    Column("Negara", "#country+code", width=8),
    Column("Indeks", "#indicator+type", width=8),
    Column("Keadaan per", "#date+as_of", "day", 12),
    Column("Skor (0–100)", "#indicator+score", "number", 10),
    Column("Tingkat (1–5)", "#indicator+level+num", "whole", 9),
    Column("Tingkat", "#indicator+level+name", width=14),
    Column("Peringkat (1 paling rawan)", "#indicator+rank", "whole", 11),
    Column("Peringkat 80 %, terbaik", "#indicator+rank+low_80", "whole", 11),
    Column("Peringkat 80 %, terburuk", "#indicator+rank+high_80", "whole", 11),
    Column("Peringkat 95 %, terbaik", "#indicator+rank+low_95", "whole", 11),
    Column("Peringkat 95 %, terburuk", "#indicator+rank+high_95", "whole", 11),
    Column("Bagian bobot yang diketahui", "#indicator+known+share", "share", 12),
    Column("Belum pasti", "#indicator+unsure", width=9),
    Column("Lintang", "#geo+lat", "degrees", 10),
    Column("Bujur", "#geo+lon", "degrees", 10),
)


def index_table(run: IndexRun, actor: Actor, *, within: Place | None, at: datetime) -> tuple[Table, int]:
    """Return the table of a run that came through the gate whole, of all villages or those within a place, and its length."""
    chosen = None
    if within is not None:
        chosen = list(PlaceAncestor.objects.filter(ancestor=within).values_list("descendant_id", flat=True))
    found = levels_in(actor, index=run.index, at=at, places=chosen, run=run)
    assert found is not None  # noqa: S101 - the run is given
    table = Table(
        title=f"Indeks kerawanan {run.index.upper()}",
        columns=COLUMNS,
        rows=_rows(found, within),
        about=_about(run, within, actor, at),
    )
    return table, len(found.places)


def _rows(found: Levels, within: Place | None) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for each village, the most vulnerable first."""
    known = units(within)
    words = [""] + [level.label for level in levels()]
    unsure = found.is_unsure
    for row in np.argsort(found.position, kind="stable"):
        place = known[int(found.places[row])]
        level = int(found.level[row])
        yield (
            place.code, place.name, *tiers_of(place, known), place.country, found.index, found.as_of,
            round(float(found.score[row]), 2), level, words[level], int(found.rank[row]),
            int(found.low80[row]), int(found.high80[row]), int(found.low95[row]), int(found.high95[row]),
            round(float(found.known_share[row]), 3), "ya" if unsure[row] else "tidak",
            _degrees(found.lat[row]), _degrees(found.lon[row]),
        )  # fmt: skip


def _degrees(value: Any) -> Cell:
    """Return degrees as the number they are in a CSV; a village without a point has none."""
    return None if np.isnan(value) else round(float(value), 5)


def _about(run: IndexRun, within: Place | None, actor: Actor, at: datetime) -> list[tuple[str, str]]:
    steps = "; ".join(f"{level.number} {level.label}: mulai {figures.number(level.from_score)}" for level in levels())
    said = [
        ("Isi", f"Indeks kerawanan desa terhadap {IndexOf(run.index).label}, satu baris satu desa, yang paling rawan di atas."),
        ("Keadaan per", figures.day(run.as_of)),
        ("Wilayah", within.name if within is not None else "semua desa dan suco dalam perhitungan ini"),
        ("Pemilik perhitungan", run.owner.name),
        ("Perhitungan", f"{run.ref}, sidik {run.digest[:16]}"),
        ("Bobot", f"versi {run.weighting.number}: {run.weighting.why}"),
        exported_by(actor, at=at),
        ("Tingkat", steps),
        ("Selang peringkat", "Dari 1 (paling rawan): peringkat sebenarnya ada di antara keduanya dengan peluang 80 atau 95 %."),
        ("Belum pasti", "Ya bila selang 80 % lebih lebar dari sepertiga semua desa, atau kurang dari separuh bobot diketahui."),
        ("Timor-Leste", "Suco ada di kolom desa, posto administrativo di kolom kecamatan, munisipio di kolom kabupaten."),
        ("Yang bukan", "Angka ini tentang tempat, bukan tentang orang; bukan bukti, bukan ramalan, bukan daftar untuk dipermalukan."),
        ABOUT_TAGS,
    ]  # fmt: skip
    for factor in run.parameters.get("factors", []):
        words = f"{factor.get('unit', '')}; {factor.get('source', '')}; keadaan per {factor.get('as_of') or '–'}"
        said.append((f"Faktor: {factor.get('label', '')}", words))
    return said
