"""Loading the shipped vocabulary into the database."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail

from .care import needs
from .data import KindEntry, LegalBasis, kind_entries, legal_bases
from .models import Kind, Law


@dataclass(frozen=True, slots=True)
class KindsLoaded:
    """How many rows a load added, and how many are there now."""

    kinds_added: int
    laws_added: int
    kinds: int
    laws: int


@transaction.atomic
def load_kinds(*, by: trail.Acting, at: datetime) -> KindsLoaded:
    """Bring every shipped kind and legal basis up to date; rows added by hand stay, and nothing is deleted."""
    kinds_before, laws_before = Kind.objects.count(), Law.objects.count()
    fields = [f.name for f in Kind._meta.concrete_fields if not f.primary_key]
    Kind.objects.bulk_create(
        [_kind(entry) for entry in kind_entries()], update_conflicts=True, unique_fields=["code"], update_fields=fields
    )
    Law.objects.bulk_create(
        [_law(basis) for basis in _one_a_citation(legal_bases())],
        update_conflicts=True,
        unique_fields=["kind", "citation"],
        update_fields=["valid_from", "valid_to", "note"],
    )
    kinds, laws = Kind.objects.count(), Law.objects.count()
    loaded = KindsLoaded(kinds - kinds_before, laws - laws_before, kinds, laws)
    trail.record(Trail.REFERENCE_LOADED, by=by, at=at, on="vocabulary", facts={"kinds": kinds, "laws": laws})
    return loaded


def citation_of(basis: LegalBasis) -> str:
    """Return how a provision is cited: country, instrument and article."""
    article = f" Ps. {basis.articles}" if basis.articles else ""
    return f"{basis.country} {basis.instrument}{article}"[:200]


def _kind(entry: KindEntry) -> Kind:
    return Kind(
        code=entry.code,
        kind_class=entry.kind_class,
        label_id=entry.label_id,
        label_en=entry.label_en,
        label_tet=entry.label_tet,
        label_pt=entry.label_pt,
        terms_id=list(entry.terms_id),
        terms_tet=list(entry.terms_tet),
        terms_pt=list(entry.terms_pt),
        iccs_code=entry.iccs_code,
        is_protected=needs("protected", entry.code),
        is_election=needs("election", entry.code),
    )


def _one_a_citation(bases: tuple[LegalBasis, ...]) -> list[LegalBasis]:
    """Return the provisions, one for each kind and citation: a kind may cite one article in two roles."""
    return list({(basis.kind_code, citation_of(basis)): basis for basis in bases}.values())


def _law(basis: LegalBasis) -> Law:
    return Law(
        kind_id=basis.kind_code,
        citation=citation_of(basis),
        valid_from=basis.valid_from,
        valid_to=basis.valid_to,
        note=basis.note[:200],
    )
