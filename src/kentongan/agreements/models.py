"""What every protected row carries, and the grants written by the deeds that address or refer."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from .facts import Actor, Decision
from .openness import InstrumentQuerySet
from .rules import HANDLING_ORDER


class Handling(models.TextChoices):
    OPEN = "open"
    SHARED = "shared"
    RESTRICTED = "restricted"
    PERSONAL = "personal"
    PROTECTED = "protected"


assert tuple(Handling.values) == HANDLING_ORDER  # noqa: S101 - the two lists are one fact


class MaskedRowSaved(KentonganError):
    """A row of which the gate showed only a part was about to be stored."""

    code = "access.masked_row_saved"


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

    release: Decision | None = None  # set by the gate on a row of which only a part is shown
    passed: tuple[Actor, datetime] | None = None  # through whose eyes, and when, others' rows came through the gate

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the row, unless it is one that the gate masked: what was taken out must not be written over."""
        self.demand_whole()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row, unless the gate masked it: who sees a part does not dispose of the whole."""
        self.demand_whole()
        return super().delete(*args, **kwargs)

    def _get_next_or_previous_by_FIELD(self, *_args: Any, **_kwargs: Any) -> Any:  # noqa: N802 - Django's own name
        """Refuse what Django offers beside the gate: the row before or after this one."""
        raise AttributeError("the rows beside this one come through the gate")

    def demand_whole(self) -> None:
        """Raise MaskedRowSaved if the gate took something out of the row."""
        if self.release is not None:
            raise MaskedRowSaved(f"{self.ref} hanya sebagian; ambil baris utuh sebelum mengubahnya.")

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Read the row anew; of one that came through the gate, no more than before is in it."""
        from .masking import mask_again  # noqa: PLC0415 - it reads models of other rooms

        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        mask_again(self, None if fields is None else frozenset(fields))

    @property
    def ref(self) -> str:
        return f"{self._meta.model_name}:{self.pk}"


class Grant(models.Model):
    """One record shown to one agency for a time, because a deed addressed or referred it."""

    class Cause(models.TextChoices):
        ADDRESS = "address"
        REFERRAL = "referral"
        CASE = "case"
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
    under = models.JSONField(default=list)  # refs of clauses, one of which must stand; empty: needs none

    class Meta:
        indexes = [models.Index(fields=["agency", "record"], name="grant_by_agency_record")]  # the gate's list filter
        constraints = [
            models.UniqueConstraint(fields=["record", "agency", "because"], name="grant_once_a_cause"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="grant_ends_after_start"
            ),
        ]


class Instrument(models.Model):
    """A signed paper: a memorandum, an agreement under it, an annex, a letter, a forum's statute. Status follows from dates."""

    class Kind(models.TextChoices):
        MOU = "mou", gettext_lazy("nota kesepahaman")
        PKS = "pks", gettext_lazy("perjanjian kerja sama")
        ANNEX = "annex", gettext_lazy("lampiran")
        SUPPORT_LETTER = "support_letter", gettext_lazy("surat dukungan")
        FORUM_STATUTE = "forum_statute", gettext_lazy("ketentuan forum")
        ARRANGEMENT = "arrangement", gettext_lazy("kesepakatan antarnegara")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - of shipped rows; null is none
    kind = models.CharField(max_length=16, choices=Kind.choices)
    number = models.CharField(max_length=120, blank=True)
    title = models.CharField(max_length=300)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    recorded_by = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    signed_on = models.DateField(null=True, blank=True)
    signed_at_place = models.CharField(max_length=200, blank=True)
    in_force_from = models.DateField(null=True, blank=True)  # unknown: never in force
    in_force_to = models.DateField(null=True, blank=True)  # excluded; null is without an end
    scope = models.TextField(blank=True)
    programme = models.CharField(max_length=200, blank=True)
    document = models.BinaryField(null=True)
    document_name = models.CharField(max_length=200, blank=True)
    document_checksum = models.CharField(max_length=64, blank=True)
    is_reconstructed = models.BooleanField(default=False)  # from public reports, the text itself is not public
    source_note = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gt=F("in_force_from")),
                name="instrument_ends_after_start",
            ),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="instrument_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def ref(self) -> str:
        return f"instrument:{self.pk}"


