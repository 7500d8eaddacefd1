"""Identities: who stands behind a pseudonym is only ever stored sealed, in a table of its own that no list joins."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.ids import new_id

from .rules import CATEGORY, IMMINENT_RISK, kinds


class Identity(ProtectedRow):
    """That somebody's identity is kept, for whom and until when. The row itself says nothing of who it is.

    After erasure it stays as a tombstone with the reason; its sealed fields and their key are gone.
    """

    class Kind(models.TextChoices):
        REPORTER = "reporter", gettext_lazy("pelapor")
        VICTIM = "victim", pgettext_lazy("orang", "korban")
        PERSON = "person", gettext_lazy("orang")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    mark = models.CharField(max_length=8)  # drawn by lot, so that it tells nothing of the person
    about = models.CharField(max_length=80)  # the ref of the record that it was left with
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=80)
    corrected_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    erased_why = models.CharField(max_length=300, blank=True)
    revision = models.UUIDField(default=new_id)  # another after every change; a token, not a count
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-recorded_at", "-id"]
        indexes = [models.Index(fields=["owner", "-recorded_at"], name="identities_of_owner")]  # the list of the vault
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "mark"], name="identity_mark_once_an_owner"),
            models.CheckConstraint(
                condition=Q(handling__in=["personal", "protected"]), name="identity_handled_as_personal"
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | ~Q(erased_why=""), name="erased_identity_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def pseudonym(self) -> str:
        """The name that stands for the person everywhere else, the same for good."""
        return _("%(kind)s %(mark)s") % {"kind": kinds()[self.kind].label, "mark": self.mark}


class SealedIdentity(models.Model):
    """The ciphertext of an identity with its wrapped data key; deleting the row destroys the only key to it."""

    identity = models.OneToOneField(Identity, primary_key=True, on_delete=models.PROTECT, related_name="+")
    master = models.CharField(max_length=16)  # fingerprint of the master key that wraps
    wrapped_key = models.BinaryField()
    ciphertext = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["master"], name="sealed_by_master")]  # what a rotation has still to rewrap


class MasterKey(models.Model):
    """That a master key exists, or existed; the key itself lies in a file and never here."""

    number = models.PositiveIntegerField(unique=True)  # the highest one wraps
    fingerprint = models.CharField(max_length=16, unique=True)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)


class Opening(models.Model):
    """Who was shown an identity, when, why and on which ground: its receivers."""

    class Ground(models.TextChoices):
        CONSENT = "consent", gettext_lazy("persetujuan yang bersangkutan")
        COURT_ORDER = "court_order", gettext_lazy("penetapan pengadilan")
        IMMINENT_RISK = "imminent_risk", gettext_lazy("bahaya yang mendesak")

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="openings")
    officer = models.CharField(max_length=80)
    agency = models.CharField(max_length=60)
    role = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    ground = models.CharField(max_length=16, choices=Ground.choices)
    document = models.CharField(max_length=200, blank=True)  # a reference, never content
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="opening_says_why"),
            models.CheckConstraint(
                condition=Q(ground=IMMINENT_RISK) | ~Q(document=""), name="opening_names_consent_or_order"
            ),
        ]


access.protect(Identity, category=CATEGORY)
