"""What somebody sent, exactly as received."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy

from kentongan.agreements import access
from kentongan.agreements.access import GatedQuerySet
from kentongan.agreements.models import ProtectedRow


class Report(ProtectedRow):
    """A report is never edited. Its text may be erased by retention or a right, leaving checksum, dates and the reason."""

    class Channel(models.TextChoices):
        PASTE = "paste", gettext_lazy("tempel")
        UPLOAD = "upload", gettext_lazy("unggah")
        FIELD_FORM = "field_form", gettext_lazy("formulir lapangan")
        NIL_FORM = "nil_form", gettext_lazy("formulir nihil")
        FEED = "feed", gettext_lazy("umpan berita")
        IMPORT = "import", gettext_lazy("impor")
        CHAT = "chat", gettext_lazy("obrolan")
        API = "api", gettext_lazy("API")
        COMMAND = "command", gettext_lazy("perintah")

    channel = models.CharField(max_length=12, choices=Channel.choices)
    idempotency_key = models.CharField(max_length=80, null=True)  # noqa: DJ001 - null is "none was sent", so unique holds
    checksum = models.CharField(max_length=64)  # normalised text, source, place and period
    original_checksum = models.CharField(max_length=64)  # the bytes as they came
    original = models.BinaryField(null=True)  # the file as it came; null for what was typed
    filename = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, default="text/plain")
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(null=True)  # noqa: DJ001 - null once erased
    source = models.CharField(max_length=120, blank=True)  # outlet, office or "pelapor"
    author = models.CharField(max_length=120, blank=True)
    address = models.URLField(max_length=500, blank=True)
    published_on = models.DateField(null=True)
    is_nil = models.BooleanField(default=False)
    covers_from = models.DateField(null=True)  # a nil report speaks of a period
    covers_to = models.DateField(null=True)  # excluded
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=80)
    is_simulated = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)
    erased_why = models.CharField(max_length=200, blank=True)

    objects = GatedQuerySet.as_manager()

    class Meta(ProtectedRow.Meta):
        abstract = False
        ordering = ["-received_at", "-id"]
        indexes = [
            models.Index(fields=["owner", "-received_at"], name="reports_of_owner"),  # the list of reports
            models.Index(
                fields=["place", "received_at"], name="reports_by_place"
            ),  # silence: when a village was last heard
        ]
        constraints = [
            *ProtectedRow.Meta.constraints,
            models.UniqueConstraint(fields=["owner", "channel", "idempotency_key"], name="report_once_a_key"),
            models.UniqueConstraint(fields=["owner", "checksum"], name="report_once_a_text"),
            models.CheckConstraint(
                condition=Q(text__isnull=False) | (Q(erased_at__isnull=False) & ~Q(erased_why="")),
                name="report_text_or_why_not",
            ),
            models.CheckConstraint(
                condition=Q(is_nil=False)
                | Q(covers_from__isnull=False, covers_to__gt=F("covers_from"), place__isnull=False),
                name="nil_report_has_place_and_period",
            ),
        ]

    def __str__(self) -> str:
        day = date_format(timezone.localtime(self.received_at), "j M Y")
        return self.title or gettext("Laporan lewat %(channel)s, %(day)s") % {
            "channel": self.get_channel_display(),
            "day": day,
        }


access.protect(Report, category="reports")


class ReporterLink(models.Model):
    """Which identity of the vault a report came with. It is a table of its own, no part of the report: whoever is given
    a report, whole or in part, is not given this (R28)."""

    report = models.OneToOneField(Report, primary_key=True, on_delete=models.CASCADE, related_name="+")
    identity = models.ForeignKey("vault.Identity", on_delete=models.PROTECT, related_name="+")
