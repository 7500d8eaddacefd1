"""The secrets of second factors at rest: whoever reads the database alone cannot make a code of anybody's.

The key is derived from the installation's secret key, which lies outside the database. Rows from before this are read as
they are, and sealed when the factor is set up anew.
"""

import base64
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

log = logging.getLogger(__name__)

PREFIX = "sealed:"
PURPOSE = b"kentongan second factor"


def sealed(secret: str) -> str:
    """Return the secret as it is kept."""
    return PREFIX + _keys().encrypt(secret.encode()).decode()


def opened(kept: str) -> str:
    """Return the secret; one that no key of this installation opens becomes a random one, which no code matches."""
    if not kept.startswith(PREFIX):
        return kept
    try:
        return _keys().decrypt(kept.removeprefix(PREFIX)).decode()
    except InvalidToken:
        log.error("second_factor.sealed_with_another_key")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(derived))
