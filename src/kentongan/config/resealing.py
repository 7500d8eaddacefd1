"""Sealing anew after a change of the secret key: what a former key has sealed opens with the present one, and the former can go."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction
from django.db.models import F

from kentongan.agencies import factor_secrets
from kentongan.agencies.rules import Console
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.messages import sealing
from kentongan.messages.faults import NotSent
from kentongan.messages.models import WebhookEndpoint

OF_A_FACTOR = ("secret", "seed", "migrated_codes")
"""Where the sign-in library keeps what it has sealed: the secret of an authenticator app, recovery codes of two kinds."""


@dataclass(slots=True)
class Resealed:
    """How many rows were sealed anew, and how many hold something that no key of this installation opens."""

    factors: int = 0
    webhooks: int = 0
    unopened: int = 0


@transaction.atomic
def reseal(*, at: datetime) -> Resealed:
    """Every second factor and webhook secret is sealed under the present key; what no key opens stays as it is."""
    done = Resealed()
    for factor in Authenticator.objects.select_for_update().order_by("pk"):
        try:
            data = factor.data | {name: _anew(factor.data[name]) for name in OF_A_FACTOR if name in factor.data}
        except InvalidToken:
            done.unopened += 1
            continue
        if data != factor.data:
            done.factors += Authenticator.objects.filter(pk=factor.pk).update(data=data)
    for endpoint in WebhookEndpoint.objects.select_for_update().order_by("pk"):
        former = endpoint.former_secret_sealed
        kept = {"secret_sealed": bytes(endpoint.secret_sealed), "former_secret_sealed": former and bytes(former)}
        try:
            anew = {name: one and sealing.resealed(one, of=endpoint.ref) for name, one in kept.items()}
        except NotSent:
            done.unopened += 1
            continue
        if anew != kept:
            changed = WebhookEndpoint.objects.filter(pk=endpoint.pk)
            done.webhooks += changed.update(version=F("version") + 1, **anew)
    trail.record(Trail.SECRETS_RESEALED, by=Console(), at=at, facts=asdict(done))
    return done


def _anew(kept: Any) -> Any:
    """Return a secret, or a list of them, sealed under the present key, as it is where it already was."""
    if isinstance(kept, list):
        return [_anew(one) for one in kept]
    if not kept.startswith(factor_secrets.PREFIX):
        return factor_secrets.sealed(kept)
    token = kept.removeprefix(factor_secrets.PREFIX)
    try:
        factor_secrets._key(settings.SECRET_KEY).decrypt(token)
    except InvalidToken:
        return factor_secrets.PREFIX + factor_secrets._keys().rotate(token).decode()
    return kept
