"""Pages in a real Chromium: what it complains of, or asks other hosts, fails a test."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from accounts.models import User
from tests.chromium import chromium

AXE = (Path(__file__).parent / "data" / "axe" / "axe.min.js").read_text()

GRAVE = """async ([part, options]) => {
  const found = await axe.run(part ?? document, { resultTypes: ["violations"], ...options });
  const grave = found.violations.filter(({ impact }) => ["serious", "critical"].includes(impact));
  return grave.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`);
}"""
# What another size or other colours may break.
SHOWN = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# As patient as whoever waits for a place on the page: a busy machine takes its time.
expect.set_options(timeout=30_000)
# Answers that are meant, and what playwright itself may not do in frames without scripts.
MEANT = (
    "/nowhere",
    "/account/invitation",
    "409",
    "422",
    "503",
    "Blocked script execution",
    "ERR_INTERNET_DISCONNECTED",
)


@pytest.fixture
def open_page(live_server: Any, alice: User, settings: Any, monkeypatch: Any) -> Iterator[Any]:
    """Open pages as Alice or another user; what the browser complains of, or asks others, fails."""
    # Playwright runs a loop in this thread, which Django takes for asynchronous code.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.SITE_URL = live_server.url

    def signed_in(user: User) -> dict[str, str]:
        client, name = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(user)
        return {"name": name, "url": live_server.url, "value": client.cookies[name].value}

    mine = signed_in(alice)
    complaints: list[str] = []
    meant = [*MEANT]
    with chromium() as browser:

        def opened(path: str, user: User | None = None, **more: Any) -> Any:
            context = browser.new_context(**{"viewport": WIDE} | more)
            context.add_cookies([signed_in(user) if user else mine])
            page = context.new_page()
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on(
                "console",
                lambda said: (
                    complaints.append(text)
                    if (text := f"{said.text} {said.location.get('url')}")
                    and said.type == "error"
                    and not any(each in text for each in meant)
                    else None
                ),
            )
            page.on(
                "request",
                lambda asked: (
                    None
                    if asked.url.startswith((live_server.url, "data:", "blob:"))
                    else complaints.append(asked.url)
                ),
            )
            page.goto(live_server.url + path)
            return page

        # What one test means besides is added there.
        opened.meant = meant  # type: ignore[attr-defined]
        yield opened
        assert not complaints, "\n".join(complaints)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Any, str], None]:
    """Keep what a page shows for the docs, where `./dev test … --pictures` asks for that."""
    wanted = request.config.getoption("--pictures")

    def taken(page: Any, name: str) -> None:
        if wanted:
            page.evaluate("document.fonts.ready")
            page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")

    return taken


def faults(page: Any, *, whole: bool = True, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe finds serious or critical on a page, or in what no other page has."""
    part = None if whole else {"include": ["#content", "dialog[open]"]}
    page.evaluate("source => window.axe ?? (0, eval)(source)", AXE)
    asked = [part, {"runOnly": rules} if rules else {}]
    grave = page.evaluate(GRAVE, asked)
    if grave:
        # Perhaps it was still being drawn: what stays is a fault.
        page.wait_for_load_state("networkidle")
        grave = page.evaluate(GRAVE, asked)
    return [f"{page.url}: {fault}" for fault in grave]


def sideways(page: Any) -> bool:
    """Say whether the page scrolls sideways as a whole."""
    wider = "document.scrollingElement.scrollWidth > document.documentElement.clientWidth"
    return bool(page.evaluate(wider))
