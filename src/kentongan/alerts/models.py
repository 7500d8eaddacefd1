"""A message that asks one agency to act, with its clock."""

from django.db import models
from django.db.models import F, Q

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.ids import new_id


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
    snoozed_until = models.DateTimeField(null=True)  # until then the ladder rests; the clocks go on
    assignee = models.ForeignKey("agencies.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(
                fields=["addressee", "state", "acknowledge_by"], name="alerts_waiting_for_agency"
            ),  # the queue
            models.Index(fields=["-raised_at"], condition=Q(handling="open"), name="alerts_for_everybody"),  # the feed
        ]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.CheckConstraint(
                condition=Q(finding__isnull=False) ^ Q(event__isnull=False), name="alert_from_finding_or_event"
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(outcome="") & ~Q(outcome_why="")),
                name="closed_alert_has_outcome_and_why",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state="closed", outcome="duplicate"),
                name="merged_alert_is_closed_as_duplicate",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("pk")), name="alert_merged_into_another"
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


class AlertNote(models.Model):
    """Something said about an alert that changes no state of it: raised again, snoozed, made urgent, assigned, escalated, taken on
    outside."""

    class What(models.TextChoices):
        AGAIN = "again"
        SNOOZED = "snoozed"
        MADE_URGENT = "made_urgent"
        OUTSIDE = "outside"
        ASSIGNED = "assigned"
        ESCALATED = "escalated"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="notes")
    what = models.CharField(max_length=12, choices=What.choices)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    note = models.CharField(max_length=500, blank=True)
    until = models.DateTimeField(null=True)
    whom = models.CharField(max_length=80, blank=True)  # "officer:<uuid>", to whom it was assigned

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(what="snoozed") | (Q(until__isnull=False) & ~Q(note="")), name="snooze_has_end_and_reason"
            ),
            models.CheckConstraint(
                condition=Q(what="assigned") & ~Q(whom="") | ~Q(what="assigned") & Q(whom=""),
                name="assignment_says_to_whom",
            ),
            models.CheckConstraint(condition=~Q(what="escalated") | ~Q(note=""), name="escalation_has_reason"),
        ]


class ReporterWord(models.Model):
    """What an agency asks the reporter behind an alert, or lets the reporter know at its end; one row for each report.

    Without a report nobody could be reached. Who the reporter is stands with the report alone, which this row shows to nobody.
    """

    class What(models.TextChoices):
        QUESTION = "question"
        RESULT = "result"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="reporter_words")
    report = models.ForeignKey("intake.Report", null=True, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What.choices)
    text = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    agency = models.CharField(max_length=80)
    answer = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="word_to_reporter_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | Q(what="question", report__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="only_a_question_that_arrived_is_answered",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"reporter_word:{self.pk}"


class DeskChange(models.Model):
    """That something changed on an agency's duty desk, and nothing else: what the live pages ask for, and forgotten soon."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["agency", "-id"], name="desk_changes_of_agency"),  # the newest, once a second a desk
            models.Index(fields=["at"], name="desk_changes_by_age"),  # what may be forgotten
        ]


class LadderStep(models.Model):
    """A timer of an alert: when it is due, whom it tells, and that it acted once. No worker needs another's word for it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CLAIMED = "claimed"
        DONE = "done"
        CANCELLED = "cancelled"

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="ladder")
    ladder = models.PositiveSmallIntegerField(default=1)  # an alert that becomes urgent gets another one
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)  # notify, remind, escalate, again
    whom = models.JSONField(default=list)
    channels = models.JSONField(default=list)
    awaits = models.CharField(max_length=12, choices=Alert.State.choices)  # moot once the alert has got there
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()  # later than planned where the alert was snoozed
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField(default=1)  # a worker acts only on the version it claimed
    claimed_by = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    rests_until = models.DateTimeField(null=True)  # after a fault
    last_error = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)  # acted or cancelled

    class Meta:
        ordering = ["ladder", "number"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="ladder_steps_due"),  # what a worker may claim
            models.Index(fields=["state", "lease_until"], name="ladder_steps_left_lying"),  # of workers that are gone
        ]
        constraints = [
            models.UniqueConstraint(fields=["alert", "ladder", "number"], name="ladder_step_once"),
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False)
                | (~Q(state="claimed") & Q(lease_until__isnull=True)),
                name="ladder_claim_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | Q(state__in=["waiting", "claimed"], ended_at__isnull=True),
                name="ladder_step_says_when_it_ended",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"ladder_step:{self.pk}"


