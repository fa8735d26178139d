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

pytestmark = pytest.mark.django_db(transaction=True)
# Answers that are no pages: downloads, and parts that htmx or a frame asks for.
# Steps of the wizard are of drafts alone.
DRAFTED = re.compile(r"^/imports/\d+/(columns|rules|check)$")
NO_PAGES = (
    "/source",
    "/body",
    ".csv",
    "find",
    "/preview",
    "/progress",
    "/people",
    "/sample",
    "/why",
    "/field",
)


@pytest.mark.parametrize(
    ("theme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["light and wide", "dark and narrow"]
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
    for path in paths:
        if path.endswith(NO_PAGES):
            continue
        answer = page.goto(home + path)
        wrong += [f"{path} answered {answer.status}"] if answer.status != 200 else []
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if answer.status == 200 and page.locator("#content").count():
            wrong += faults(page)
            wrong += [f"{path} scrolls sideways"] if sideways(page) else []
    assert not wrong, "\n".join(wrong)