class InstrumentParty(models.Model):
    """One side that signs: an agency, a forum, or a state."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="parties")
    agency = models.ForeignKey("agencies.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=2, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["instrument", "agency", "state"], name="party_once"),
            models.CheckConstraint(
                condition=(Q(agency__isnull=False) & Q(state="")) | (Q(agency__isnull=True) & ~Q(state="")),
                name="party_is_agency_or_state",
            ),
        ]

    def __str__(self) -> str:
        return str(self.agency or self.state)


class Signatory(models.Model):
    """Who signed for a party, with the post held on that day."""

    party = models.ForeignKey(InstrumentParty, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(max_length=160)
    position = models.CharField(max_length=200)
    rank = models.CharField(max_length=60, blank=True)
    officer = models.ForeignKey("agencies.Officer", null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class InstrumentChange(models.Model):
    """What happened to an instrument after signing. Rows are added, and what has begun is never changed; status follows
    from them. What was announced for a later day can be taken back before it, and then never began."""

    class What(models.TextChoices):
        RENEWED = "renewed", gettext_lazy("diperpanjang")
        SUSPENDED = "suspended", gettext_lazy("ditangguhkan")
        RESUMED = "resumed", gettext_lazy("diberlakukan lagi")
        WITHDRAWN = "withdrawn", gettext_lazy("dicabut")

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What.choices)
    effective_at = models.DateTimeField()
    until = models.DateField(null=True)  # renewed: the new end, excluded; null is without an end
    why = models.CharField(max_length=500)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.CharField(max_length=80, blank=True)
    taken_back_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["effective_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="instrument_change_says_why"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True)
                | (~Q(taken_back_by="") & ~Q(taken_back_why="") & Q(taken_back_at__lt=F("effective_at"))),
                name="taken_back_before_it_began",
            ),
        ]


class RenewalWord(models.Model):
    """A party's word that an instrument shall last until another day. Once all parties gave the same word it does."""

    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="renewal_words")
    party = models.ForeignKey(InstrumentParty, on_delete=models.CASCADE, related_name="+")
    until = models.DateField(null=True)  # excluded; null is without an end
    why = models.CharField(max_length=500)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    change = models.ForeignKey(InstrumentChange, null=True, on_delete=models.CASCADE, related_name="words")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["instrument", "party"], condition=Q(change__isnull=True), name="one_open_word_a_party"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="renewal_word_says_why"),
        ]


class Clause(models.Model):
    """Which data one side gives the other, for which purposes, where, how exactly, and on which conditions.

    A clause is drafted, then approved by a signatory of either party; from the last approval on it is in force while its
    instrument and all above it are. What was approved once is not changed any more: a new clause takes its place.
    """

    class Precision(models.TextChoices):
        EXACT = "exact", gettext_lazy("sebagaimana tercatat")
        VILLAGE = "village", gettext_lazy("desa atau kelurahan")
        DISTRICT = "district", gettext_lazy("kecamatan")
        AGGREGATE = "aggregate", gettext_lazy("hanya jumlah")

    class Onward(models.TextChoices):
        NONE = "none", gettext_lazy("tidak boleh diteruskan")
        ALLOWED = "allowed", gettext_lazy("boleh diteruskan dengan instrumen")

    class TransferBasis(models.TextChoices):
        NONE = "", gettext_lazy("tidak lintas negara")
        ADEQUACY = "adequacy", gettext_lazy("pelindungan setara (UU 27/2022 Pasal 56)")
        INSTRUMENT = "binding_instrument", gettext_lazy("perjanjian yang mengikat (UU 27/2022 Pasal 56)")
        CONSENT = "consent", gettext_lazy("persetujuan subjek data (UU 27/2022 Pasal 56)")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    instrument = models.ForeignKey(Instrument, on_delete=models.CASCADE, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    giver = models.ForeignKey("agencies.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    giver_with_below = models.BooleanField(default=False)
    giver_state = models.CharField(max_length=2, blank=True)
    receiver = models.ForeignKey("agencies.Agency", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    receiver_with_below = models.BooleanField(default=False)
    receiver_state = models.CharField(max_length=2, blank=True)
    releases = models.JSONField(default=dict)  # category -> group of fields -> full, blurred, pseudonym
    purposes = models.JSONField(default=list)
    is_everywhere = models.BooleanField(default=False)
    roots = models.ManyToManyField("places.Place", related_name="+", blank=True)
    exceptions = models.ManyToManyField("places.Place", related_name="+", blank=True)
    kinds = models.JSONField(default=list, blank=True)  # codes, each with what stands below it; empty: every kind
    precision = models.CharField(max_length=10, choices=Precision.choices, default=Precision.VILLAGE)
    min_cell = models.PositiveSmallIntegerField(default=5)  # R16: counts of persons below this are not shown
    onward = models.CharField(max_length=10, choices=Onward.choices, default=Onward.NONE)
    retention_days = models.PositiveIntegerField(null=True, blank=True)  # at the receiver
    conditions = models.JSONField(default=list, blank=True)  # consent, court_order
    transfer_basis = models.CharField(max_length=20, choices=TransferBasis.choices, default="", blank=True)
    note = models.CharField(max_length=500, blank=True)
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)  # the last approval that was needed
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=500, blank=True)
    is_reconstructed = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["instrument", "number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="clause_number_once"),
            models.CheckConstraint(condition=Q(ended_at__isnull=True) | ~Q(ended_why=""), name="ended_clause_says_why"),
        ]

    @property
    def ref(self) -> str:
        return f"clause:{self.pk}"


class Approval(models.Model):
    """A party's word that a clause, as it reads with this checksum, shall hold."""

    clause = models.ForeignKey(Clause, on_delete=models.CASCADE, related_name="approvals")
    party = models.ForeignKey(InstrumentParty, on_delete=models.PROTECT, related_name="+")
    officer = models.CharField(max_length=80)
    position = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clause", "party"], name="approved_once_a_party")]


class ClauseSet(models.Model):
    """The reach of one set of clauses, written out for the list filter. The digest names all that it was made from, so a
    row can never be stale: other clauses, another hierarchy, other territories or another gazetteer have another digest."""

    digest = models.CharField(max_length=64, unique=True)
    edges = models.TextField()  # where territories begin and end, as a PostgreSQL array of place keys
    made_at = models.DateTimeField()


class ClauseReach(models.Model):
    """An owner whose rows the set reaches in one span of place keys: `first` until `end`, excluded."""

    clause_set = models.ForeignKey(ClauseSet, on_delete=models.CASCADE, related_name="reach")
    owner = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="+", db_index=False)
    span = models.PositiveIntegerField()
    first = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["clause_set", "owner", "first", "end"], name="reach_of_owner")
        ]  # the list filter
        constraints = [models.UniqueConstraint(fields=["clause_set", "owner", "span"], name="reach_once_a_span")]


