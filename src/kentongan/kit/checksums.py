"""Fingerprints of what was sent."""

import hashlib
import re
import unicodedata

_SPACE = re.compile(r"\s+")


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of the bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def text_fingerprint(*parts: str) -> str:
    """Return one fingerprint for texts that differ only in white space, case of Unicode form or line ends."""
    normal = "\x1f".join(_SPACE.sub(" ", unicodedata.normalize("NFKC", part)).strip().casefold() for part in parts)
    return sha256_hex(normal.encode())
