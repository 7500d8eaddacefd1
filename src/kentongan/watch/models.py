"""Watches, their runs, and what they found."""

from django.db import models
from django.db.models import F, Q

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.ids import new_id


class Watch(models.Model):
    """A recurring look, owned by an agency: it counts only what that agency may see."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="watches")
    name = models.CharField(max_length=140)  # room for the longest name of a corridor, and what goes before it
    roots = models.ManyToManyField("places.Place", related_name="+")
    is_active = models.BooleanField(default=True)
    false_alarms_per_year = models.FloatField(default=1.0)  # the budget of the whole watch
    replicas = models.PositiveIntegerField(default=999)  # at least; more where the threshold needs a finer grid
    baseline_weeks = models.PositiveSmallIntegerField(default=52)
    seed = models.PositiveBigIntegerField(default=1)
    every_days = models.PositiveSmallIntegerField(default=1)  # surges and silences once a week all the same
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(every_days__in=(1, 7)), name="watch_daily_or_weekly"),
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(is_active=True), name="watch_name_once_an_owner"
            ),
            models.CheckConstraint(condition=Q(false_alarms_per_year__gt=0), name="watch_budget_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class StreamShare(models.Model):
    """Which multiple of the even part of the budget a stream of a watch has over a period; without a row, the even part."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="shares")
    stream = models.CharField(max_length=40)
    share = models.FloatField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    why = models.CharField(max_length=300)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ["stream", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "stream"], condition=Q(valid_to__isnull=True), name="one_open_share_a_stream"
            ),
            models.CheckConstraint(condition=Q(share__gt=0), name="stream_share_positive"),
            models.CheckConstraint(condition=~Q(why=""), name="stream_share_says_why"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="stream_share_ends_after_start",
            ),
        ]


class ThresholdProposal(models.Model):
    """Another share for a stream, computed from outcomes. It changes nothing until an officer accepts it (R05)."""

    class State(models.TextChoices):
        WAITING = "waiting"
        ACCEPTED = "accepted"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="proposals")
    stream = models.CharField(max_length=40)
    share_now = models.FloatField()
    share = models.FloatField()
    period_from = models.DateField()
    period_to = models.DateField()  # excluded
    kind = models.CharField(max_length=20)
    evidence = models.JSONField()  # counts only: the advice and its effect, as computed
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    version = models.PositiveIntegerField(default=1)
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True)
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["watch", "stream"], condition=Q(state="waiting"), name="one_waiting_proposal_a_stream"
            ),
            models.CheckConstraint(condition=Q(period_to__gt=F("period_from")), name="proposal_period_not_empty"),
            models.CheckConstraint(
                condition=Q(share__gt=0, share_now__gt=0) & ~Q(share=F("share_now")), name="proposal_proposes_something"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True, decided_by="")
                | (~Q(state="waiting") & Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(why="")),
                name="decided_proposal_says_who_and_why",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"threshold_proposal:{self.pk}"


class WatchRun(models.Model):
    """One run as of a day. Its findings are written together with its end, or not at all."""

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        ABANDONED = "abandoned"  # the process died, or the watch was stopped before it began; nothing of it was kept

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="runs")
    as_of = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices)
    requested_by = models.CharField(max_length=80)
    purpose = models.CharField(max_length=40)
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=0)
    parameters = models.JSONField(default=dict)  # seed, replicas, thresholds, reader and engine versions
    result = models.JSONField(
        default=dict
    )  # per stream and level: events counted, best cluster, p; the digest of it all
    digest = models.CharField(max_length=64, blank=True)  # equal for two runs with the same answer
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-as_of", "-id"]
        indexes = [models.Index(fields=["watch", "state", "-as_of"], name="runs_of_watch")]  # the latest run


class Finding(ProtectedRow):
    """What a watch found. Extended by later runs while it is the same, never raised twice."""

    class Type(models.TextChoices):
        CLUSTER = "cluster"
        SURGE = "surge"
        SILENCE = "silence"

    class State(models.TextChoices):
        OPEN = "open"
        ALERTED = "alerted"
        DISMISSED = "dismissed"
        CLOSED = "closed"

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=10, choices=Type.choices)
    stream = models.CharField(max_length=40)
    level = models.CharField(max_length=10)  # "village", "district"; a surge also "regency", "province"
    window_from = models.DateField()
    window_to = models.DateField()  # excluded
    first_as_of = models.DateField()
    last_as_of = models.DateField()
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    relative_risk = models.FloatField(null=True)
    llr = models.FloatField(null=True)
    p_value = models.FloatField()
    recurrence_days = models.FloatField()
    radius_m = models.FloatField(null=True)
    weeks = models.JSONField(default=list)  # [monday, observed, expected] for the chart
    needed_weeks = models.JSONField(default=list)  # first days of weeks without which it would not have been raised
    baseline_events = models.PositiveIntegerField(default=0)
    history_weeks = models.PositiveSmallIntegerField(default=0)  # before a surge, that it was compared with
    counted_under = models.JSONField(
        default=list
    )  # [clause or grant, agency] of rows of others that its figures rest on
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    version = models.PositiveIntegerField(default=1)
    outcome = models.CharField(max_length=20, blank=True)
    outcome_why = models.CharField(max_length=300, blank=True)
    judged_by = models.CharField(max_length=80, blank=True)
    judged_at = models.DateTimeField(null=True)
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-last_as_of", "-id"]
        indexes = [
            models.Index(fields=["watch", "stream", "type", "-window_to"], name="findings_of_stream")
        ]  # the same one?
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(window_to__gt=F("window_from")), name="finding_window_not_empty"),
            models.CheckConstraint(condition=Q(p_value__gt=0, p_value__lte=1), name="finding_p_is_probability"),
        ]


class FindingMember(models.Model):
    """A place inside a finding with its own count."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="members")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    observed = models.PositiveIntegerField(default=0)
    expected = models.FloatField(default=0.0)
    is_centre = models.BooleanField(default=False)
    is_needed = models.BooleanField(default=False)  # without it alone the finding would not have been raised
    weeks = models.JSONField(default=list)  # observed in each week of the finding's chart

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "place"], name="member_once")]


class FindingSighting(models.Model):
    """A run that saw a finding, with the extent and the figures of that day."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="sightings")
    run = models.ForeignKey(WatchRun, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=10)
    window_from = models.DateField()
    window_to = models.DateField()  # excluded
    members = models.JSONField(default=list)  # keys of places: what a later run is compared with
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    p_value = models.FloatField()
    recurrence_days = models.FloatField()
    is_new = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "run"], name="sighting_once_a_run")]


class ExplainedSurge(models.Model):
    """A surge of a whole area that a cluster inside it explains: said on that finding, and no finding of its own."""

    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="explained_surges")
    run = models.ForeignKey(WatchRun, on_delete=models.CASCADE, related_name="+")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10)
    window_from = models.DateField()
    window_to = models.DateField()  # excluded
    observed = models.PositiveIntegerField()
    expected = models.FloatField()
    p_value = models.FloatField()

    class Meta:
        ordering = ["-run__as_of", "-id"]
        constraints = [models.UniqueConstraint(fields=["finding", "run", "place"], name="explained_once_a_run")]


access.protect(Finding, category="findings")
