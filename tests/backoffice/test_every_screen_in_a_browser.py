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
from tests.browser import PHONE, WIDE, faults, sideways
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
RUN = re.compile(r"^/emails/runs/\d+$")


# Editors fill the window: they have a bar instead of the frame.
HREFS = "links => links.map(link => new URL(link.href).pathname + new URL(link.href).search)"
LIGHT, DARK, LONG = "light", "dark", pytest.mark.long


@pytest.mark.parametrize(
    ("theme", "size"),
    [
        pytest.param(LIGHT, WIDE, id="light and wide"),
        pytest.param(DARK, PHONE, id="dark and narrow"),
        pytest.param(DARK, WIDE, id="dark and wide", marks=LONG),
        pytest.param(LIGHT, PHONE, id="light and narrow", marks=LONG),
    ],
)
def test_screens_are_clean(theme: str, size: dict[str, int], open_page: Any, alice: User):
    api = client_of(alice)
    world = World(alice, api)
    file = SimpleUploadedFile("people.csv", b"Email;City\nanna@example.com;Lyon\nbad;Nice\n")
    draft = api.post("/api/v1/imports/drafts", {"file": file}, format="multipart").json()["id"]
    doors = [door for door in screens() if door.method == "GET"]
    paths = [path_of(door, world) for door in doors]
    paths = [DRAFTED.sub(rf"/imports/{draft}/\1", path) for path in paths]
    page = open_page("/", viewport=size, color_scheme=theme)
    home, wrong = page.url.rstrip("/"), list[str]()
    left, seen = (
        [path for path in paths if not (path.endswith(NO_PAGES) or RUN.match(path))],
        set[str](),
    )
    while left:
        path = left.pop(0)
        seen.add(path)
        answer = page.goto(home + path)
        wrong += [f"{path} answered {answer.status}"] if answer.status != 200 else []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if page.locator("#content").count():
            # The frame is the same everywhere: it is looked at once.
            wrong += faults(page, whole=path == "/")
            wrong += [f"{path} scrolls sideways"] if sideways(page) else []
            asks = page.locator("dialog[open]").count()
            wrong += [f"{path} asks something by itself"] if asks else []
        elif answer.status == 200:
            wrong.append(f"{path} is no page")
        tabs = page.locator("nav.tabs a").evaluate_all(HREFS)
        left += [tab for tab in tabs if tab not in seen and tab not in left]
    assert not wrong, "\n".join(wrong)
    assert sum("?tab=" in path for path in seen) > 15


@pytest.mark.parametrize(
    ("theme", "size"), [(LIGHT, WIDE), (DARK, PHONE)], ids=["light and wide", "dark and narrow"]
)
def test_pages_for_strangers_are_clean(
    theme: str, size: dict[str, int], open_page: Any, alice: User
):
    page = open_page("/", viewport=size, color_scheme=theme)
    home, wrong = page.url.rstrip("/"), list[str]()
    page.context.clear_cookies()
    for path, status in for_strangers(World(alice, client_of(alice))).items():
        answer = page.goto(home + path)
        wrong += [f"{path} answered {answer.status}"] if answer.status != status else []
        wrong += faults(page)
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
