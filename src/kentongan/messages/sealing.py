"""Secrets of webhooks at rest: whoever reads the database alone cannot sign in our name.

AES-256-GCM under a key that is derived from the installation's secret key, which lies outside the database. A sealed
secret opens only for the row for which it was sealed.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _

from .faults import NotSent

PURPOSE = b"kentongan webhook secret"
NONCE = 12


def sealed(secret: bytes, *, of: str) -> bytes:
    """Return the secret of one row as it is kept."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key(settings.SECRET_KEY)).encrypt(nonce, secret, of.encode())


def opened(kept: bytes, *, of: str) -> bytes:
    """Return the secret; raise NotSent where no key of this installation opens it for this row."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return AESGCM(_key(key)).decrypt(kept[:NONCE], kept[NONCE:], of.encode())
        except InvalidTag:
            continue
    raise NotSent(
        _("Rahasia webhook disegel dengan kunci pemasangan lain. Buat rahasia baru di halaman Webhook."), is_final=True
    )


def resealed(kept: bytes, *, of: str) -> bytes:
    """Return the secret sealed under the present key, as it is where it already was; raise NotSent where no key opens it."""
    try:
        AESGCM(_key(settings.SECRET_KEY)).decrypt(kept[:NONCE], kept[NONCE:], of.encode())
    except InvalidTag:
        return sealed(opened(kept, of=of), of=of)
    return kept


def _key(secret: str | bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret))
