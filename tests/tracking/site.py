"""A tracked site and its visitors, as their browsers talk to us."""

import uuid
from typing import Any

import orjson
from django.test import Client

from kernel.events import type_id
from kernel.models import Event
from tests.settle import settle
from tracking import spool, spooler

SITE = "https://shop.example"
HUMAN = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


class Visit:
    """One browser on the site, with its key."""

    def __init__(self, site: str = SITE, agent: str = HUMAN) -> None:
        self.key = str(uuid.uuid4())
        self.site = site
        self.client = Client(headers={"user-agent": agent})

    def post(self, *deeds: dict[str, Any], headers: dict[str, str] | None = None, **more: Any):
        """Send a hit as the script does."""
        body = {"v": self.key, "c": 1, "e": list(deeds), **more}
        return self.client.post(
            "/t/hit",
            orjson.dumps(body),
            content_type="text/plain",
            headers={"origin": self.site, **(headers or {})},
        )

    def view(self, path: str = "/", **more: Any):
        """Look at a page."""
        return self.post({"n": "view", "u": f"{self.site}{path}", "t": "A page"}, **more)


def arrive() -> None:
    """Let the spooler and the workers do their part."""
    spool.flush()
    spooler.copy_all()
    settle()


def events_of(key: str = "pages.viewed", contact: int | None = None) -> list[Event]:
    arrive()
    rows = Event.objects.filter(type_id=type_id(key)).order_by("occurred_at", "id")
    return list(rows.filter(contact_id=contact) if contact else rows)
