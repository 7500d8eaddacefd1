"""Web push: payloads that only the browser can read (RFC 8291, RFC 8188), from a sender that names itself (RFC 8292)."""

import base64
import json
import os
import secrets
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import http_ece  # type: ignore[import-untyped]
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from .faults import RecipientGone

LIVES_FOR = timedelta(hours=4)
"""How long a push service keeps a notice for a browser that is away: later the notice in the application does."""

TOKEN_LASTS = timedelta(hours=12)
MOST_BYTES = 3000
"""Push services take 4096 bytes in all; the rest is padding, key and tag."""


class KeyUnusable(KentonganError):
    """The key of the push sender cannot be read, or is no key of the right curve."""

    code = "messages.push_key_unusable"


def payload(*, title: str, body: str, link: str, tag: str) -> bytes:
    """Return what the browser's worker reads; a long body is cut."""
    told = {"title": title, "body": body, "link": link, "tag": tag}
    while len(written := json.dumps(told, ensure_ascii=False).encode()) > MOST_BYTES and told["body"]:
        told["body"] = told["body"][: len(told["body"]) * 2 // 3].rstrip()
    return written


def encrypted(
    content: bytes,
    *,
    p256dh: str,
    auth: str,
    salt: bytes | None = None,
    sender: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """Return the content as only the browser with these keys reads it; salt and the sender's key are new each time."""
    try:
        encrypted_content: bytes = http_ece.encrypt(
            content,
            salt=salt or secrets.token_bytes(16),
            private_key=sender or ec.generate_private_key(ec.SECP256R1()),
            dh=decoded(p256dh),
            auth_secret=decoded(auth),
            version="aes128gcm",
        )
    except (ValueError, http_ece.ECEException) as fault:
        raise RecipientGone(_("Kunci langganan peramban ini tidak sah.")) from fault
    return encrypted_content


def headers(endpoint: str, *, topic: str, at: datetime) -> dict[str, str]:
    """Return the headers of one push. A notice that is sent again replaces itself at the push service: its topic is its id."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((at + TOKEN_LASTS).timestamp()),
        "sub": settings.PUSH_CONTACT,
    }
    token = jwt.encode(claims, _own_key(settings.PUSH_KEY), algorithm="ES256")
    return {
        "Authorization": f"vapid t={token}, k={public_key()}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(int(LIVES_FOR.total_seconds())),
        "Urgency": "high",
        "Topic": topic[:32],
    }


def public_key() -> str:
    """Return the public key by which browsers and push services know this installation."""
    point = _own_key(settings.PUSH_KEY).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def is_browser_key(p256dh: str, auth: str) -> bool:
    """Tell whether these are a point of the curve and a secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(p256dh))
        return len(decoded(auth)) == 16
    except ValueError:
        return False


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@cache
def _own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the installation's key, made once and readable by its owner only."""
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as fault:
        raise KeyUnusable(
            _("Kunci notifikasi %(file)s tidak dapat dibaca. Pulihkan dari cadangan.") % {"file": path}
        ) from fault
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise KeyUnusable(_("Kunci notifikasi %(file)s bukan kunci P-256.") % {"file": path})
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = ec.generate_private_key(ec.SECP256R1())
    pem = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        os.link(fresh, path)  # whole or not at all, and the first of two processes wins
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
