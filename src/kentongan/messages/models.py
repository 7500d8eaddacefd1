"""Messages and where they go. A message says as little as its channel allows; the record itself stays behind the gate."""

from django.db import models
from django.db.models import Q

from kentongan.kit.ids import new_id

from . import rules
from .rules import TITLED_INSIDE, Channel, State

CHANNELS = [(channel.value, channel.value) for channel in Channel]
STATES = [(state.value, state.value) for state in State]


class PushSubscription(models.Model):
    """A browser that an officer lets us reach. The keys are the browser's own; its push service cannot read what we send."""

    officer = models.ForeignKey("agencies.Officer", on_delete=models.CASCADE, related_name="push_subscriptions")
    endpoint = models.TextField()
    fingerprint = models.CharField(max_length=64)  # of the endpoint
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=40)
    device = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(ended_at__isnull=True), name="browser_subscribed_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_reason="") | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="ended_subscription_says_why",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"push_subscription:{self.pk}"


class WebhookEndpoint(models.Model):
    """An address of an agency's own system. Its secret is sealed, and shown once when it is made."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="webhooks")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    secret_sealed = models.BinaryField()
    former_secret_sealed = models.BinaryField(null=True)  # signs beside the new one until the day below
    former_until = models.DateTimeField(null=True)
    topics = models.JSONField(default=list, blank=True)  # empty: every topic
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    version = models.PositiveIntegerField(default=1)
    last_answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["agency", "name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "url"], condition=Q(is_active=True), name="webhook_address_once"),
            models.CheckConstraint(
                condition=Q(former_secret_sealed__isnull=True, former_until__isnull=True)
                | Q(former_secret_sealed__isnull=False, former_until__isnull=False),
                name="former_secret_has_its_end",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        return f"webhook:{self.pk}"


class ReachableBy(models.Model):
    """An officer's own address on one channel: proven with a code that went there, switched on or off by the officer."""

    officer = models.ForeignKey("agencies.Officer", on_delete=models.CASCADE, related_name="reachable_by")
    channel = models.CharField(max_length=10, choices=CHANNELS)
    address = models.CharField(max_length=254)
    is_on = models.BooleanField(default=True)
    added_at = models.DateTimeField()
    verified_at = models.DateTimeField(null=True, blank=True)
    code_hash = models.CharField(max_length=64, blank=True)
    code_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["officer", "channel"], name="one_address_a_channel"),
            models.CheckConstraint(
                condition=Q(channel__in=[c.value for c in rules.BY_ADDRESS]), name="only_channels_with_an_address"
            ),
            models.CheckConstraint(
                condition=Q(code_hash="", code_until__isnull=True) | (~Q(code_hash="") & Q(code_until__isnull=False)),
                name="code_has_its_end",
            ),
        ]

    @property
    def ref(self) -> str:
        return f"reachable_by:{self.pk}"


class NoticeSettings(models.Model):
    """When an officer does not want to be disturbed by what can wait. Alerts are never held back."""

    officer = models.OneToOneField(
        "agencies.Officer", primary_key=True, on_delete=models.CASCADE, related_name="notice_settings"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    zone = models.CharField(max_length=40, default="Asia/Makassar")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=models.F("quiet_to"))),
                name="quiet_hours_have_two_ends",
            )
        ]


class Message(models.Model):
    """One notice to one recipient by one channel. Its id is what every receiver sees again when it is sent again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=240, unique=True)  # whoever puts the same message again, puts nothing
    topic = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    officer = models.ForeignKey("agencies.Officer", null=True, on_delete=models.CASCADE, related_name="notices")
    agency = models.ForeignKey("agencies.Agency", on_delete=models.PROTECT, related_name="+")  # for which it is told
    address = models.CharField(max_length=254, blank=True)  # as it was when the message was put
    subscription = models.ForeignKey(PushSubscription, null=True, on_delete=models.CASCADE, related_name="+")
    endpoint = models.ForeignKey(WebhookEndpoint, null=True, on_delete=models.PROTECT, related_name="messages")
    subject = models.CharField(max_length=200, blank=True)  # blank: the neutral words
    body = models.TextField(blank=True)
    link = models.CharField(max_length=300, blank=True)  # a path of this installation
    handling = models.CharField(max_length=10)
    about = models.CharField(max_length=120, blank=True)  # "alert:<uuid>"
    state = models.CharField(max_length=10, choices=STATES, default=State.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=80, blank=True)
    put_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    provider_ref = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["-put_at", "-id"]
        indexes = [
            models.Index(fields=["state", "next_at"], name="messages_due"),  # what a worker may claim
            models.Index(fields=["state", "lease_until"], name="messages_left_lying"),  # claims whose worker is gone
            models.Index(fields=["officer", "channel", "state"], name="notices_of_officer"),  # the page and the count
            models.Index(fields=["agency", "-put_at"], name="messages_of_agency"),  # the administrator's list
            models.Index(fields=["about"], name="messages_about"),  # who was told of one record
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="claimed", lease_until__isnull=False)
                | (~Q(state="claimed") & Q(lease_until__isnull=True)),
                name="message_claim_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", next_at__isnull=False) | (~Q(state="waiting") & Q(next_at__isnull=True)),
                name="waiting_message_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="read") | Q(read_at__isnull=False), name="read_message_says_when"
            ),
            models.CheckConstraint(condition=~Q(state="dead") | ~Q(last_error=""), name="dead_message_says_why"),
            # No content beyond `open` leaves the house, and nothing of a personal or protected record is shown at all
            models.CheckConstraint(
                condition=Q(handling=rules.OPEN)
                | Q(body="", subject="")
                | Q(body="", channel="inapp", handling__in=sorted(TITLED_INSIDE)),
                name="message_carries_no_content",
            ),
            models.CheckConstraint(
                condition=Q(channel="inapp", officer__isnull=False)
                | (Q(channel="push", officer__isnull=False, subscription__isnull=False))
                | (Q(channel="webhook", officer__isnull=True, endpoint__isnull=False))
                | (Q(channel__in=["email", "sms", "whatsapp"], officer__isnull=False) & ~Q(address="")),
                name="message_has_a_recipient",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.channel}"

    @property
    def ref(self) -> str:
        return f"message:{self.pk}"
