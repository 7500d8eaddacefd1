"""The two sides of the Banten agreement, as tests need them: agencies, officers, an instrument and a clause between them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from kentongan.agencies.models import Agency, AgencyParent, Officer, Posting
from kentongan.agreements import access, actions
from kentongan.agreements.drafts import ClauseDraft, InstrumentDraft
from kentongan.agreements.facts import Side
from kentongan.places.models import Place, PlaceAncestor, PlaceCode
from kentongan.vocabulary.models import Kind

AT = datetime(2026, 3, 4, 2, tzinfo=UTC)
BANTEN, SERANG, KOTA_SERANG = 10, 13, 11

_AGENCIES = {
    "kemenimipas": ("immigration", "ID", "national", None),
    "ditjenim": ("immigration", "ID", "national", "kemenimipas"),
    "kanwil-im-banten": ("immigration", "ID", "province", "ditjenim"),
    "kanim-serang": ("immigration", "ID", "city", "kanwil-im-banten"),
    "polri": ("police", "ID", "national", None),
    "polda-banten": ("police", "ID", "province", "polri"),
    "polres-serang": ("police", "ID", "regency", "polda-banten"),
    "bp3mi-banten": ("labour", "ID", "province", None),
    "lanal-banten": ("military", "ID", "city", None),
    "pntl": ("foreign_police", "TL", "national", None),
    "iom": ("international", "XX", "national", None),
}
MOU = InstrumentDraft(
    kind="mou",
    title="Nota kesepahaman Polri dan Kemenimipas",
    signed_on=date(2025, 8, 4),
    in_force_from=date(2025, 8, 4),
)
PKS = InstrumentDraft(
    kind="pks", title="PKS Kanwil Imigrasi dan Polda Banten", signed_on=date(2025, 11, 19),
    in_force_from=date(2025, 11, 19), in_force_to=date(2027, 11, 19),
)  # fmt: skip
CLAUSE = ClauseDraft(
    giver=Side("kanwil-im-banten", is_with_below=True),
    receiver=Side("polda-banten", is_with_below=True),
    releases={"events": {"place": "full", "time": "full"}},
    purposes=frozenset({"investigation"}),
    roots=frozenset({BANTEN}),
    kinds=frozenset({"TPPO"}),
)


def build() -> None:
    """The agencies with whom they answer to, Banten with Serang in it, and the kind that the clause is about."""
    for pk, (kind, country, level, _above) in _AGENCIES.items():
        Agency.objects.create(id=pk, name=pk.replace("-", " ").title(), kind=kind, country=country, level=level)
    for pk, (_kind, _country, _level, above) in _AGENCIES.items():
        if above:
            AgencyParent.objects.create(agency_id=pk, parent_id=above)
    Agency.objects.create(id="timpora", name="Timpora", kind="forum", country="ID", level="city", is_forum=True)
    for key, code, name, level, above in (
        (BANTEN, "36", "Banten", "province", ()),
        (KOTA_SERANG, "36.73", "Serang", "city", (BANTEN,)),
        (SERANG, "36.04", "Serang", "regency", (BANTEN,)),
    ):
        Place.objects.create(
            id=key, code=code, name=name, level=level, country="ID", parent_id=above[0] if above else None
        )
        PlaceCode.objects.create(place_id=key, scheme="kemendagri", code=code)
        for depth, ancestor in enumerate((key, *above)):
            PlaceAncestor.objects.create(ancestor_id=ancestor, descendant_id=key, depth=depth)
    Kind.objects.create(code="TPPO", kind_class="offence", label_id="Perdagangan orang", label_en="Trafficking")
    Kind.objects.create(
        code="IM.REFUGEE", kind_class="status", label_id="Pengungsi", label_en="Refugee", is_protected=True
    )


def actor(agency, role="coordinator", *, purpose="coordination", at=AT, username=None):
    """Return an officer of the agency acting in a role; the same one when asked again."""
    officer, is_new = Officer.objects.get_or_create(username=username or f"{role}.{agency}")
    if is_new:
        Posting.objects.create(officer=officer, agency_id=agency, role=role, started_at=AT)
    return access.actor_for(officer, purpose=purpose, at=at)


def mou(**more):
    """Record the memorandum above."""
    sides = [Side("kemenimipas"), Side("polri")]
    return actions.record_instrument(draft=replace(MOU, **more), parties=sides, by=actor("ditjenim"), at=AT)


def pks(*parties, parent=None, **more):
    """Record the agreement between the two regional offices, or between the parties that are named."""
    sides = [Side(p) if len(p) > 2 else Side(state=p) for p in parties or ("kanwil-im-banten", "polda-banten")]
    draft = replace(PKS, parent=parent.pk if parent else None, **more)
    return actions.record_instrument(draft=draft, parties=sides, by=actor("kanwil-im-banten"), at=AT)


def drafted(instrument, **more):
    """Draft the clause, changed as said."""
    draft = replace(CLAUSE, **more)
    return actions.draft_clause(instrument=instrument, draft=draft, by=actor("kanwil-im-banten"), at=AT)


def approve(clause, agency, *, at=AT, version=None, role="leader"):
    """Let the leader of the agency approve the clause."""
    clause.refresh_from_db()
    return actions.approve_clause(
        clause=clause, version=version or clause.version, position="Kepala", by=actor(agency, role), at=at
    )


def in_force(instrument, **more):
    """Draft a clause and let both sides approve it."""
    clause = drafted(instrument, **more)
    approve(clause, "kanwil-im-banten")
    approve(clause, "polda-banten")
    clause.refresh_from_db()
    return clause
