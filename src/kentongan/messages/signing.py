"""Signatures of webhooks after Standard Webhooks: HMAC-SHA256 over id, time and body. No Django.

Source: https://www.standardwebhooks.com/, "Signature scheme" and "Verifying webhook authenticity".
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)


def written(secret: bytes) -> str:
    """Return the secret as a receiver is given it."""
    return PREFIX + base64.b64encode(secret).decode()


def read(secret: str) -> bytes:
    """Return the bytes of a secret that was written out."""
    return base64.b64decode(secret.removeprefix(PREFIX), validate=True)


def headers(ident: str, *, at: datetime, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """Return the headers that let a receiver who holds any of the secrets believe the body."""
    stamp = str(int(at.timestamp()))
    signatures = [signature(ident, stamp, body, secret=secret) for secret in secrets]
    return {"webhook-id": ident, "webhook-timestamp": stamp, "webhook-signature": " ".join(signatures)}


def signature(ident: str, stamp: str, body: bytes, *, secret: bytes) -> str:
    """Return the signature of version 1."""
    signed = hmac.new(secret, f"{ident}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(signed).decode()


def is_genuine(told: Mapping[str, str], body: bytes, *, secret: bytes, now: datetime) -> bool:
    """Tell whether the body was signed with the secret no longer ago than the tolerance; an older one is a repetition."""
    ident, stamp = told.get("webhook-id", ""), told.get("webhook-timestamp", "")
    if not (ident and stamp.isdecimal() and len(stamp) < 13):
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    expected = signature(ident, stamp, body, secret=secret).encode()
    return any(hmac.compare_digest(expected, given.encode()) for given in told.get("webhook-signature", "").split(" "))
