"""Candidate links between records: references, and how their fields agree. What the fields say stands in the vault or in the case."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from kentongan.kit.ids import new_id

from .rules import ACCEPTED, PERSON, PROPOSED, REFUSED, THING


class LinkageRun(models.Model):
    """That an officer had records compared: why, for what, under which weights, and how many. It names nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=40)
    legal_basis = models.CharField(max_length=160)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    role = models.CharField(max_length=40)
    persons = models.PositiveIntegerField()  # compared
    things = models.PositiveIntegerField()
    found = models.PositiveIntegerField()  # links that it proposed or found again
    weights_as_of = models.DateField()
    weights_source = models.CharField(max_length=200)
    retain_until = models.DateField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["agency", "-at"], name="linkage_runs_of_agency")]  # the list
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(legal_basis="") & ~Q(reason=""),
                name="linkage_run_says_why_and_by_what_law",
            )
        ]

    @property
    def ref(self) -> str:
        return f"linkage_run:{self.pk}"


class CandidateLink(models.Model):
    """That two records may be about one person or one thing. It is the agency's own work, and shown where both ends are.

    Put back to `proposed` it is as it was before anybody decided: the trail alone knows of the decision.
    """

    class Kind(models.TextChoices):
        PERSON = PERSON, pgettext_lazy("tautan", "orang")
        THING = THING, pgettext_lazy("tautan", "barang")

    class State(models.TextChoices):
        PROPOSED = PROPOSED, pgettext_lazy("tautan", "menunggu keputusan")
        ACCEPTED = ACCEPTED, pgettext_lazy("tautan", "ditautkan")
        REFUSED = REFUSED, pgettext_lazy("tautan", "ditolak")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(LinkageRun, on_delete=models.CASCADE, related_name="links")  # the latest that found it
    kind = models.CharField(max_length=6, choices=Kind.choices)
    left = models.UUIDField()  # the record of the case, by key alone: each end has a gate of its own
    right = models.UUIDField()
    probability = models.FloatField()
    agreements = models.JSONField()  # [field, level, bits]: never what a field says
    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    revision = models.UUIDField(default=new_id)  # another after every change; a token, not a count
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=80, blank=True)
    decided_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-probability", "id"]
        indexes = [
            models.Index(fields=["agency", "state", "-probability"], name="links_of_agency_by_state")
        ]  # the list
        constraints = [
            models.UniqueConstraint(fields=["agency", "left", "right"], name="one_link_a_pair"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="link_has_two_ends_in_order"),
            models.CheckConstraint(condition=Q(probability__gte=0, probability__lte=1), name="link_probability_is_one"),
            models.CheckConstraint(
                condition=Q(state=PROPOSED, decided_at__isnull=True, decided_by="", decided_why="")
                | ~Q(state=PROPOSED) & Q(decided_at__isnull=False) & ~Q(decided_by="") & ~Q(decided_why=""),
                name="decided_link_says_who_and_why",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"candidate_link:{self.pk}"
