"""Readings, verified happenings and alleged classifications."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.ids import new_id


class ReadingRow(ProtectedRow):
    """The machine's proposal from one report. A new reader version makes a new row; the old stays."""

    report = models.ForeignKey("intake.Report", on_delete=models.CASCADE, related_name="readings")
    reader_version = models.CharField(max_length=40)
    read_at = models.DateTimeField()
    content = models.JSONField()  # kentongan.reading.as_json
    corrections = models.JSONField(default=list)  # what an officer set right: field, from, to, by, at

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-read_at", "-id"]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["report", "reader_version"], name="one_reading_a_version"),
        ]


class Event(ProtectedRow):
    """Something that happened or is alleged. These columns are the latest version; EventVersion has all of them."""

    class State(models.TextChoices):
        PROPOSED = "proposed", gettext_lazy("diusulkan")
        CONFIRMED = "confirmed", gettext_lazy("dikonfirmasi")
        DISMISSED = "dismissed", gettext_lazy("dikesampingkan")
        MERGED = "merged", gettext_lazy("digabung")  # a tombstone: merged_into says where it went

    class Precision(models.TextChoices):
        INSTANT = "instant", gettext_lazy("saat")
        DAY = "day", gettext_lazy("hari")
        WEEK = "week", gettext_lazy("pekan")
        MONTH = "month", gettext_lazy("bulan")
        YEAR = "year", gettext_lazy("tahun")
        UNKNOWN = "unknown", gettext_lazy("tidak diketahui")

    number = models.CharField(
        max_length=90, blank=True
    )  # human label per agency and year: "KJD/kanim-atambua/2026/0012"
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    version = models.PositiveIntegerField(default=1)  # compare-and-set
    happened_from = models.DateField(null=True)
    happened_to = models.DateField(null=True)  # excluded
    precision = models.CharField(max_length=8, choices=Precision.choices)
    known_at = models.DateTimeField()  # when the first report of it was received
    decided_at = models.DateTimeField(null=True)
    persons = models.PositiveIntegerField(null=True)  # live count of persons, when a report gives one
    details = models.JSONField(default=dict)  # quantities, origin, destination, open questions; places_named reads it
    source_grade = models.CharField(max_length=2, blank=True)  # "B2"
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="absorbed")
    place_open = models.JSONField(default=list)  # candidate place codes while the place is ambiguous
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-known_at", "-id"]
        indexes = [
            models.Index(
                fields=["owner", "state", "-known_at"], name="events_of_owner_by_state"
            ),  # the queue and the list
            models.Index(fields=["state", "happened_from"], name="events_by_day"),  # map date range, joining
            models.Index(
                fields=["-known_at", "-id"], name="events_newest"
            ),  # a page of the list, whoever owns the rows
        ]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="event_number_once"),
            models.CheckConstraint(
                condition=Q(happened_to__isnull=True) | Q(happened_to__gt=F("happened_from")),
                name="event_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="event_merged_has_target",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class NumberSeries(models.Model):
    """How many numbers an agency has given to events in a year."""

    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "year"], name="one_series_a_year")]


class EventVersion(models.Model):
    """What was held of an event from one decision to the next: a watch as of a day reads only these."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=Event.State.choices)
    title = models.CharField(max_length=300)
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    happened_from = models.DateField(null=True)
    happened_to = models.DateField(null=True)
    precision = models.CharField(max_length=8, choices=Event.Precision.choices)
    persons = models.PositiveIntegerField(null=True)
    kinds = models.JSONField(default=list)  # codes standing at this version
    decided_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["event", "number"]
        indexes = [models.Index(fields=["decided_at", "event"], name="versions_as_of")]  # the watch as of a day
        constraints = [models.UniqueConstraint(fields=["event", "number"], name="one_version_a_number")]


class Classification(models.Model):
    """An alleged kind of an event: by whom, when, why. Several may stand; none is overwritten."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="classifications")
    kind = models.ForeignKey("vocabulary.Kind", on_delete=models.PROTECT, related_name="+")
    alleged_by = models.CharField(max_length=80)  # "officer:…", "agency:…" or "reading:…"
    alleged_at = models.DateTimeField()
    why = models.CharField(max_length=300)
    confidence = models.FloatField(default=1.0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)

    MACHINE = "reading:"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "kind", "alleged_by"],
                condition=Q(withdrawn_at__isnull=True),
                name="classification_stands_once",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="classification_confidence_is_share"
            ),
        ]

    @property
    def is_machine(self) -> bool:
        """Tell whether a reading alleges it and no officer."""
        return self.alleged_by.startswith(self.MACHINE)


class EventReport(models.Model):
    """Which reports stand behind an event, and by which proposal of their reading. Unlinked by a split or an undone merge."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="evidence")
    report = models.ForeignKey("intake.Report", on_delete=models.CASCADE, related_name="event_links")
    reading = models.ForeignKey(ReadingRow, null=True, on_delete=models.SET_NULL, related_name="+")
    proposal = models.PositiveSmallIntegerField(null=True)  # index in the reading's events
    linked_at = models.DateTimeField()
    linked_by = models.CharField(max_length=80)
    why = models.CharField(max_length=300, blank=True)
    unlinked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "proposal"], condition=Q(unlinked_at__isnull=True), name="one_event_a_proposal"
            ),
        ]


class JoinDoubt(models.Model):
    """Two events that may be one happening: kept apart until an officer says."""

    one = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    score = models.FloatField()
    why = models.JSONField(default=list)
    noticed_at = models.DateTimeField()
    answer = models.CharField(max_length=10, blank=True)  # "same", "different"
    answered_by = models.CharField(max_length=80, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="doubt_once_a_pair"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="doubt_of_two"),
        ]


class Merge(models.Model):
    """One event absorbed by another, with what is needed to undo it."""

    absorbed = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    moved_links = models.JSONField(default=list)  # ids of EventReport
    copied_classifications = models.JSONField(default=list)  # ids of the rows that `into` was given
    state_before = models.CharField(max_length=10)
    merged_at = models.DateTimeField()
    merged_by = models.CharField(max_length=80)
    why = models.CharField(max_length=300)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=80, blank=True)


access.protect(ReadingRow, category="readings")
access.protect(
    Event,
    category="events",
    kinds=access.KindLink("events.Classification", row="event", standing=Q(withdrawn_at__isnull=True)),
)
