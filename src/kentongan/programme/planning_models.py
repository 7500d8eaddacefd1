"""The plan of a month: which villages to visit and to propose, computed, edited by the office, approved by its leader."""

from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from kentongan.kit.ids import new_id

from .planning_rules import APPROVED, DRAFT, ERASED, PROPOSED, STANDING, WITHDRAWN


class Plan(models.Model):
    """An office's plan for a month. The figures are those of the computation; who edits a line afterwards says why.

    It stands outside the gate (docs/adr/0020): seen by its office and, with its run, from above; no clause opens it.
    """

    class State(models.TextChoices):
        DRAFT = DRAFT, pgettext_lazy("rencana", "rancangan")
        PROPOSED = PROPOSED, pgettext_lazy("rencana", "diajukan")
        APPROVED = APPROVED, pgettext_lazy("rencana", "disetujui")
        WITHDRAWN = WITHDRAWN, pgettext_lazy("rencana", "ditarik")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    index = models.CharField(max_length=4)  # tppo, tppm
    run = models.UUIDField()  # the run of the index that it rests on; a reference, runs have a day to go
    run_as_of = models.DateField()
    origin = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")  # where the ways begin
    hours = models.FloatField()  # to spend
    designations = models.PositiveSmallIntegerField()  # new ones at most
    assumptions = models.JSONField()  # code -> value, as they stood
    villages = models.PositiveIntegerField()  # that were considered
    without_point = models.PositiveIntegerField()  # that could not be: nobody knows where they lie
    value = models.FloatField()
    upper_bound = models.FloatField()  # no plan is worth more
    warned_before = models.FloatField()  # of 100 happenings, expected to be heard of early without the plan
    warned_after = models.FloatField()  # and with it
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=80, blank=True)
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=80, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=300, blank=True)
    retain_until = models.DateField()

    class Meta:
        ordering = ["-month", "-made_at", "-id"]
        indexes = [models.Index(fields=["retain_until", "id"], name="plans_by_retention")]  # which are due
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "month"], condition=Q(state__in=STANDING), name="one_standing_plan_a_month"
            ),
            models.CheckConstraint(condition=Q(hours__gte=0, upper_bound__gte=0), name="plan_hours_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=[DRAFT, WITHDRAWN]) | Q(proposed_at__isnull=False) & ~Q(proposed_by=""),
                name="proposed_plan_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(state=APPROVED)
                | Q(approved_at__isnull=False)
                & ~Q(approved_by="")
                & (~Q(approved_by=models.F("proposed_by")) | Q(approved_by=ERASED)),
                name="approved_plan_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state=WITHDRAWN) | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_why=""),
                name="withdrawn_plan_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.month:%Y-%m}"

    @property
    def ref(self) -> str:
        return f"plan:{self.pk}"


class PlanLine(models.Model):
    """What a plan wants in one village, and why. A line that somebody wrote or changed says who and why."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="lines")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    visits = models.PositiveSmallIntegerField()
    is_designation = models.BooleanField(default=False)
    officer = models.ForeignKey("agencies.Officer", null=True, on_delete=models.PROTECT, related_name="+")
    hours = models.FloatField()  # of one visit, with its way
    computed_visits = models.PositiveSmallIntegerField()
    computed_designation = models.BooleanField(default=False)
    warnings = models.FloatField(null=True)  # of 100 happenings, what it adds; null: not computed, somebody wrote it
    coverage = models.FloatField(null=True)
    near = models.FloatField(null=True)  # the part of both about villages nearby
    loss = models.FloatField(null=True)  # what the plan loses without it
    edited_by = models.CharField(max_length=80, blank=True)
    edited_at = models.DateTimeField(null=True)
    edited_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "place"], name="plan_line_once_a_village"),
            models.CheckConstraint(
                condition=Q(visits=models.F("computed_visits"), is_designation=models.F("computed_designation"))
                | ~Q(edited_why="") & ~Q(edited_by="") & Q(edited_at__isnull=False),
                name="edited_plan_line_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.place_id}"

    @property
    def is_struck(self) -> bool:
        """Whether nothing is wanted there any more."""
        return not self.visits and not self.is_designation


class PlanGap(models.Model):
    """A village that the plan leaves out: how much is missed there, and what the next visit or designation would add."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="gaps")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    missed = models.FloatField()  # of 100 happenings in the area, those here that are not heard of early
    gain = models.FloatField()  # of one visit more
    hours = models.FloatField()  # of that visit, with its way

    class Meta:
        ordering = ["-missed", "id"]
        constraints = [models.UniqueConstraint(fields=["plan", "place"], name="plan_gap_once_a_village")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.place_id}"
