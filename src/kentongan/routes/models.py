"""Corridors: ways of movement that an agency has named, to be drawn, talked about and watched."""

from django.db import models
from django.db.models import F, Q

from kentongan.kit.ids import new_id


class Corridor(models.Model):
    """A way of movement, owned by an agency over a period. Straight between its stops; it knows no persons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="corridors")
    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)  # why it was named, and from which sources
    reach_km = models.FloatField(default=5.0)  # what lies this near to the line lies along it
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # excluded
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    ended_by = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=300, blank=True)
    watch = models.OneToOneField("watch.Watch", null=True, on_delete=models.PROTECT, related_name="corridor")
    is_simulated = models.BooleanField(default=False)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "name"], condition=Q(ended_at__isnull=True), name="corridor_name_once_an_owner"
            ),
            models.CheckConstraint(condition=Q(reach_km__gt=0, reach_km__lte=50), name="corridor_reach_is_sensible"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="corridor_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="", ended_why="", valid_to__isnull=True)
                | (Q(ended_at__isnull=False, valid_to__isnull=False) & ~Q(ended_by="") & ~Q(ended_why="")),
                name="ended_corridor_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"corridor:{self.pk}"


class CorridorStop(models.Model):
    """One stop of a corridor, in its order: a place or a facility, with the point that it had when the corridor was named."""

    corridor = models.ForeignKey(Corridor, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField()
    place = models.ForeignKey("places.Place", null=True, on_delete=models.PROTECT, related_name="+")
    facility = models.ForeignKey("places.Facility", null=True, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=120)
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        ordering = ["corridor", "position"]
        constraints = [
            models.UniqueConstraint(fields=["corridor", "position"], name="one_stop_a_position"),
            models.CheckConstraint(
                condition=Q(place__isnull=False, facility__isnull=True) | Q(place__isnull=True, facility__isnull=False),
                name="stop_is_a_place_or_a_facility",
            ),
            models.CheckConstraint(
                condition=Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180), name="stop_is_on_the_earth"
            ),
        ]
