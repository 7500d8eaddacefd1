"""Acknowledging with one tap: a signed link that shows nothing, works once, and ends."""

import secrets
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kentongan.agencies.models import Officer
from kentongan.agreements.access import NoPosting, NotVisible, RoleMayNotAct, actor_for, fetch
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError

from . import actions, ladder_rules
from .models import AckLink, Alert

_SIGNER = "kentongan.alerts.ack"


class LinkNotValid(KentonganError):
    """The link was used, has ended, was never given, or there is nothing left to acknowledge: all look the same."""

    code = "alerts.link_not_valid"


def new_token() -> str:
    """Return a token that nobody can guess, signed so that a made-up one is refused without a look at the database."""
    return signing.Signer(salt=_SIGNER).sign(secrets.token_urlsafe(24))


def path_of(token: str) -> str:
    """Return the address at which the token works."""
    return reverse("ack_link", args=[token])


def keep(token: str, *, alert: Alert, officer: Officer, at: datetime) -> AckLink:
    """The token acknowledges the alert for the officer, once, until it ends; only its hash is kept."""
    return AckLink.objects.create(
        alert=alert,
        officer=officer,
        hashed=_hashed(token),
        made_at=at,
        expires_at=at + ladder_rules.limits().link_lasts,
    )


def is_valid(token: str, *, at: datetime) -> bool:
    """Tell whether the token would still acknowledge something."""
    return _link(token, at=at) is not None


@transaction.atomic
def acknowledge(*, token: str, at: datetime) -> None:
    """The alert is acknowledged by the officer whom the link was sent to, and the link is used up.

    Whoever left the agency, changed to a role that does not act on alerts, or may no longer see the alert, opens nothing.
    """
    link = _link(token, at=at)
    if link is None or not AckLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
        raise refusal()
    try:
        by = actor_for(link.officer, purpose=link.alert.purpose, at=at)
        alert = fetch(Alert, link.alert_id, by, at=at)
        actions.acknowledge(alert=alert, version=alert.version, note=_("lewat tautan sekali pakai"), by=by, at=at)
    except (
        NoPosting, NotVisible, RoleMayNotAct, actions.NotTheAddressee, actions.StepNotAllowed, actions.AlertChangedMeanwhile,
    ) as fault:  # fmt: skip
        raise refusal() from fault
    trail.record(Trail.ACK_LINK_USED, by=by, at=at, on=alert.ref)


def _link(token: str, *, at: datetime) -> AckLink | None:
    try:
        signing.Signer(salt=_SIGNER).unsign(token)
    except signing.BadSignature:
        return None
    found = AckLink.objects.select_related("alert", "officer").filter(hashed=_hashed(token), used_at__isnull=True)
    return found.filter(expires_at__gt=at, alert__state=Alert.State.RAISED).first()


def _hashed(token: str) -> str:
    return sha256_hex(token.encode())


def refusal() -> LinkNotValid:
    """Return the one refusal of this page, whatever the cause."""
    return LinkNotValid(
        _(
            "Tautan ini tidak berlaku: sudah dipakai, sudah lewat waktunya, atau peringatannya sudah diterima. Masuklah ke Kentongan."
        )
    )
