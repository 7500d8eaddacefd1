"""Partner villages of an office, who looks after them, how often, and the visits."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow
from kentongan.kit.ids import new_id

from .rules import CANCELLED, CATEGORY, DESIGNATED, DONE, ENDED, PLANNED, PROPOSED, STANDING, SUSPENDED


class PartnerVillage(ProtectedRow):
    """A village (desa binaan) that an office looks after, by decree. The office may lie in another province.

    Where the public source names only a district, the place is that district and no village is made up.
    """

    class Status(models.TextChoices):
        PROPOSED = PROPOSED, pgettext_lazy("desa binaan", "diusulkan")
        DESIGNATED = DESIGNATED, pgettext_lazy("desa binaan", "ditetapkan")
        SUSPENDED = SUSPENDED, pgettext_lazy("desa binaan", "dihentikan sementara")
        ENDED = ENDED, pgettext_lazy("desa binaan", "berakhir")

    key = models.CharField(max_length=60, null=True, unique=True)  # noqa: DJ001 - of shipped facts; null is none
    status = models.CharField(max_length=10, choices=Status.choices)
    version = models.PositiveIntegerField(default=1)
    decree_number = models.CharField(max_length=120, blank=True)
    decree_on = models.DateField(null=True)
    partner_from = models.DateField(null=True)  # null: designated, and the source does not say since when
    partner_to = models.DateField(null=True)  # excluded
    criteria = models.JSONField(default=list)  # codes of data/criteria.csv
    programmes = models.JSONField(default=list)  # codes of data/programmes.csv: Desa Bersinar and others
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)
    changed_why = models.CharField(max_length=300, blank=True)
    is_reported_publicly = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)  # of a public fact: who wrote it
    source_on = models.DateField(null=True)  # the day of the source
    doubt = models.CharField(max_length=300, blank=True)  # what of a public fact is not sure; blank: nothing
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["place__code", "owner_id", "id"]
        indexes = [
            models.Index(fields=["owner", "status"], name="partners_of_office"),  # the list of an office
            models.Index(fields=["place", "status"], name="partners_by_place"),  # the page of a village
        ]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(place__isnull=False), name="partner_village_has_place"),
            models.UniqueConstraint(
                fields=["owner", "place"], condition=Q(status__in=STANDING), name="one_standing_partnership"
            ),
            models.CheckConstraint(
                condition=Q(partner_to__isnull=True)
                | Q(partner_from__isnull=True)
                | Q(partner_to__gte=F("partner_from")),
                name="partnership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(status=ENDED, partner_to__isnull=False) | ~Q(status=ENDED) & Q(partner_to__isnull=True),
                name="ended_partnership_has_its_day",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[SUSPENDED, ENDED]) | ~Q(changed_why=""), name="stopped_partnership_says_why"
            ),
            models.CheckConstraint(
                condition=Q(is_reported_publicly=False) | ~Q(source="") & Q(source_on__isnull=False),
                name="public_fact_has_source_and_day",
            ),
            models.CheckConstraint(
                condition=Q(is_reported_publicly=True) | ~Q(status=DESIGNATED) | ~Q(decree_number=""),
                name="designation_names_its_decree",
            ),
        ]

    def __str__(self) -> str:
        return str(self.place)


class PartnerSuspension(models.Model):
    """From when to when a partnership was suspended. One that ended while it was suspended keeps its last one open."""

    village = models.ForeignKey(PartnerVillage, on_delete=models.CASCADE, related_name="suspensions")
    suspended_on = models.DateField()
    resumed_on = models.DateField(null=True)  # excluded

    class Meta:
        ordering = ["suspended_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["village"], condition=Q(resumed_on__isnull=True), name="one_open_suspension_a_village"
            ),
            models.CheckConstraint(
                condition=Q(resumed_on__isnull=True) | Q(resumed_on__gte=F("suspended_on")),
                name="suspension_ends_after_start",
            ),
        ]


class PartnerOfficer(models.Model):
    """Which officer of the office looks after a partner village, from when to when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    village = models.ForeignKey(PartnerVillage, on_delete=models.CASCADE, related_name="officers")
    officer = models.ForeignKey("agencies.Officer", on_delete=models.PROTECT, related_name="+")
    served_from = models.DateField()
    served_to = models.DateField(null=True)  # excluded
    assigned_at = models.DateTimeField()
    assigned_by = models.CharField(max_length=80)

    class Meta:
        ordering = ["served_from", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["village", "officer"], condition=Q(served_to__isnull=True), name="officer_once_a_village"
            ),
            models.CheckConstraint(
                condition=Q(served_to__isnull=True) | Q(served_to__gte=F("served_from")),
                name="partner_officer_ends_after_start",
            ),
        ]


