"""The vault's master keys: in files that only the installation may read, never in the database nor in its backups.

Whoever copies the database without the key folder has ciphertext only; whoever copies both has everything. The highest
number wraps; older ones stay until a rotation has rewrapped all that they wrap.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.errors import KentonganError

from .models import MasterKey
from .sealing import KEY_BYTES, MasterSecret, fresh_master

OPEN_TO_OTHERS = 0o077


class KeyNotHere(KentonganError):
    """The file of a master key is missing on this machine, or holds something else."""

    code = "vault.key_not_here"


class KeyOpenToOthers(KentonganError):
    """The file of a master key can be read by others."""

    code = "vault.key_open_to_others"


def folder() -> Path:
    """Return where the master keys lie."""
    return Path(settings.VAULT_KEYS)


def path_of(fingerprint: str) -> Path:
    """Return the file of a master key."""
    return folder() / f"vault-{fingerprint}.key"


def current(*, at: datetime) -> MasterSecret:
    """Return the key that wraps, held until the transaction ends so that no rotation retires it meanwhile.

    The first call of an installation makes it.
    """
    while True:
        newest = MasterKey.objects.select_for_update().order_by("-number").first()
        if newest is None:
            made = _made_first(at=at)
            if made is not None:
                return made
        elif newest.number == _highest():
            return secret(newest.fingerprint)


def secret(fingerprint: str) -> MasterSecret:
    """Return a master key from its file; refuses one that others may read or that is another than its name says."""
    path = path_of(fingerprint)
    try:
        is_open = path.stat().st_mode & OPEN_TO_OTHERS
        written = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise _not_here(fingerprint) from None
    if is_open:
        raise KeyOpenToOthers(
            _("Kunci brankas %(path)s dapat dibaca pengguna lain. Jalankan `chmod 600` padanya, lalu ganti kuncinya.")
            % {"path": path}
        )
    try:
        master = MasterSecret(bytes.fromhex(written))
    except ValueError:
        raise _not_here(fingerprint) from None
    if len(master.key) != KEY_BYTES or master.fingerprint != fingerprint:
        raise _not_here(fingerprint)
    return master


def make(*, number: int, at: datetime) -> MasterSecret:
    """A new master key stands: its file durable before its row, no row without its file."""
    made = fresh_master()
    path = path_of(made.fingerprint)
    _write(path, made)
    try:
        with transaction.atomic():
            MasterKey.objects.create(number=number, fingerprint=made.fingerprint, made_at=at)
            facts = {"number": number, "key": made.fingerprint}
            trail.record(Trail.VAULT_KEY_MADE, by=trail.Keeper(), at=at, on=f"masterkey:{number}", facts=facts)
    except BaseException:
        path.unlink()
        raise
    return made


def _made_first(*, at: datetime) -> MasterSecret | None:
    try:
        return make(number=1, at=at)
    except IntegrityError:  # another process was quicker
        return None


def _highest() -> int | None:
    return MasterKey.objects.order_by("-number").values_list("number", flat=True).first()


def _write(path: Path, master: MasterSecret) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(master.key.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _not_here(fingerprint: str) -> KeyNotHere:
    return KeyNotHere(
        _(
            "Kunci brankas %(key)s tidak ada di %(folder)s atau berkasnya rusak. Pulihkan dari cadangan kunci; tanpa kunci itu isinya tidak dapat dibuka siapa pun."
        )
        % {"key": fingerprint, "folder": folder()}
    )
