"""Small makings for tests about the vault, here and among the rights tests."""

from datetime import date, datetime, timedelta

from kentongan.agreements.facts import Actor
from kentongan.agreements.models import ImpactAssessment
from kentongan.vault.actions import Keeping, store_identity
from kentongan.vault.models import Identity
from kentongan.vault.rules import IdentityFields

NAME, CONTACT, ADDRESS, RELATION = "Zkanaria Ujicoba", "lewat Wkontak Pqr", "rumah Xalamat", "Vhubungan"
CANARIES = ("Zkanaria", "Ujicoba", "Wkontak", "Xalamat", "Vhubungan")
"""Words that stand in no text of the product: wherever one turns up, an identity has leaked."""

FIELDS = IdentityFields(NAME, CONTACT, ADDRESS, RELATION)
REASON = "menanyakan ulang tempat dan jamnya"


def switch_on(at: datetime, module: str = "vault") -> ImpactAssessment:
    """Make an assessment in force, as if recorded long ago."""
    return ImpactAssessment.objects.create(
        module=module,
        title="Penilaian uji",
        document_name="uji.pdf",
        document_checksum="a" * 64,
        assessed_on=date(2020, 1, 1),
        approved_by="Pejabat pelindungan data",
        recorded_by="officer:uji",
        recorded_at=at - timedelta(days=2000),
    )


def stored(by: Actor, at: datetime, *, fields: IdentityFields = FIELDS, kind: str = "reporter", **more) -> Identity:
    """Store an identity by the deed."""
    keeping = Keeping("prevention", "UU 27/2022", (at + timedelta(days=400)).date())
    return store_identity(kind=kind, fields=fields, left_with="report:uji", keeping=keeping, by=by, at=at, **more)
