"""Deeds of administrators on an agency's webhooks. A secret is shown once, when it is made."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kentongan.agencies.actions import demand_administration
from kentongan.agencies.models import Agency
from kentongan.agencies.rules import Administering
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError
from kentongan.kit.ids import new_id

from . import outgoing, sealing, signing
from .models import WebhookEndpoint

SECRET_BYTES = 32
FORMER_LASTS = timedelta(hours=24)
"""How long the former secret still signs beside a new one: the receiver changes its own meanwhile."""


class WebhookExists(KentonganError):
    """The agency has this address already."""

    code = "messages.webhook_exists"


class WebhookChanged(KentonganError):
    """Somebody else changed the webhook meanwhile."""

    code = "messages.webhook_changed"


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook with the secret that is shown once."""

    endpoint: WebhookEndpoint
    secret: str


@transaction.atomic
def make_webhook(
    *, agency: Agency, name: str, url: str, topics: Sequence[str], by: Administering, at: datetime
) -> NewSecret:
    """The agency's system is told of these topics, of all where none is named."""
    demand_administration(by, agency.pk, at=at)
    outgoing.target_of(url)
    secret = secrets.token_bytes(SECRET_BYTES)
    endpoint = WebhookEndpoint(
        id=new_id(), agency=agency, name=name, url=url, topics=sorted(topics), made_at=at, made_by=by.ref
    )
    endpoint.secret_sealed = sealing.sealed(secret, of=endpoint.ref)
    try:
        with transaction.atomic():
            endpoint.save(force_insert=True)
    except IntegrityError as fault:
        raise WebhookExists(_("Instansi ini sudah punya webhook aktif ke alamat itu.")) from fault
    trail.record(
        Trail.WEBHOOK_MADE, by=by, at=at, on=endpoint.ref, facts={"agency": agency.pk, "topics": endpoint.topics}
    )
    return NewSecret(endpoint, signing.written(secret))


@transaction.atomic
def renew_secret(*, endpoint: WebhookEndpoint, by: Administering, at: datetime) -> NewSecret:
    """A new secret signs from now on, the former one beside it for a day."""
    demand_administration(by, endpoint.agency_id, at=at)
    secret = secrets.token_bytes(SECRET_BYTES)
    _change(
        endpoint,
        secret_sealed=sealing.sealed(secret, of=endpoint.ref),
        former_secret_sealed=bytes(endpoint.secret_sealed),
        former_until=at + FORMER_LASTS,
    )
    trail.record(Trail.WEBHOOK_SECRET_RENEWED, by=by, at=at, on=endpoint.ref)
    return NewSecret(endpoint, signing.written(secret))


@transaction.atomic
def switch_webhook(*, endpoint: WebhookEndpoint, is_active: bool, why: str, by: Administering, at: datetime) -> None:
    """The agency's system is told, or no more; what still waited for it is cancelled when its turn comes."""
    demand_administration(by, endpoint.agency_id, at=at)
    try:
        with transaction.atomic():
            _change(endpoint, is_active=is_active)
    except IntegrityError as fault:
        raise WebhookExists(_("Instansi ini sudah punya webhook aktif ke alamat itu.")) from fault
    event = Trail.WEBHOOK_CHANGED if is_active else Trail.WEBHOOK_ENDED
    trail.record(event, by=by, at=at, on=endpoint.ref, why=why, facts={"is_active": is_active})


def _change(endpoint: WebhookEndpoint, **changes: object) -> None:
    won = WebhookEndpoint.objects.filter(pk=endpoint.pk, version=endpoint.version).update(
        version=F("version") + 1, **changes
    )
    if not won:
        raise WebhookChanged(_("Webhook ini baru saja diubah orang lain. Muat ulang halaman, lalu ulangi."))
    endpoint.refresh_from_db()
