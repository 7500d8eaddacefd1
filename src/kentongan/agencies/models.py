"""Agencies, forums, competences, officers. Everything that changes over the years is a dated row, `*_to` excluded."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from kentongan.kit.ids import new_id


class Dated(models.Model):
    """A fact that holds from a day (unknown when null) until a day (excluded; null while it holds)."""

    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Agency(Dated):
    """A body with officers. Its names, parents and class are dated rows beside it; `name` is the one in use."""

    id = models.CharField(max_length=60, primary_key=True)  # "kanim-atambua"
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    abbrev = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=40)
    country = models.CharField(max_length=2)
    level = models.CharField(max_length=20)
    seat = models.ForeignKey("places.Place", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_forum = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    is_verified = models.BooleanField(default=False)  # seen in a public source, not only general knowledge
    source_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.abbrev or self.name

    @property
    def ref(self) -> str:
        return f"agency:{self.pk}"


class AgencyName(Dated):
    """A name, abbreviation or spelling by which an agency is or was known."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, default="official")  # official, abbreviation, alias, position, former
    lang = models.CharField(max_length=3, default="id")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "name", "kind", "valid_from"], name="agency_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class AgencyParent(Dated):
    """Who an agency answers to, over a period."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="parents")
    parent = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="children")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency"], condition=Q(valid_to__isnull=True), name="one_open_parent"),
            models.CheckConstraint(condition=~Q(agency=F("parent")), name="no_own_parent"),
        ]


class AgencyClass(Dated):
    """A dated attribute such as "Kelas II TPI"."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="classes")
    attribute = models.CharField(max_length=40)
    value = models.CharField(max_length=80, blank=True)  # blank: it has one, and which is not known


class Membership(Dated):
    """An agency's seat in a forum, with its function there."""

    forum = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="members")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="memberships")
    function = models.CharField(max_length=40, default="member")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["forum", "agency", "valid_from"], name="membership_once")]


class Competence(Dated):
    """What an agency deals with, and over which roots of the gazetteer, minus exceptions."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="competences")
    matter = models.CharField(max_length=40)  # foreigner, crime, goods, narcotics, workers, victims, sea, ...
    roots = models.ManyToManyField("places.Place", related_name="+", blank=True)
    exceptions = models.ManyToManyField("places.Place", related_name="+", blank=True)
    kinds = models.JSONField(
        default=list, blank=True
    )  # codes of the vocabulary, each with what stands below it; empty: not tied to kinds
    is_by_kind = models.BooleanField(default=False)  # follows from the kind of agency, not from a row about this agency
    source_note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["matter", "agency"], name="competent_for_matter")]  # who is competent?


class Position(models.Model):
    """A post (jabatan) in an agency: head, deputy, section head."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="positions")
    title = models.CharField(max_length=160)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "title"], name="position_once")]

    def __str__(self) -> str:
        return self.title


class PositionHeld(Dated):
    """Who holds a position from when to when. Shipped data leave this empty."""

    position = models.ForeignKey(Position, on_delete=models.CASCADE, related_name="holders")
    holder_name = models.CharField(max_length=160)
    rank = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"], condition=Q(valid_to__isnull=True), name="one_holder_at_a_time"
            )
        ]


class Officer(AbstractUser):
    """Somebody who signs in. What the officer may do follows from the open posting, never from the account."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    full_name = models.CharField(max_length=160, blank=True)
    last_home_at = models.DateTimeField(
        null=True, blank=True
    )  # when the home page was last left: "since your last visit"
    must_change_password = models.BooleanField(default=False)
    first_password_at = models.DateTimeField(
        null=True, blank=True
    )  # when the last password of another's making was given

    class Meta:
        ordering = ["username"]
        constraints = [models.UniqueConstraint(Lower("username"), name="username_once_whatever_its_case")]

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def ref(self) -> str:
        return f"officer:{self.pk}"


class Posting(models.Model):
    """An officer's service in one agency in one role, over a period. At most one is open."""

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="postings")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="postings")
    role = models.CharField(max_length=30)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer"], condition=Q(ended_at__isnull=True), name="one_open_posting"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="posting_ends_after_start"
            ),
        ]


class ApiToken(models.Model):
    """A key for the API, of an officer or of a system that acts for an officer. Only its hash is kept.

    It opens what the officer may see in the agency and role in which it was issued, and nothing once these are others.
    """

    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="tokens")
    agency = models.ForeignKey(Agency, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, blank=True)
    name = models.CharField(max_length=80)
    hashed = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    scopes = models.JSONField(default=list, blank=True)  # "events:read", "alerts:write"; empty: all that the role may
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(agency__isnull=False) & ~Q(role="")) | Q(revoked_at__isnull=False),
                name="token_is_of_agency_and_role",
            )
        ]


class OfficerSession(models.Model):
    """A sign-in that an officer can see and end. A session without an open row here opens nothing."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    officer = models.ForeignKey(Officer, on_delete=models.CASCADE, related_name="sessions")
    started_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()  # written at most every few minutes
    address = models.GenericIPAddressField(null=True)
    device = models.CharField(max_length=200, blank=True)  # as the browser names itself
    method = models.CharField(max_length=20)  # password, totp, recovery_codes, webauthn, outside
    is_vouched = models.BooleanField(default=False)  # the outside provider asserted a second factor
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=30, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["officer", "ended_at"], name="open_sessions_of_officer")
        ]  # which to list and end
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="ended_session_says_why",
            )
        ]

    @property
    def ref(self) -> str:
        return f"session:{self.pk}"
