"""One installation and one browser for all journeys; a window of its own for every officer of a journey."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .browser import PATIENCE_MS, Desks, browsing, chromium
from .installation import Installation, demonstration

NOT_RUN = "BROWSER JOURNEYS NOT RUN"

# Package scope, not session: Playwright leaves an event loop running in this thread, and Django's database layer refuses
# to work beside one. The tests of the other folders come after the browser is gone.


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        why = "no Chromium on this machine (looked for KENTONGAN_CHROMIUM, chromium, chromium-browser, google-chrome)"
        if os.environ.get("KENTONGAN_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{why}, and KENTONGAN_REQUIRE_BROWSER=1 demands one")
        pytest.skip(f"{NOT_RUN}: {why}")
    expect.set_options(timeout=PATIENCE_MS)
    with browsing(executable) as running:
        yield running


@pytest.fixture(scope="package")
def installation(browser: Browser) -> Iterator[Installation]:
    with demonstration() as served:
        yield served


@pytest.fixture(scope="package")
def all_desks(installation: Installation, browser: Browser) -> Iterator[Desks]:
    desks = Desks(installation, browser)
    yield desks
    desks.close()


@pytest.fixture
def desks(all_desks: Desks) -> Iterator[Desks]:
    """Windows for the officers of one journey, closed at its end."""
    yield all_desks
    all_desks.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in so many words that journeys were skipped: a row of letters is easily overlooked."""
    reasons = {
        report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if NOT_RUN in str(report.longrepr)
    }
    for reason in sorted(reasons):
        terminalreporter.write_line(reason.removeprefix("Skipped: "), red=True, bold=True)
