"""Backup and restore of a running installation: one zip with the database, the secret key and a manifest.

SQLite is copied by its online backup, PostgreSQL by pg_dump; both give one consistent moment.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from kentongan import __version__
from kentongan.agencies.rules import Console
from kentongan.audit import trail
from kentongan.audit.catalogue import Trail
from kentongan.kit.checksums import sha256_hex
from kentongan.kit.errors import KentonganError


class BackupRefused(KentonganError):
    """The backup could not be taken or is not one."""

    code = "installation.backup_refused"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup holds."""

    version: str
    vendor: str
    taken_at: str
    tables: int
    rows: int
    sha256: str


def take(target: Path) -> Summary:
    """Write the backup whole or not at all. That it began is in the trail that is copied; that it is complete, only here."""
    if target.exists():
        raise BackupRefused(f"{target} sudah ada. Pilih nama lain; cadangan lama tidak ditimpa.")
    if not os.access(target.absolute().parent, os.W_OK | os.X_OK):
        raise BackupRefused(
            f"Folder {target.absolute().parent} tidak ada atau tidak dapat ditulisi. Pilih folder lain."
        )
    at = timezone.now()
    with transaction.atomic():
        trail.record(Trail.BACKUP_TAKEN, by=Console(), at=at)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent) as folder:
        dump = Path(folder) / "database"
        _dump(dump)
        tables, rows = _size()
        summary = Summary(__version__, connection.vendor, at.isoformat(), tables, rows, sha256_hex(dump.read_bytes()))
        whole = Path(folder) / "backup.zip"
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(dump, "database")
            archive.writestr("secret_key", settings.SECRET_KEY)
            archive.writestr("manifest.json", json.dumps(asdict(summary), indent=2))
        whole.chmod(0o600)
        whole.replace(target)
    facts = {"taken_at": summary.taken_at, "sha256": summary.sha256}
    with transaction.atomic():
        trail.record(Trail.BACKUP_COMPLETED, by=Console(), at=timezone.now(), facts=facts)
    return summary


def restore(source: Path, *, replace: bool = False) -> Summary:
    """Leave the installation as it was at the backup; refuse a broken file and, unless told, an installation with data."""
    summary, database, secret = _opened(source)
    if not replace and _has_data():
        raise BackupRefused(
            "Instalasi ini sudah berisi data. Pulihkan ke KENTONGAN_HOME yang kosong, atau pakai --replace."
        )
    _load(database)
    key = settings.HOME / "secret_key"
    if "KENTONGAN_SECRET_KEY" not in os.environ and "KENTONGAN_SECRET_KEY_FILE" not in os.environ:
        key.write_bytes(secret)
        key.chmod(0o600)
    facts = {"taken_at": summary.taken_at, "sha256": summary.sha256}
    with transaction.atomic():
        trail.record(Trail.RESTORED, by=Console(), at=timezone.now(), facts=facts)
    return summary


def _opened(source: Path) -> tuple[Summary, bytes, bytes]:
    try:
        with zipfile.ZipFile(source) as archive:
            summary = Summary(**json.loads(archive.read("manifest.json")))
            database, secret = archive.read("database"), archive.read("secret_key")
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as fault:
        raise BackupRefused(
            f"{source} bukan berkas cadangan Kentongan yang utuh ({fault}). Periksa berkasnya."
        ) from fault
    if sha256_hex(database) != summary.sha256:
        raise BackupRefused(f"{source} rusak: sidik basis datanya tidak cocok. Pakai salinan lain.")
    if summary.vendor != connection.vendor:
        raise BackupRefused(f"Cadangan ini dari {summary.vendor}, instalasi ini memakai {connection.vendor}.")
    return summary, database, secret


def _dump(path: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as copy:
            connection.connection.backup(copy)
        return
    _postgres_tool("pg_dump", "--format=custom", f"--file={path}")


def _load(database: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "database"
        path.write_bytes(database)
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(path)) as copy:
                copy.backup(connection.connection)
        else:
            _postgres_tool("pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", str(path))


def _postgres_tool(name: str, *arguments: str) -> None:
    tool = shutil.which(name)
    if tool is None:
        raise BackupRefused(f"{name} tidak ditemukan. Pasang alat klien PostgreSQL di mesin ini.")
    database: Mapping[str, Any] = dict(settings.DATABASES["default"])
    environment = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD") or "")}
    given = {"host": database.get("HOST"), "port": database.get("PORT"), "username": database.get("USER")}
    options = [f"--{key}={value}" for key, value in given.items() if value]
    done = subprocess.run(  # noqa: S603 - a fixed tool with our own settings
        [tool, *options, f"--dbname={database['NAME']}", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupRefused(f"{name} gagal: {done.stderr.strip()[:500]}")


def _size() -> tuple[int, int]:
    tables = connection.introspection.table_names()
    rows = 0
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names come from the database itself
            rows += int(cursor.fetchone()[0])
    return len(tables), rows


def _has_data() -> bool:
    if "intake_report" not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM intake_report) + (SELECT count(*) FROM agencies_officer)")
        return bool(cursor.fetchone()[0])
