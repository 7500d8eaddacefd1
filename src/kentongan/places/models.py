"""The gazetteer: units with dated codes and names, their ancestors, and facilities with dated status."""

from django.db import models
from django.db.models import F, Q


class Place(models.Model):
    """A unit of the gazetteer. `id` is its own stable key from the compiled gazetteer; `code` is the current code."""

    id = models.PositiveIntegerField(primary_key=True)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=14)  # a reading.knowledge.PlaceLevel
    country = models.CharField(max_length=2)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    elevation_m = models.IntegerField(null=True)
    is_approximate = models.BooleanField(default=False)  # the coordinates stand in for a whole district
    is_single_source = models.BooleanField(default=False)
    is_in_newest_list = models.BooleanField(default=True)  # false: dissolved, or not recognised under its new name
    sources = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["level", "lat", "lon"], name="places_in_box"),  # within a box
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lat__isnull=True, lon__isnull=True) | Q(lat__isnull=False, lon__isnull=False),
                name="place_has_both_coordinates",
            )
        ]

    def __str__(self) -> str:
        return self.name


class PlaceCode(models.Model):
    """A code of one scheme, valid over a period (`valid_to` excluded, null while in use). Codes are text.

    The lists tell that a code is gone, not since when: `valid_to` is the day of the list that no longer has it.
    """

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="codes")
    scheme = models.CharField(max_length=14)  # kemendagri, bps, tl-intl-2024, tl-pnds, iso-3166-1, kentongan (seas)
    code = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    why = models.CharField(max_length=30, blank=True)  # why it changed: new_province, moved_district, ward_to_village

    class Meta:
        indexes = [models.Index(fields=["code"], name="places_by_any_code")]  # which place has, or had, this code?
        constraints = [
            models.UniqueConstraint(fields=["scheme", "code", "place"], name="place_code_once"),
            models.UniqueConstraint(
                fields=["scheme", "code"], condition=Q(valid_to__isnull=True), name="place_code_in_use_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="place_code_ends_after_start",
            ),
        ]


class PlaceName(models.Model):
    """A former name or another spelling."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="other_names")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, default="spelling")  # places.gazetteer.NameKind
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="place_name_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="place_name_ends_after_start",
            ),
        ]


class PlaceAncestor(models.Model):
    """The closure of parents, each place its own ancestor at depth 0: what the gate joins territories to."""

    ancestor = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    descendant = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["ancestor", "descendant"], name="places_below")]  # is it inside the territory?
        constraints = [models.UniqueConstraint(fields=["descendant", "ancestor"], name="ancestor_once")]


class Facility(models.Model):
    """A border post, port, airport or office building. Its place may be unresolved, with candidates."""

    key = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    place = models.ForeignKey(Place, null=True, on_delete=models.PROTECT, related_name="facilities")
    candidates = models.ManyToManyField(Place, related_name="+")
    aliases = models.JSONField(default=list)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    counterpart = models.CharField(max_length=40, blank=True)
    confidence = models.CharField(max_length=40, blank=True)
    source_note = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name


class FacilityStatus(models.Model):
    """What state a facility is in over a period: planned, active, inactive, revitalising, unknown."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="statuses")
    status = models.CharField(max_length=20)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source_note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility"], condition=Q(valid_to__isnull=True), name="facility_has_one_open_status"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="status_ends_after_start",
            ),
        ]


class Population(models.Model):
    """How many people live in a place, as a source says for a day. Without a row nobody knows, and no rate is made."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="populations")
    residents = models.PositiveIntegerField()
    as_of = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["place", "-as_of"]
        constraints = [
            models.UniqueConstraint(fields=["place", "as_of"], name="population_once_a_day"),
            models.CheckConstraint(condition=~Q(source=""), name="population_has_source"),
        ]