class StepTold(models.Model):
    """One officer whom a step told, or nobody, and why this one. What became of the message stands with the message."""

    step = models.ForeignKey(LadderStep, on_delete=models.CASCADE, related_name="told")
    officer = models.CharField(max_length=80, blank=True)  # "officer:<uuid>"; blank: nobody was there
    agency = models.CharField(max_length=80)
    why = models.CharField(max_length=20)
    at = models.DateTimeField()
    key = models.CharField(max_length=200, blank=True)  # of the message; the same where one message said several things
    is_bundled = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["officer", "at"], name="told_to_officer_lately")]  # is it a storm?
        constraints = [models.UniqueConstraint(fields=["step", "officer", "agency"], name="told_once_by_a_step")]


class LadderChange(models.Model):
    """An agency's own figures for one step of the ladder of alerts that are addressed to it, over a period."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    alert_class = models.CharField(max_length=10)
    number = models.PositiveSmallIntegerField()
    after_minutes = models.PositiveIntegerField()
    channels = models.JSONField(default=list)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["alert_class", "number", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "alert_class", "number"],
                condition=Q(valid_to__isnull=True),
                name="one_open_ladder_change",
            ),
            models.CheckConstraint(condition=~Q(why=""), name="ladder_change_says_why"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="ladder_change_ends_after_start",
            ),
        ]


class OfficeHours(models.Model):
    """When an agency is open on one weekday, over a period; an agency without rows keeps its country's hours."""

    agency = models.ForeignKey("agencies.Agency", on_delete=models.CASCADE, related_name="office_hours")
    weekday = models.PositiveSmallIntegerField()  # 1 is Monday
    opens = models.TimeField()
    closes = models.TimeField()  # no later than it opens: on the next day
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="office_hours_on_a_weekday"),
            models.UniqueConstraint(
                fields=["agency", "weekday", "opens"], condition=Q(valid_to__isnull=True), name="office_hours_once"
            ),
        ]


class DutyShift(models.Model):
    """Who is on duty for an agency from when until when. Handed over, the shift ends there and another one begins."""

    class State(models.TextChoices):
        PLANNED = "planned"
        HANDED_OVER = "handed_over"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey("agencies.Officer", on_delete=models.CASCADE, related_name="duty_shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    planned_by = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    handed_over_at = models.DateTimeField(null=True)
    received_from = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="handed_to")

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["agency", "ends_at"], name="duty_of_agency")]  # who is on duty now
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_ends_after_start"),
            models.CheckConstraint(
                condition=Q(state="handed_over", handed_over_at__isnull=False)
                | (~Q(state="handed_over") & Q(handed_over_at__isnull=True)),
                name="duty_hand_over_says_when",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"duty_shift:{self.pk}"


class AckLink(models.Model):
    """A link by which one officer acknowledges one alert, once. Only the hash of its token is kept."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="+")
    officer = models.ForeignKey("agencies.Officer", on_delete=models.CASCADE, related_name="+")
    hashed = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class CapMessage(models.Model):
    """A CAP message that came from outside, by the names it has there, and the report it is kept as. No alert of ours."""

    report = models.OneToOneField("intake.Report", primary_key=True, on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    msg_type = models.CharField(max_length=6)  # Alert, Update, Cancel, Ack, Error
    status = models.CharField(max_length=8)  # Actual, Exercise, Test
    scope = models.CharField(max_length=10)  # Public, Restricted, Private

    class Meta:
        ordering = ["-sent_at", "identifier"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "sender", "identifier"], name="cap_message_once"),
        ]


class CapReference(models.Model):
    """An earlier message that one from outside names; `earlier` is the one that came, null while none did."""

    message = models.ForeignKey(CapMessage, on_delete=models.CASCADE, related_name="references")
    sender = models.CharField(max_length=200)
    identifier = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    earlier = models.ForeignKey(CapMessage, null=True, on_delete=models.SET_NULL, related_name="followers")

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["sender", "identifier"], name="cap_awaited")]  # who awaits the one that came?
        constraints = [
            models.UniqueConstraint(fields=["message", "sender", "identifier"], name="cap_reference_once"),
        ]


access.protect(Alert, category="alerts", behind=("finding", "event"))
