"""A Chromium that is already on the machine, and officers who sign in with it."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from .installation import Installation

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 390, "height": 844}
PATIENCE_MS = 30_000
"""How long an element is waited for: generous, because the machine may be busy with other work."""


def chromium() -> str | None:
    """Return the browser that the environment names, or one on the path, or None."""
    if named := os.environ.get("KENTONGAN_CHROMIUM"):
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextlib.contextmanager
def browsing(executable: str) -> Iterator[Browser]:
    """Run the browser while the block runs."""
    with sync_playwright() as playwright, _launched(playwright, executable) as browser:
        yield browser


@contextlib.contextmanager
def _launched(playwright: Playwright, executable: str) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
    try:
        yield browser
    finally:
        browser.close()


@dataclass
class Desks:
    """Opens the installation in a window of its own for each officer; an account signs in once and is remembered."""

    installation: Installation
    browser: Browser
    open: list[BrowserContext] = field(default_factory=list)
    _signed_in: dict[str, Any] = field(default_factory=dict)

    def of(self, account: str, **window: Any) -> Page:
        """Return a page at which the demonstration's account is signed in."""
        if account not in self._signed_in:
            entrance = self.nobody()
            sign_in(entrance, account, self.installation.passwords[account])
            self._signed_in[account] = entrance.context.storage_state()
        return self._page(storage_state=self._signed_in[account], **window)

    def nobody(self, **window: Any) -> Page:
        """Return a page at which nobody is signed in."""
        return self._page(**window)

    def close(self) -> None:
        """Close every window."""
        while self.open:
            self.open.pop().close()

    def _page(self, **window: Any) -> Page:
        settings = {
            "base_url": self.installation.address,
            "locale": "id-ID",
            "viewport": WIDE,
            "reduced_motion": "reduce",
        } | window
        context = self.browser.new_context(**settings)
        context.set_default_timeout(PATIENCE_MS)
        self.open.append(context)
        return context.new_page()


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill in the entrance; where it leads is for the caller to look at."""
    page.goto("/akun/login/")
    page.get_by_label("Nama pengguna").fill(username)
    page.get_by_label("Kata sandi").fill(password)
    page.get_by_role("button", name="Masuk", exact=True).click()
    page.wait_for_url(lambda address: "/akun/login/" not in address)


def confirm_password(page: Page, password: str) -> None:
    """Whoever is signed in has given the password once more, as pages of the second factor want it."""
    page.goto("/akun/reauthenticate/?next=/akun/2fa/")
    page.locator("main input[type=password]").fill(password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/akun/2fa/")
