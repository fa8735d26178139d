"""Every screen in a real Chromium, light and dark, on desktops and phones.

SEC-66: the policy of content holds on each. Nothing is asked of other hosts; axe finds nothing
serious; no page scrolls sideways.
"""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from backoffice.doors import screens
from tests.accounts.test_the_permission_matrix_of_screens import path_of
from tests.accounts.world import World
from tests.browser import PHONE, SHOWN, WIDE, faults, sideways
from tests.cast import client_of
from tracking.tokens import make

pytestmark = pytest.mark.django_db(transaction=True)
# Answers that are no pages: downloads, and parts that htmx or a frame asks for.
# Steps of the wizard are of drafts alone.
DRAFTED = re.compile(r"^/imports/\d+/(columns|rules|check)$")
NO_PAGES = (
    "/source",
    "/body",
    ".csv",
    ".json",
    ".zip",
    "find",
    "/preview",
    "/progress",
    "/cleared",
    "/people",
    "/sample",
    "/why",
    "/field",
    "/rank",
    "/points",
    "/where",
    "/line",
    "/columns",
    "/deletions",
    "/timeline",
    "/canvas",
    "/drawn",
    "/audience",
    "/send",
    "/open",
    "/alias",
    "/lost",
    "/notices/count",
    "/notices/latest",
    "/parked/ask",
)
RUN = re.compile(r"^/(emails|sms)/runs/\d+$")


# Editors fill the window: they have a bar instead of the frame.
HREFS = "links => links.map(link => new URL(link.href).pathname + new URL(link.href).search)"
# The page is told of another look in its next frame; colours are judged where they end.
SETTLE = """async () => {
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame);
  const moving = document.getAnimations().filter(one => one instanceof CSSTransition);
  moving.forEach(one => one.finish());
}"""
Look = tuple[str, dict[str, int]]
BRIGHT, NIGHTLY = ("light", WIDE), ("dark", PHONE)


@pytest.mark.parametrize(
    "looks",
    [
        # Half of the pages in each of both; the long run sees every page in all four.
        pytest.param((BRIGHT, NIGHTLY), id="light and wide, dark and narrow"),
        *(
            pytest.param(((theme, size),), id=f"{theme} and {name}", marks=pytest.mark.long)
            for theme in ("light", "dark")
            for name, size in {"wide": WIDE, "narrow": PHONE}.items()
        ),
    ],
)
def test_screens_are_clean(looks: tuple[Look, ...], open_page: Any, alice: User):
    page = open_page("/")
    home, wrong = page.url.rstrip("/"), list[str]()
    left, seen = screens_of(World(alice, client_of(alice)), client_of(alice)), set[str]()
    while left:
        path, look = left.pop(0), looks[len(seen) % len(looks)]
        seen.add(path)
        put_on(page, look)
        answer = page.goto(home + path)
        wrong += [f"{path} answered {answer.status}"] if answer.status != 200 else []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if page.locator("#content").count():
            wrong += [f"{look}: {fault}" for fault in faults_of(page, path)]
        elif answer.status == 200:
            wrong.append(f"{path} is no page")
        tabs = page.locator("nav.tabs a").evaluate_all(HREFS)
        left += [tab for tab in tabs if tab not in seen and tab not in left]
    assert not wrong, "\n".join(wrong)
    assert sum("?tab=" in path for path in seen) > 15


def screens_of(world: World, api: Any) -> list[str]:
    """Return the address of each page there is, of a world in which each has something to show."""
    file = SimpleUploadedFile("people.csv", b"Email;City\nanna@example.com;Lyon\nbad;Nice\n")
    draft = api.post("/api/v1/imports/drafts", {"file": file}, format="multipart").json()["id"]
    paths = [path_of(door, world) for door in screens() if door.method == "GET"]
    paths = [DRAFTED.sub(rf"/imports/{draft}/\1", path) for path in paths]
    return [path for path in paths if not (path.endswith(NO_PAGES) or RUN.match(path))]


def put_on(page: Any, look: Look) -> None:
    theme, size = look
    page.emulate_media(color_scheme=theme)
    if page.viewport_size != size:
        page.set_viewport_size(size)
    page.evaluate(SETTLE)


def faults_of(page: Any, path: str) -> list[str]:
    # The frame is the same everywhere: it is looked at once.
    wrong = faults(page, whole=path == "/")
    wrong += [f"{path} scrolls sideways"] if sideways(page) else []
    asks = page.locator("dialog[open]").count()
    return wrong + ([f"{path} asks something by itself"] if asks else [])


def test_pages_for_strangers_are_clean(open_page: Any, alice: User):
    page = open_page("/")
    home, wrong = page.url.rstrip("/"), list[str]()
    page.context.clear_cookies()
    for path, status in for_strangers(World(alice, client_of(alice))).items():
        answer = page.goto(home + path)
        wrong += [f"{path} answered {answer.status}"] if answer.status != status else []
        for look in (BRIGHT, NIGHTLY):
            put_on(page, look)
            wrong += faults(page, rules=SHOWN if look is NIGHTLY else ())
            wrong += [f"{path} scrolls sideways"] if sideways(page) else []
    assert not wrong, "\n".join(wrong)


def for_strangers(world: World) -> dict[str, int]:
    """Return pages that ask for no sign-in, each with the status of its answer."""
    reader = (world.id_of("deliveries"), world.id_of("contacts"))
    return {
        "/account/login": 200,
        "/account/password": 200,
        "/account/password/sent": 200,
        "/account/password/new/1-nothing": 200,
        "/account/invitation": 404,
        f"/e/u/{make('unsubscribe', *reader)}": 200,
        f"/e/p/{make('preferences', *reader)}": 200,
        f"/e/y/{make('confirm', *reader)}": 200,
        f"/e/v/{make('webview', reader[0])}": 200,
        "/api/docs": 200,
        "/nowhere": 404,
    }
