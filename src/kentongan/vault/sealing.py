"""Sealing and opening of bytes: AES-256-GCM under a key of the record's own, which a master key wraps.

    master key (a file)  --wraps-->  data key (beside the record)  --encrypts-->  the fields

Both layers are bound to `about`: the table, the record, its owner and its kind. A ciphertext put under another record, or
a record given to another owner, does not open. Every sealing draws a fresh data key, so no nonce can meet another under
the same key. Content is padded to whole blocks: its length tells next to nothing of a name.
"""

import os
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

VERSION = b"\x01"
KEY_BYTES, NONCE_BYTES, TAG_BYTES = 32, 12, 16
BLOCK_BYTES = 256


class CannotOpen(KentonganError):
    """The sealed bytes were changed, belong elsewhere, or are under another key. Nothing of their content is told."""

    code = "vault.cannot_open"


@dataclass(frozen=True, slots=True, repr=False)
class MasterSecret:
    """A master key; its fingerprint names it without telling it."""

    key: bytes

    def __repr__(self) -> str:
        return f"MasterSecret({self.fingerprint})"

    @property
    def fingerprint(self) -> str:
        return sha256(b"kentongan-vault-key\x00" + self.key).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Sealed:
    """What may lie in a database: the wrapped data key and the ciphertext."""

    wrapped_key: bytes
    ciphertext: bytes


def fresh_master() -> MasterSecret:
    """Return a new master key from the operating system's randomness."""
    return MasterSecret(os.urandom(KEY_BYTES))


def about(*, table: str, pk: str, owner: str, kind: str) -> bytes:
    """Return what a ciphertext is bound to; each part is led by its length, so no two records have the same."""
    parts = [part.encode() for part in ("kentongan-vault/1", table, pk, owner, kind)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def seal(content: bytes, master: MasterSecret, *, bound_to: bytes) -> Sealed:
    """Return the content under a fresh data key, and that key wrapped."""
    data_key = os.urandom(KEY_BYTES)
    return Sealed(
        wrapped_key=_encrypt(master.key, data_key, b"key" + bound_to),
        ciphertext=_encrypt(data_key, _padded(content), b"content" + bound_to),
    )


def opened(sealed: Sealed, master: MasterSecret, *, bound_to: bytes) -> bytes:
    """Return the content; CannotOpen for anything but the very bytes, key and record that were sealed together."""
    data_key = _decrypt(master.key, sealed.wrapped_key, b"key" + bound_to)
    return _unpadded(_decrypt(data_key, sealed.ciphertext, b"content" + bound_to))


def rewrapped(wrapped_key: bytes, *, old: MasterSecret, new: MasterSecret, bound_to: bytes) -> bytes:
    """Return the same data key under another master key; the content is not touched."""
    return _encrypt(new.key, _decrypt(old.key, wrapped_key, b"key" + bound_to), b"key" + bound_to)


def _encrypt(key: bytes, content: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return VERSION + nonce + AESGCM(key).encrypt(nonce, content, VERSION + bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    nonce, content = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    if sealed[:1] != VERSION or len(content) < TAG_BYTES:
        raise _cannot_open()
    try:
        return AESGCM(key).decrypt(nonce, content, VERSION + bound_to)
    except InvalidTag:
        raise _cannot_open() from None


def _padded(content: bytes) -> bytes:
    led = len(content).to_bytes(4, "big") + content
    return led + b"\x00" * (-len(led) % BLOCK_BYTES)


def _unpadded(padded: bytes) -> bytes:
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


def _cannot_open() -> CannotOpen:
    return CannotOpen(
        _(
            "Isi brankas ini tidak dapat dibuka: barisnya berubah, dipindahkan, atau kuncinya lain. Laporkan kepada pengawas, lalu pulihkan baris atau kuncinya dari cadangan."
        )
    )
