"""Results of studies as files: written as they come, so that nothing is lost, and continued where they ended."""

import hashlib
import json
import os
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import kentongan.engine
from kentongan.kit.periods import WITA

RESULTS = Path(__file__).parents[1] / "docs" / "validation"

Json = dict[str, Any]


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
    draft.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(path)
