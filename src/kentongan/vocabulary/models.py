"""Kinds of events and the laws they rest on, as dated rows with labels beside their codes."""

from django.db import models
from django.db.models import Q


class Kind(models.Model):
    """A code of the vocabulary of events. Rows come from data/kinds.csv and may be added to."""

    class Class(models.TextChoices):
        OFFENCE = "offence"
        MODUS = "modus"
        MOVEMENT = "movement"
        ISSUE = "issue"
        RESPONSE = "response"
        STATUS = "status"

    code = models.CharField(max_length=40, primary_key=True)
    kind_class = models.CharField(max_length=10, choices=Class.choices)
    label_id = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    label_tet = models.CharField(max_length=120, blank=True)
    label_pt = models.CharField(max_length=120, blank=True)
    terms_id = models.JSONField(default=list)
    terms_tet = models.JSONField(default=list)
    terms_pt = models.JSONField(default=list)
    iccs_code = models.CharField(max_length=10, blank=True)
    is_protected = models.BooleanField(
        default=False
    )  # refugees and asylum-seekers: never on a map, in the API or the watch
    is_election = models.BooleanField(
        default=False
    )  # shown in a reading, not saved as an event until the issue board exists

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(label_id=""), name="kind_has_indonesian_label")]

    def __str__(self) -> str:
        return self.code


class Law(models.Model):
    """A legal basis of a kind, valid over a period (`valid_to` excluded, null while in force)."""

    kind = models.ForeignKey(Kind, on_delete=models.CASCADE, related_name="laws")
    citation = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "citation"], name="law_once_a_kind")]

    def __str__(self) -> str:
        return self.citation
