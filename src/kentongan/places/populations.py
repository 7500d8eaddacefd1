"""How many people live where: brought from a file, with its day and its source. Nothing is estimated."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.periods import civil_day

from .models import Population
from .village_values import Range, read_village_values

HEADINGS = ("penduduk", "residents", "jumlah", "nilai", "value")
MOST_RESIDENTS = 500_000
"""A village with more is a slip of the pen: the largest have some hundred thousand."""

ROWS_AT_ONCE = 1_000


class PopulationFaulty(KentonganError):
    """The file cannot be taken in; `details` names every fault with its row."""

    code = "places.population_faulty"


@dataclass(frozen=True, slots=True)
class PopulationImported:
    """What an import left: villages with a number, and what is worth saying of the file."""

    villages: int
    notes: tuple[str, ...]


@transaction.atomic
def import_population(
    *, text: str, as_of: date, source: str, scheme: str, by: trail.Acting, at: datetime
) -> PopulationImported:
    """Every village of the file has its number of residents as of the day, or none of them; earlier days stay."""
    if not source.strip():
        raise PopulationFaulty(_("Sebutkan sumber data penduduk: lembaga, judul dan tahunnya."))
    if as_of > civil_day(at):
        raise PopulationFaulty(_("Hari data penduduk tidak boleh di masa depan. Isi hari atau akhir tahun datanya."))
    read = read_village_values(
        text, value_headings=HEADINGS, within=Range(0, MOST_RESIDENTS, is_whole=True), scheme=scheme
    )
    if read.faults:
        said = _("%(n)d kesalahan; tidak ada yang disimpan. Perbaiki baris yang disebut lalu ulangi.")
        raise PopulationFaulty(said % {"n": len(read.faults)}, details=[fault.sentence for fault in read.faults])
    rows = [
        Population(place_id=key, residents=int(residents), as_of=as_of, source=source.strip()[:200])
        for key, residents in read.values.items()
    ]
    Population.objects.bulk_create(
        rows,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        unique_fields=["place", "as_of"],
        update_fields=["residents", "source"],
    )
    facts = {"as_of": as_of.isoformat(), "villages": len(rows), "source": source.strip()[:200]}
    trail.record(Trail.POPULATION_IMPORTED, by=by, at=at, on="gazetteer", facts=facts)
    return PopulationImported(len(rows), read.notes)
