"""A message that asks one agency to act, with its clock."""

from django.db import models
from django.db.models import Q

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow


class Alert(ProtectedRow):
    """Raised from a finding or an event, owned by the raising agency, granted to the addressed one."""

    class State(models.TextChoices):
        RAISED = "raised"
        ACKNOWLEDGED = "acknowledged"
        VERIFIED = "verified"
        CLOSED = "closed"

    class Outcome(models.TextChoices):
        TRUE = "true"
        FALSE = "false"
        BENIGN = "benign"
        DUPLICATE = "duplicate"
        HANDED_OVER = "handed_over"
        NO_RESULT = "no_result"

    number = models.CharField(max_length=60, blank=True)
    finding = models.ForeignKey("watch.Finding", null=True, on_delete=models.PROTECT, related_name="alerts")
    event = models.ForeignKey("events.Event", null=True, on_delete=models.PROTECT, related_name="alerts")
    addressee = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    matter = models.CharField(max_length=40)  # the competence it is addressed by
    proposed_why = models.CharField(max_length=300, blank=True)
    changed_why = models.CharField(max_length=300, blank=True)  # when another agency than the proposed one was chosen
    title = models.CharField(max_length=200)
    message = models.TextField()
    is_urgent = models.BooleanField(default=False)  # imminent departure
    state = models.CharField(max_length=12, choices=State.choices, default=State.RAISED)
    version = models.PositiveIntegerField(default=1)
    raised_at = models.DateTimeField()
    raised_by = models.CharField(max_length=80)
    acknowledge_by = models.DateTimeField()
    verify_by = models.DateTimeField()
    decide_by = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    outcome_why = models.CharField(max_length=500, blank=True)
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["addressee", "state", "acknowledge_by"], name="alerts_waiting_for_agency")
        ]  # the queue
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(finding__isnull=False) ^ Q(event__isnull=False), name="alert_from_finding_or_event"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & ~Q(outcome_why="")),
                name="closed_alert_has_outcome_and_why",
            ),
            models.UniqueConstraint(
                fields=["finding", "addressee"],
                condition=Q(finding__isnull=False) & ~Q(state="closed"),
                name="one_open_alert_a_finding",
            ),
            models.UniqueConstraint(
                fields=["event", "addressee"],
                condition=Q(event__isnull=False) & ~Q(state="closed"),
                name="one_open_alert_an_event",
            ),
            models.UniqueConstraint(fields=["owner", "number"], condition=~Q(number=""), name="alert_number_once"),
        ]

    def __str__(self) -> str:
        return self.title


class AlertSeries(models.Model):
    """How many numbers an agency has given to alerts in a year."""

    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "year"], name="one_alert_series_a_year")]


class AlertStep(models.Model):
    """One change of an alert's state: who, when, what was said."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField(max_length=12, choices=Alert.State.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["at", "id"]


access.protect(Alert, category="alerts", behind=("finding", "event"))
