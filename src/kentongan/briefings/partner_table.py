"""The partner villages as a table: who looks after them, since when, and when they were last visited and heard."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone

from kentongan.agreements.facts import Actor
from kentongan.places.models import Place
from kentongan.programme.queries import VillageStanding, partners_standing
from kentongan.programme.vocabulary import CRITERIA, PROGRAMMES, labels

from . import figures
from .tables import ABOUT_TAGS, Cell, Column, Table, exported_by
from .tiers import TIER_OF, Tiers, tiers_by_place

COLUMNS = (
    Column("Kode", "#adm4+code", width=15),
    Column("Desa", "#adm4+name", width=24),
    Column("Kecamatan", "#adm3+name", width=22),
    Column("Kabupaten atau kota", "#adm2+name", width=22),
    Column("Provinsi", "#adm1+name", width=22),
    Column("Kantor", "#org+name", width=34),
    Column("Status", "#status", width=18),
    Column("Mulai", "#date+start", "day", 12),
    Column("Berakhir", "#date+end", "day", 12),
    Column("Nomor keputusan", "#meta+decree", width=22),
    Column("Tanggal keputusan", "#date+decree", "day", 12),
    Column("Kriteria", "#meta+criteria", width=40),
    Column("Program lain", "#activity+programme", width=26),
    Column("Kunjungan terakhir", "#date+visited", "day", 12),
    Column("Kunjungan paling lambat", "#date+due", "day", 12),
    Column("Terlambat", "#indicator+overdue", width=10),
    Column("Kabar terakhir", "#date+heard", "day", 12),
    Column("Senyap", "#indicator+silent", width=16),
    Column("Sumber", "#meta+source", width=34),
    Column("Tanggal sumber", "#date+source", "day", 12),
    Column("Yang belum pasti", "#meta+doubt", width=40),
)


def partner_table(actor: Actor, *, office: str, at: datetime) -> tuple[Table, int]:
    """Return the partner villages that the actor sees whole, of one office or all, and how many there are."""
    seen = [one for one in partners_standing(actor, at=at, office=office) if one.village.release is None]
    table = Table(title="Desa binaan imigrasi", columns=COLUMNS, rows=_rows(seen), about=_about(actor, at))
    return table, len(seen)


def _rows(seen: Sequence[VillageStanding]) -> Iterator[tuple[Cell, ...]]:
    above = tiers_by_place({one.village.place_id for one in seen})
    for standing in seen:
        village = standing.village
        yield (
            *_named(village.place, above), village.owner.name, village.get_status_display(), village.partner_from,
            village.partner_to, village.decree_number, village.decree_on, "; ".join(labels(CRITERIA, village.criteria)),
            "; ".join(labels(PROGRAMMES, village.programmes)), standing.last_visit, standing.due_on,
            "ya" if standing.is_overdue else "tidak", standing.last_heard, _silent(standing), village.source,
            village.source_on, village.doubt,
        )  # fmt: skip


def _named(place: Place, above: Mapping[int, Tiers]) -> tuple[Cell, ...]:
    """Return code and name of the village, and the names above it; of a district that stands for its villages no village."""
    return place.code, "" if place.level in TIER_OF else place.name, *above[place.pk]


def _silent(standing: VillageStanding) -> str:
    if not standing.is_heard_known:
        return "tidak terbuka"
    return "ya" if standing.is_silent else "tidak"


def _about(actor: Actor, at: datetime) -> list[tuple[str, str]]:
    return [
        ("Isi", "Desa Binaan Imigrasi, satu baris satu penetapan; juga yang sudah berakhir."),
        ("Keadaan per", figures.day(timezone.localdate(at))),
        exported_by(actor, at=at),
        ("Kode", "Kode desa menurut Kemendagri. Bila sumber hanya menyebut kecamatan, kodenya kode kecamatan dan desanya kosong."),
        ("Terlambat, senyap", "Menurut irama yang ditetapkan kantornya, atau nilai awal sistem ini bila kantor belum menetapkannya."),
        ("Sumber", "Kolom Sumber dan Tanggal sumber menyebut asal fakta publik; yang kosong dicatat oleh kantornya sendiri."),
        ABOUT_TAGS,
    ]  # fmt: skip