class RulesStamp(models.Model):
    """The one row that gets another random stamp with every change of agencies, kinds or agreements (recall.py)."""

    stamp = models.CharField(max_length=32)


class ConditionMet(models.Model):
    """A consent or a court order that stands for one record, towards one agency or any. Withdrawal ends it at once."""

    class Condition(models.TextChoices):
        CONSENT = "consent", gettext_lazy("persetujuan")
        COURT_ORDER = "court_order", gettext_lazy("penetapan pengadilan")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.CharField(max_length=30)
    record = models.UUIDField()
    condition = models.CharField(max_length=12, choices=Condition.choices)
    receiver = models.ForeignKey("agencies.Agency", null=True, on_delete=models.PROTECT, related_name="+")
    document = models.CharField(max_length=200)  # a reference to the paper, never its content
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    recorded_by = models.CharField(max_length=80)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["record", "condition"], name="condition_of_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | ~Q(ended_why=""), name="ended_condition_says_why"
            ),
            models.CheckConstraint(condition=~Q(document=""), name="condition_names_paper"),
        ]


class BreakGlass(models.Model):
    """A look in need, with its reason: at most three hours, told to the owner, reviewed within 48 hours (R24)."""

    class Verdict(models.TextChoices):
        JUSTIFIED = "justified", gettext_lazy("dapat dibenarkan")
        UNJUSTIFIED = "unjustified", gettext_lazy("tidak dapat dibenarkan")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="break_glass")
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    officer = models.CharField(max_length=80)
    reason = models.CharField(max_length=500)
    opened_at = models.DateTimeField()
    review_by = models.DateTimeField()
    seen_by_owner_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=80, blank=True)
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    verdict_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="break_glass_says_why"),
            models.CheckConstraint(
                condition=Q(reviewed_at__isnull=True) | (~Q(verdict="") & ~Q(verdict_why="")),
                name="reviewed_break_glass_has_verdict",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"break_glass:{self.pk}"


class ImpactAssessment(models.Model):
    """The recorded assessment without which a module with personal data stays off (R18)."""

    module = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    document_name = models.CharField(max_length=200)
    document_checksum = models.CharField(max_length=64)
    assessed_on = models.DateField()
    valid_to = models.DateField(null=True)  # excluded: the day by which it is done again
    approved_by = models.CharField(max_length=200)  # the data-protection officer who signed, by post
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-assessed_on"]
