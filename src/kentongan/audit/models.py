"""The trail (append-only) and the outbox (news for higher rooms). Rows hold references, never foreign keys."""

from django.db import models
from django.db.models import Q


class TrailRow(models.Model):
    """One deed, look or refusal. Triggers refuse every UPDATE and DELETE."""

    id = models.BigAutoField(primary_key=True)
    event = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor = models.CharField(max_length=80)  # "officer:<uuid>", "system:worker", "system:command"
    agency = models.CharField(max_length=80, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
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
