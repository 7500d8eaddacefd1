"""Results of studies as files: written as they come, so that nothing is lost, and continued where they ended."""

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, as_completed
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import kentongan.engine
from kentongan.kit.periods import WITA

RESULTS = Path(__file__).parents[1] / "docs" / "validation"

SAVE_EVERY_SECONDS = 20.0

Json = dict[str, Any]
Answer = TypeVar("Answer")
Key = TypeVar("Key")


def engine_digest() -> str:
    """Return a fingerprint of the engine's source: two runs with the same one scanned alike."""
    root = Path(kentongan.engine.__file__).parent
    digest = hashlib.blake2b(digest_size=6)
    for path in sorted(root.rglob("*.py")):
        if "tests" not in path.parts:
            digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def stamp() -> Json:
    """Return when, with what and on what a study ran."""
    return {
        "ran_on": datetime.now(tz=WITA).date().isoformat(),
        "kentongan": version("kentongan"),
        "engine": engine_digest(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
    }


def load(path: Path, settings: Json) -> Json:
    """Return what an earlier run with the same settings left, or nothing."""
    if path.exists():
        held: Json = json.loads(path.read_text(encoding="utf-8"))
        if held["settings"] == settings:
            return held
    return {"settings": settings, "stamp": {}, "cells": {}}


def save(path: Path, results: Json) -> None:
    """Leave the results in the file, whole even when the run is interrupted while it writes."""
    results["stamp"] = stamp()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(_written(results), encoding="utf-8")
    draft.replace(path)


def _written(results: Json) -> str:
    """Return the results as JSON with one line for each cell."""
    cells = [
        f"{json.dumps(row)}: {{\n"
        + ",\n".join(f"  {json.dumps(column)}: {json.dumps(kept)}" for column, kept in sorted(cell.items()))
        + "\n }"
        for row, cell in sorted(results["cells"].items())
    ]
    others = [f"{json.dumps(name)}: {json.dumps(kept)}" for name, kept in sorted(results.items()) if name != "cells"]
    return "{\n" + ",\n".join([*others, '"cells": {\n ' + ",\n ".join(cells) + "\n}"]) + "\n}\n"


def gather(
    tasks: Mapping[Future[Answer], Key], keep: Callable[[Key, Answer], None], *, title: str, path: Path, results: Json
) -> None:
    """Keep every answer as it comes, with a progress bar; the file is never more than a little behind."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    saved = time.monotonic()
    with Progress(*columns) as progress:
        bar = progress.add_task(title, total=len(tasks))
        for done in as_completed(tasks):
            keep(tasks[done], done.result())
            progress.advance(bar)
            if time.monotonic() - saved > SAVE_EVERY_SECONDS:
                save(path, results)
                saved = time.monotonic()
    save(path, results)
