"""The trail and its seals (append-only), and the outbox (news for higher rooms). Rows hold references, never foreign keys."""

from django.db import models
from django.db.models import Q


class TrailRow(models.Model):
    """One deed, look or refusal. Triggers refuse every UPDATE and DELETE."""

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)  # "officer:<uuid>", "system:worker", "system:command"
    agency = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=40, blank=True)  # in which the actor acted; blank: none is known
    purpose = models.CharField(max_length=40, blank=True)
    clause = models.CharField(max_length=120, blank=True)  # the clause that allowed it; blank: none was needed
    subject = models.CharField(max_length=120, blank=True)  # "event:<uuid>"
    why = models.TextField(blank=True)
    reasons = models.JSONField(default=list)
    facts = models.JSONField(default=dict)  # references and figures only, never content

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"], name="trail_by_subject"),  # the history of one record
            models.Index(fields=["actor", "id"], name="trail_by_actor"),  # what one officer did
        ]
        constraints = [models.CheckConstraint(condition=~Q(event="") & ~Q(actor=""), name="trail_names_deed_and_actor")]

    def __str__(self) -> str:
        return f"{self.event} {self.subject}"


class SealedLeaf(models.Model):
    """The place of one row in the tree: rows are leaves in the order in which they were sealed, not of their ids."""

    position = models.BigAutoField(primary_key=True)  # always given, from 0; the type makes it SQLite's own row number
    trail_row = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.position}: trail row {self.trail_row}"


class SealedSubtree(models.Model):
    """The hash above 256, 65,536, … neighbouring leaves, kept so that a proof reads little."""

    id = models.BigAutoField(primary_key=True)
    level = models.PositiveSmallIntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "position"], name="subtree_stands_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.position}"


class TreeHead(models.Model):
    """A signed statement: so many leaves, this root, at this time. The note is what is signed; the columns repeat it."""

    number = models.BigAutoField(primary_key=True)  # always given, from 1 without a gap: two sealers collide here
    origin = models.CharField(max_length=120)
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    key = models.CharField(max_length=8)
    note = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["size"], name="head_by_size")]  # the first head that covers a row

    def __str__(self) -> str:
        return f"head {self.number}: {self.size} rows"


class SealingKey(models.Model):
    """A public key of the sealer. The statement is signed by the key itself and by the one before it."""

    number = models.BigAutoField(primary_key=True)  # always given, from 1 without a gap
    made_at = models.DateTimeField()
    vkey = models.CharField(max_length=200)
    statement = models.TextField()

    def __str__(self) -> str:
        return self.vkey


class SearchKey(models.Model):
    """A month's secret under which search terms are digested. Destroyed by age, and with it all that they could tell.

    It stands beside the trail, not in it: the trail keeps everything, and this must go.
    """

    month = models.CharField(max_length=7, primary_key=True)
    secret = models.BinaryField(max_length=32)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.month


class OutboxRow(models.Model):
    """News that a higher room will act on. A worker claims it by compare-and-set and a lease."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"
        FAILED = "failed"

    id = models.BigAutoField(primary_key=True)
    topic = models.CharField(max_length=60)
    ref = models.CharField(max_length=120)
    facts = models.JSONField(default=dict)
    put_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "topic", "id"], name="outbox_waiting")]  # what a worker may claim
        constraints = [
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False) | ~Q(state="claimed"),
                name="outbox_claim_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.ref}"
