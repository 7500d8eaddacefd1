"""Run every benchmark and keep what it printed, with the day and the machine, in docs/benchmarks.md.

python scripts/benchmark_page.py [NAME ...]     # all of benchmarks/bench_*.py by default
"""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`; each table is what the script printed. Processor seconds count, not wall seconds: the machine is
shared. Peers and bounds are measured in the same run where they can be installed.

"""


def run(script: Path) -> str:
    """Return what the benchmark printed; it is shown while it runs."""
    print(f"== {script.name}", flush=True)
    lines = []
    command = [sys.executable, str(script)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        raise SystemExit(process.returncode)
    return "\n".join(lines).strip()


def machine() -> str:
    """Return the day, the processors and the versions under which the tables were made."""
    today = datetime.now(UTC).date().isoformat()
    load = os.getloadavg()[0]
    return f"{today}, {os.cpu_count()} processors ({platform.machine()}), load {load:.1f}, Python {platform.python_version()}"


def main(names: list[str]) -> None:
    """Write the page."""
    scripts = [ROOT / "benchmarks" / name for name in names] or sorted((ROOT / "benchmarks").glob("bench_*.py"))
    parts = [f"## {script.stem}\n\n{machine()}\n\n```text\n{run(script)}\n```\n" for script in scripts]
    PAGE.write_text(HEAD + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
