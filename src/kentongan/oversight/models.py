"""Requests from outside with each owner's written word, legal holds, and what retention has done."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kentongan.kit.ids import new_id


class OutsideRequest(models.Model):
    """A ticket: an outside body asks for records (R17). Nothing leaves before every owner has approved in writing.

    What is asked for is fixed with the ticket, so that an owner's word is about exactly this; other records need another.
    """

    class State(models.TextChoices):
        OPEN = "open", gettext_lazy("menunggu pemilik data")
        RELEASED = "released", gettext_lazy("diserahkan")
        REFUSED = "refused", gettext_lazy("ditolak")
        WITHDRAWN = "withdrawn", gettext_lazy("ditarik")

    class TransferBasis(models.TextChoices):
        NONE = "", gettext_lazy("tidak lintas negara")
        ADEQUACY = "adequacy", gettext_lazy("pelindungan setara (UU 27/2022 Pasal 56)")
        INSTRUMENT = "binding_instrument", gettext_lazy("perjanjian yang mengikat (UU 27/2022 Pasal 56)")
        CONSENT = "consent", gettext_lazy("persetujuan subjek data (UU 27/2022 Pasal 56)")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    desk = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")  # who received the request
    asker = models.CharField(max_length=200)  # the outside body, never a person
    asker_state = models.CharField(max_length=2, default="ID")
    transfer_basis = models.CharField(max_length=20, choices=TransferBasis.choices, default="", blank=True)
    letter = models.CharField(max_length=200)  # number and day of the asker's letter
    legal_basis = models.CharField(max_length=300)
    purpose = models.CharField(max_length=40)
    why = models.CharField(max_length=1000)
    due_on = models.DateField()
    registered_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)  # compare-and-set; every owner's word raises it
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-registered_at", "-id"]
        indexes = [models.Index(fields=["desk", "state", "due_on"], name="requests_of_desk")]  # the desk's list
        constraints = [
            models.CheckConstraint(
                condition=~Q(asker="") & ~Q(letter="") & ~Q(legal_basis="") & ~Q(purpose="") & ~Q(why=""),
                name="request_says_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="request_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("refused", "withdrawn")) | ~Q(ended_why=""), name="request_refused_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asker}, {self.letter}"

    @property
    def ref(self) -> str:
        return f"request:{self.pk}"


class RequestedPart(models.Model):
    """What a request asks of one owner in one category: which records, which groups of their fields, and the owner's word."""

    class Word(models.TextChoices):
        WAITING = "waiting", gettext_lazy("menunggu")
        APPROVED = "approved", gettext_lazy("disetujui")
        REFUSED = "refused", gettext_lazy("ditolak")

    request = models.ForeignKey(OutsideRequest, on_delete=models.CASCADE, related_name="parts")
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=30)
    records = models.JSONField(default=list)  # references of single records; empty: those of the place and period
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    first = models.DateField(null=True)
    after = models.DateField(null=True)  # excluded
    groups = models.JSONField()  # of fields, asked for
    word = models.CharField(max_length=10, choices=Word.choices, default=Word.WAITING)
    approved_groups = models.JSONField(default=list)  # what the owner gives of them
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)
    answer_why = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["request", "owner", "category", "id"]
        indexes = [models.Index(fields=["owner", "word"], name="parts_waiting_for_owner")]  # the owner's list
        constraints = [
            models.UniqueConstraint(fields=["request", "owner", "category"], name="part_once_an_owner_and_category"),
            models.CheckConstraint(
                condition=Q(word="waiting", answered_at__isnull=True)
                | (~Q(word="waiting") & Q(answered_at__isnull=False) & ~Q(answered_by="") & ~Q(answer_why="")),
                name="part_answered_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(records=[]) | Q(first__isnull=False, after__gt=F("first")), name="part_says_which_records"
            ),
        ]


class Release(models.Model):
    """What was handed over: the file's checksum stays for good, its content only until it was picked up or is too old."""

    request = models.OneToOneField(OutsideRequest, on_delete=models.PROTECT, related_name="release")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    filename = models.CharField(max_length=120)
    checksum = models.CharField(max_length=64)
    rows = models.JSONField()  # owner -> category -> number of records
    content = models.BinaryField(null=True)  # null once erased
    keep_until = models.DateField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(content__isnull=False) | Q(erased_at__isnull=False), name="release_content_or_when_erased"
            )
        ]


class LegalHold(models.Model):
    """Records that retention must not touch while a proceeding needs them, with who looks again and when (R22)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=30, blank=True)  # all records of a category; blank: the single ones below
    why = models.CharField(max_length=500)
    legal_basis = models.CharField(max_length=300)
    placed_by = models.CharField(max_length=80)
    placed_at = models.DateTimeField()
    reviewer = models.ForeignKey("agencies.Officer", on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=80, blank=True)
    lifted_why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["review_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why="") & ~Q(legal_basis=""), name="hold_says_why"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | (~Q(lifted_by="") & ~Q(lifted_why="")),
                name="lifted_hold_says_why",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"hold:{self.pk}"


class HeldRecord(models.Model):
    """One record that a hold keeps."""

    hold = models.ForeignKey(LegalHold, on_delete=models.CASCADE, related_name="records")
    category = models.CharField(max_length=30)
    record = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["record"], name="holds_of_record")]  # asked for every row that is due
        constraints = [models.UniqueConstraint(fields=["hold", "record"], name="held_once_a_hold")]


class HoldReview(models.Model):
    """A look at a hold: it is still needed, and until when."""

    hold = models.ForeignKey(LegalHold, on_delete=models.CASCADE, related_name="reviews")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    why = models.CharField(max_length=500)
    review_on = models.DateField()  # the next one

    class Meta:
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(why=""), name="hold_review_says_why")]


class RetentionRun(models.Model):
    """One night's work, per civil day: a run that was killed is taken up again, one that ended is not repeated."""

    as_of = models.DateField(unique=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)  # category -> treatment -> number, of all that was done under this day
    held = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-as_of"]


class Treated(models.Model):
    """One record that retention anonymised or deleted. It says whose it was when nothing else does any more."""

    category = models.CharField(max_length=30)
    record = models.UUIDField()
    ref = models.CharField(max_length=120)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    was_protected = models.BooleanField(default=False)
    treatment = models.CharField(max_length=10)
    due_on = models.DateField()
    run = models.ForeignKey(RetentionRun, on_delete=models.PROTECT, related_name="treated")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ref"], name="treated_by_ref")]  # whose records a trail row is about
        constraints = [models.UniqueConstraint(fields=["category", "record"], name="treated_once")]
