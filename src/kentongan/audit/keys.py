"""The sealer's keys: private ones in files that only the installation may read, public ones in the trail's own table.

Whoever can write the database but not read the key folder cannot sign a head. A new key is vouched for by the one before it,
so heads of old keys stay checkable and nobody can slip in a key of his own.
"""

import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kentongan.kit.errors import KentonganError

from . import leaves, trail
from .catalogue import Trail
from .models import SealingKey
from .notes import MalformedNote, Signer, Verifier, signed, verifier_of

HEADING = "kentongan-trail-key/1"
OPEN_TO_OTHERS = 0o077


class KeyNotHere(KentonganError):
    """The private key that seals is not on this machine."""

    code = "audit.key_not_here"


class KeyOpenToOthers(KentonganError):
    """The private key's file can be read by others."""

    code = "audit.key_open_to_others"


class KeyUnusable(KentonganError):
    """The private key's file or its folder is there, and this process cannot use it."""

    code = "audit.key_unusable"


class PublicKeyDamaged(KentonganError):
    """What the database keeps as a public key of the trail is none."""

    code = "audit.public_key_damaged"


@dataclass(frozen=True, slots=True)
class Statement:
    """What is signed about a public key: its number, the key, since when, and whether the one before it was lost."""

    number: int
    vkey: str
    made_at: str
    why: str  # "first", "rotated", "lost"

    @property
    def text(self) -> str:
        return f"{HEADING}\n{self.number}\n{self.vkey}\n{self.made_at}\n{self.why}\n"


def folder() -> Path:
    """Return where the private keys lie."""
    return Path(settings.TRAIL_KEYS)


def verifiers() -> list[Verifier]:
    """Return every public key that ever sealed here, the newest first."""
    return [_verifier_of(vkey) for vkey in SealingKey.objects.order_by("-number").values_list("vkey", flat=True)]


def signer(*, at: datetime) -> Signer:
    """Return the key that seals; the first call of an installation makes it."""
    return signer_if_made() or _made_first(at=at)


def signer_if_made() -> Signer | None:
    """Return the key that seals, or None before the first was made; a refusal says what keeps it from sealing."""
    newest = SealingKey.objects.order_by("-number").first()
    if newest is None:
        return None
    verifier = _verifier_of(newest.vkey)
    path = _path(verifier)
    with _usable(path):
        is_here = path.exists()
    if not is_here:
        raise KeyNotHere(
            _(
                "Kunci segel %(key)s tidak ada di %(folder)s. Salin dari mesin yang menyegel, atau ganti dengan %(command)s."
            )
            % {"key": verifier.id.hex(), "folder": folder(), "command": "`kentongan audit rotate-key --lost`"}
        )
    return Signer(verifier.name, _loaded(path))


def rotate(*, at: datetime, was_lost: bool = False) -> Verifier:
    """A new key seals from now on, vouched for by the one before unless that was lost; the old private key is gone."""
    before = None if was_lost else signer(at=at)
    number = SealingKey.objects.count() + 1
    name = verifiers()[0].name if number > 1 else origin()
    made = _make(name, number=number, at=at, before=before, why="lost" if was_lost else "rotated")
    for path in folder().glob("trail-*.pem"):
        if path != _path(made.verifier):
            path.unlink()
    return made.verifier


def origin() -> str:
    """Return the name under which this node's heads go out; the first key fixes it for good."""
    name = settings.NODE_NAME or socket.gethostname()
    return re.sub(r"[\s+]+", "-", name) or "kentongan"


def _made_first(*, at: datetime) -> Signer:
    try:
        return _make(origin(), number=1, at=at, before=None, why="first")
    except IntegrityError:  # another process was quicker, perhaps on another machine
        return signer(at=at)


def _make(name: str, *, number: int, at: datetime, before: Signer | None, why: str) -> Signer:
    """Write the private key, durable before anybody can need it, then its statement; no statement, no file."""
    made = Signer(name, Ed25519PrivateKey.generate())
    path = _path(made.verifier)
    with _usable(path):
        _write(path, made.key)
    statement = Statement(number, made.verifier.vkey, leaves.instant(at), why)
    note = signed(statement.text, [made, before] if before else [made])
    try:
        with transaction.atomic(durable=True):  # files do not roll back
            SealingKey.objects.create(number=number, made_at=at, vkey=statement.vkey, statement=note)
            facts = {"number": number, "key": made.verifier.id.hex(), "because": why}
            trail.record(Trail.SEALING_KEY_MADE, by=trail.Keeper(), at=at, on=f"sealingkey:{number}", facts=facts)
    except BaseException:
        path.unlink()
        raise
    return made


def _path(verifier: Verifier) -> Path:
    return folder() / f"trail-{verifier.id.hex()}.pem"


def private_keys_here() -> Sequence[Path]:
    """Return the files of private keys on this machine."""
    return sorted(folder().glob("trail-*.pem"))


def _write(path: Path, key: Ed25519PrivateKey) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        os.fsync(file.fileno())
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


@contextmanager
def _usable(path: Path) -> Iterator[None]:
    """Whatever keeps a key's file from being read or written is a KeyUnusable that names it."""
    try:
        yield
    except OSError as fault:
        raise KeyUnusable(
            _(
                "Kunci segel %(path)s tidak dapat dibaca atau ditulis (%(why)s). Jadikan berkas dan foldernya milik pengguna "
                "yang menjalankan layanan (`chown`)."
            )
            % {"path": path, "why": fault.strerror or fault}
        ) from fault
    except (ValueError, TypeError, UnsupportedAlgorithm) as fault:
        raise KeyUnusable(
            _("Isi %(path)s bukan kunci PEM tanpa sandi. Pulihkan dari cadangan kuncinya.") % {"path": path}
        ) from fault


def _verifier_of(vkey: str) -> Verifier:
    try:
        return verifier_of(vkey)
    except MalformedNote as fault:
        raise PublicKeyDamaged(
            _("Kunci publik segel dalam basis data rusak (%(why)s). Jalankan %(command)s.")
            % {"why": fault, "command": "`kentongan audit verify`"}
        ) from fault


def _loaded(path: Path) -> Ed25519PrivateKey:
    with _usable(path):
        mode, content = path.stat().st_mode, path.read_bytes()
    if mode & OPEN_TO_OTHERS:
        raise KeyOpenToOthers(
            _("Kunci segel %(path)s dapat dibaca pengguna lain. Jalankan `chmod 600` padanya, lalu ganti kuncinya.")
            % {"path": path}
        )
    with _usable(path):
        key = load_pem_private_key(content, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyNotHere(_("%(path)s bukan kunci Ed25519. Pulihkan dari cadangan kuncinya.") % {"path": path})
    return key
