"""Every page, wide and narrow: nothing serious for axe, nothing cut off, no error in the console, no needless weight."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Page, Response, expect

from . import steps
from .browser import NARROW, WIDE, Desks
from .pages import SCREENS, Screen, reach

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
MOST_BYTES = 150_000
OF_THE_MAP = ("/static/web/vendor/", "/static/maps/", "/peta/")
WEIGHTY = ("serious", "critical")


@dataclass
class Watched:
    """A page with what its browser complained about and what it fetched since the last look."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    fetched: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"uncaught: {error}"))
        self.page.on("response", self._answered)
        network = self.page.context.new_cdp_session(self.page)
        network.send("Network.enable")
        network.send(
            "Network.setCacheDisabled", {"cacheDisabled": True}
        )  # every page is weighed as if it were the first
        addresses: dict[str, str] = {}
        network.on("Network.requestWillBeSent", lambda sent: self._sent(sent, addresses))
        network.on("Network.loadingFinished", lambda done: self._done(done, addresses))

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that answers 403, 404 or 422 on purpose is named in the console as a resource that failed.
        is_the_page_itself = urlsplit(message.location.get("url", "")).path == urlsplit(self.page.url).path
        if message.type == "error" and not ("Failed to load resource" in message.text and is_the_page_itself):
            self.complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def _answered(self, answer: Response) -> None:
        if answer.status >= 500:
            self.complaints.append(f"{answer.status} from {answer.url}")

    def _sent(self, sent: dict[str, Any], addresses: dict[str, str]) -> None:
        if sent.get("type") == "Document":
            self.fetched.clear()  # the way to a page may lead over others
        addresses[sent["requestId"]] = urlsplit(sent["request"]["url"]).path

    def _done(self, done: dict[str, Any], addresses: dict[str, str]) -> None:
        path = addresses.get(done["requestId"], "")
        if not path.startswith(OF_THE_MAP):
            self.fetched[path] = self.fetched.get(path, 0) + int(done["encodedDataLength"])


@pytest.fixture(scope="module")
def walk(all_desks: Desks) -> Iterator[dict[str, Watched]]:
    """One watched window for each account, kept open over all pages."""
    if not AXE.exists():
        pytest.fail(f"{AXE} is missing: run `make setup`, which installs axe-core with the browser libraries")
    yield {}
    all_desks.close()


def _window(walk: dict[str, Watched], desks: Desks, account: str | None) -> Watched:
    name = account or ""
    if name not in walk:
        page = desks.of(account) if account else desks.nobody()
        page.context.add_init_script(path=AXE)  # an init script is not subject to the page's own security policy
        walk[name] = Watched(page)
    return walk[name]


@pytest.mark.parametrize(
    "asked_at", [pytest.param(WIDE, id="wide"), pytest.param(NARROW, id="narrow", marks=pytest.mark.nightly)]
)
@pytest.mark.parametrize(
    "screen", [pytest.param(one, id=one.name, marks=[pytest.mark.nightly] * one.is_at_night) for one in SCREENS]
)
def test_the_page_is_accessible_whole_quiet_and_light(
    walk: dict[str, Watched], all_desks: Desks, screen: Screen, asked_at: dict[str, int]
) -> None:
    window = _window(walk, all_desks, screen.account)
    window.page.set_viewport_size(WIDE)
    window.complaints.clear()

    reach(screen, window.page, all_desks.installation.passwords)

    assert not list(_faults(window, screen, asked_at))


def _faults(window: Watched, screen: Screen, asked_at: dict[str, int]) -> Iterator[str]:
    """Yield what is wrong with a page: for axe at one size, which takes it a second, and what is cut off at both."""
    yield from (f"console: {said}" for said in window.complaints)
    if not screen.is_ours:
        return
    if (weight := sum(window.fetched.values())) > MOST_BYTES:
        heaviest = sorted(window.fetched.items(), key=lambda one: -one[1])[:3]
        yield f"weighs {weight} bytes without the map, most of it {heaviest}"
    for size in (WIDE, NARROW):
        window.page.set_viewport_size(size)
        violations = _violations(window.page) if size == asked_at else ()
        for fault in (*violations, *_overflow(window.page, size["width"])):
            yield f"at {size['width']} px: {fault}"


