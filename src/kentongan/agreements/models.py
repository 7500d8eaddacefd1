"""What every protected row carries, and the grants written by the deeds that address or refer."""

from django.db import models
from django.db.models import F, Q

from kentongan.kit.ids import new_id

from .rules import HANDLING_ORDER


class Handling(models.TextChoices):
    OPEN = "open"
    SHARED = "shared"
    RESTRICTED = "restricted"
    PERSONAL = "personal"
    PROTECTED = "protected"


assert tuple(Handling.values) == HANDLING_ORDER  # noqa: S101 - the two lists are one fact


class ProtectedRow(models.Model):
    """Owner, place, handling, purpose, legal basis and retention of a row that only the gate may show."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    handling = models.CharField(max_length=10, choices=Handling.choices)
    origins = models.JSONField(
        default=list, blank=True
    )  # states, only on rows about refugees or asylum-seekers; empty is unknown
    purpose = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=160)
    agreement_ref = models.CharField(max_length=120, blank=True)  # the instrument it came under; blank is none
    retain_until = models.DateField()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(legal_basis=""), name="%(class)s_has_purpose_and_basis"
            ),
        ]

    @property
    def ref(self) -> str:
        return f"{self._meta.model_name}:{self.pk}"


class Grant(models.Model):
    """One record shown to one agency for a time, because a deed addressed or referred it."""

    class Cause(models.TextChoices):
        ADDRESS = "address"
        REFERRAL = "referral"
        BREAK_GLASS = "break_glass"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.CharField(max_length=30)
    record = models.UUIDField()
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    fields = models.JSONField(default=list)  # empty: every field of the category that may be shared
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    cause = models.CharField(max_length=12, choices=Cause.choices)
    because = models.CharField(max_length=120)  # the ref of the deed's record, e.g. the alert

    class Meta:
        indexes = [models.Index(fields=["agency", "record"], name="grant_by_agency_record")]  # the gate's list filter
        constraints = [
            models.UniqueConstraint(fields=["record", "agency", "because"], name="grant_once_a_cause"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="grant_ends_after_start"
            ),
        ]
