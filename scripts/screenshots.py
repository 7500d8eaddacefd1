"""Take a picture of every page at 1280 and 390 px, on a simulated installation that this script sets up and ends.

`python scripts/screenshots.py [FOLDER]` writes the pictures into the folder (default: `var/screenshots`), and the home page as
`docs/images/beranda.png`. It needs a Chromium on this machine.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.journeys.browser import NARROW, WIDE, Desks, browsing, chromium  # noqa: E402 - found through the path above
from tests.journeys.installation import demonstration  # noqa: E402 - likewise
from tests.journeys.pages import SCREENS, reach  # noqa: E402 - likewise

HOME_PICTURE = ROOT / "docs" / "images" / "beranda.png"
HOME = "beranda"
MAP_IS_DRAWN_MS = 4000


def main(arguments: list[str]) -> int:
    """Leave a picture of every page at both widths; return 0 when all were taken."""
    executable = chromium()
    if executable is None:
        print("No Chromium on this machine: set KENTONGAN_CHROMIUM, or install the package chromium.", file=sys.stderr)
        return 1
    folder = Path(arguments[0]) if arguments else ROOT / "var" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    print("Setting up a simulated installation (about a minute).")
    with browsing(executable) as browser, demonstration() as installation:
        desks = Desks(installation, browser)
        taken = list(_pictures(desks, folder))
        desks.close()
    print(f"{len(taken)} pictures in {folder}; the home page in {HOME_PICTURE.relative_to(ROOT)}")
    return 0


def _pictures(desks: Desks, folder: Path) -> Iterator[Path]:
    windows: dict[str | None, Page] = {}
    for screen in SCREENS:
        if screen.account not in windows:
            windows[screen.account] = desks.of(screen.account) if screen.account else desks.nobody()
        page = windows[screen.account]
        page.set_viewport_size(WIDE)
        reach(screen, page, desks.installation.passwords)
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            if page.locator("[data-map]").count():
                page.wait_for_timeout(MAP_IS_DRAWN_MS)
            if screen.name == HOME and size == WIDE:
                HOME_PICTURE.parent.mkdir(parents=True, exist_ok=True)
                page.screenshot(path=HOME_PICTURE)
            path = folder / f"{screen.name}-{size['width']}.png"
            page.screenshot(path=path, full_page=True)
            yield path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