class OfficePace(models.Model):
    """How often an office wants its partner villages visited and heard; without a row our default holds."""

    agency = models.OneToOneField("agencies.Agency", primary_key=True, on_delete=models.CASCADE, related_name="+")
    visit_every_days = models.PositiveSmallIntegerField()
    silent_after_weeks = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=80)
    why = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(visit_every_days__gte=1, silent_after_weeks__gte=1), name="pace_is_positive"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="pace_says_why"),
        ]

    @property
    def ref(self) -> str:
        return f"office_pace:{self.pk}"


class Visit(ProtectedRow):
    """A visit, an outreach or a training, planned or done. Whom it met stands by function and number, never by name."""

    class Kind(models.TextChoices):
        VISIT = "visit", pgettext_lazy("program desa", "kunjungan")
        OUTREACH = "outreach", pgettext_lazy("program desa", "penyuluhan")
        TRAINING = "training", pgettext_lazy("program desa", "pelatihan")

    class State(models.TextChoices):
        PLANNED = PLANNED, pgettext_lazy("kunjungan", "direncanakan")
        DONE = DONE, pgettext_lazy("kunjungan", "terlaksana")
        CANCELLED = CANCELLED, pgettext_lazy("kunjungan", "dibatalkan")

    village = models.ForeignKey(PartnerVillage, null=True, on_delete=models.PROTECT, related_name="visits")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.VISIT)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLANNED)
    version = models.PositiveIntegerField(default=1)
    planned_on = models.DateField(null=True)  # null: not planned before
    done_on = models.DateField(null=True)
    officer = models.ForeignKey("agencies.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=300, blank=True)  # why it was planned
    met = models.JSONField(default=list)  # [function, heads]: code of data/functions.csv and a number
    topics = models.JSONField(default=list)  # codes of data/topics.csv
    heads = models.PositiveIntegerField(null=True)  # who attended, counted; null: not counted
    is_nil = models.BooleanField(default=False)
    report = models.ForeignKey("intake.Report", null=True, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(max_length=2000, blank=True)
    cancelled_why = models.CharField(max_length=300, blank=True)
    planned_by = models.CharField(max_length=80)
    planned_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()
    plan_key = models.UUIDField(default=new_id)  # of the form it was planned with: sent twice, planned once
    record_key = models.UUIDField(null=True)  # of the form it was recorded with
    is_simulated = models.BooleanField(default=False)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["planned_on", "done_on", "id"]
        indexes = [
            models.Index(fields=["owner", "state", "done_on"], name="visits_of_office"),  # the month, the last visit
            models.Index(fields=["owner", "state", "planned_on"], name="visits_planned"),  # the month's plan
            models.Index(fields=["place", "-done_on"], name="visits_by_place"),  # the page of a village
        ]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.CheckConstraint(condition=Q(place__isnull=False), name="visit_has_place"),
            models.UniqueConstraint(fields=["owner", "plan_key"], name="visit_once_a_form"),
            models.CheckConstraint(
                condition=Q(state=PLANNED, planned_on__isnull=False, done_on__isnull=True)
                | Q(state=DONE, done_on__isnull=False)
                | Q(state=CANCELLED, done_on__isnull=True),
                name="visit_has_the_day_of_its_state",
            ),
            models.CheckConstraint(
                condition=Q(is_nil=False) | Q(state=DONE, report__isnull=False), name="nil_visit_has_its_report"
            ),
            models.CheckConstraint(
                condition=~Q(state=CANCELLED) | ~Q(cancelled_why=""), name="cancelled_visit_says_why"
            ),
            models.CheckConstraint(condition=~Q(state=DONE) | ~Q(topics=[]), name="done_visit_has_topics"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.place}"


NEVER_PARTNER = Q(status=PROPOSED) | Q(status=ENDED, partner_from__isnull=True, is_reported_publicly=False)
"""Villages that were a partner on no day: only proposed so far, or turned down."""

access.protect(PartnerVillage, category=CATEGORY)
access.protect(Visit, category=CATEGORY)

from .planning_models import Plan, PlanGap, PlanLine  # noqa: E402, F401 - the plan of a month has a file of its own
