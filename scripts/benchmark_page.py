"""Run every benchmark and keep what it printed, with the day and the machine, in docs/benchmarks.md.

python scripts/benchmark_page.py [NAME ...]     # all of benchmarks/bench_*.py by default; the others' tables stay
"""

import os
import platform
import re
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
    return (
        f"{today}, {os.cpu_count()} processors ({processor()}), load {load:.1f} at the start, "
        f"Python {platform.python_version()}"
    )


def processor() -> str:
    """Return what the processor calls itself, or at least its kind."""
    told = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return f"{names[0]}, {platform.machine()}" if names else platform.machine()


def kept() -> dict[str, str]:
    """Return the sections of the page as it stands, by their benchmarks' names."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    parts = re.split(r"^## (\w+)\n", page, flags=re.MULTILINE)[1:]
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def main(names: list[str]) -> None:
    """Write the page."""
    every = {script.stem: script for script in sorted((ROOT / "benchmarks").glob("bench_*.py"))}
    asked = [name.removesuffix(".py") for name in names] or list(every)
    sections = kept()
    for name in asked:
        # Each is written when it ends: a later one that fails takes nothing with it.
        sections[name] = f"{machine()}\n\n```text\n{run(every[name])}\n```"
        page = "\n\n".join(f"## {stem}\n\n{sections[stem]}" for stem in every if stem in sections)
        PAGE.write_text(f"{HEAD}{page}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