def _violations(page: Page) -> Iterator[str]:
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": {"type": "tag", "values": rules}, "resultTypes": ["violations"]}
    for one in page.evaluate("options => axe.run(document, options)", options)["violations"]:
        if one["impact"] in WEIGHTY:
            nodes = "; ".join(f"{' '.join(node['target'])} {node['html'][:160]}" for node in one["nodes"][:3])
            yield f"axe {one['impact']} {one['id']}: {one['help']} ({len(one['nodes'])}: {nodes})"


def _overflow(page: Page, width: int) -> Iterator[str]:
    if (reaches := page.evaluate("document.documentElement.scrollWidth")) > width:
        widest = page.evaluate(
            "width => [...document.querySelectorAll('main *, header *, footer *')]"
            ".filter(e => e.getBoundingClientRect().right > width + 1 && !e.closest('.table-wrap') && !e.closest('.map'))"
            ".slice(0, 3).map(e => e.outerHTML.slice(0, 120))",
            width,
        )
        yield f"reaches {reaches} px to the right: {widest}"


def test_the_ruler_itself_measures(walk: dict[str, Watched], all_desks: Desks) -> None:
    window = _window(walk, all_desks, None)
    window.page.goto("/akun/login/")
    window.complaints.clear()
    window.page.evaluate(
        """() => {
            document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/tidak-ada.png"><button></button>');
            document.querySelector('main').insertAdjacentText('beforeend', 'lebar'.repeat(400));
            document.body.appendChild(document.createElement('script')).textContent = 'document.title = "lolos"';
            console.error('sengaja');
        }"""
    )
    expect(window.page.locator("main img")).to_have_js_property("complete", True)

    faults = "\n".join(_faults(window, SCREENS[0], WIDE))

    for planted in ("image-alt", "button-name", "at 390 px: reaches", "sengaja", "404", "Content Security Policy"):
        assert planted in faults


def test_the_keyboard_reaches_the_content_and_shows_where_it_is(desks: Desks) -> None:
    page = desks.of("analis")
    page.goto("/kejadian/")

    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Langsung ke isi")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main").locator(":focus")).to_have_count(
        1
    )  # the next stop lies in the content, not in the menu


@pytest.mark.parametrize("path", ["/", "/laporan/baru/", "/kejadian/", "/pemantauan/"])
def test_every_control_that_the_keyboard_stops_at_is_marked(desks: Desks, path: str) -> None:
    page = desks.of("analis")
    page.goto(path)

    marked: dict[str, bool] = {}
    for _ in range(25):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            """() => {
                const e = document.activeElement, style = getComputedStyle(e);
                const ring = parseFloat(style.outlineWidth) > 0 && style.outlineStyle !== 'none';
                return {html: e.outerHTML.slice(0, 120), marked: e === document.body || ring || style.boxShadow !== 'none'};
            }"""
        )
        marked.setdefault(
            focused["html"], focused["marked"]
        )  # a date has several stops; the browser marks the inner ones

    assert not [html for html, is_marked in marked.items() if not is_marked]


def test_the_report_form_can_be_filled_and_sent_with_the_keyboard_alone(desks: Desks) -> None:
    page = desks.of("desa.silawan")
    page.goto("/laporan/lapangan/")
    page.get_by_label("Apa yang terjadi").focus()
    page.keyboard.type("Tiga truk tanpa muatan menunggu di jalan desa semalaman.")
    page.keyboard.press("Tab")
    page.keyboard.type("Silawan, Tasifeto Timur, Belu")
    page.get_by_label("Hari apa").fill("2026-11-14")
    page.get_by_role("button", name="Kirim laporan").focus()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_contain_text("Tiga truk tanpa muatan")
    expect(steps.fact(page, "Wilayah")).to_contain_text("Silawan")
