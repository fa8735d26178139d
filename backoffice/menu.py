"""The menu: apps register their places, nobody lists them by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.permissions import Reach


@dataclass(frozen=True)
class Place:
    """One entry: where it leads, and the kind of items one must be able to view to see it."""

    label: Any
    url_name: str
    icon: str
    order: int
    kind: str = ""


@dataclass(frozen=True)
class Entry:
    """A place as one request shows it."""

    label: Any
    url: str
    icon: str
    here: bool


_places: list[Place] = []


def register(place: Place) -> None:
    """Offer a place in the menu; called from `backoffice.py`."""
    _places.append(place)


def entries(request: HttpRequest) -> Sequence[Entry]:
    """Return the places this user may go to, marking the one they are at."""
    user = request.user
    if isinstance(user, AnonymousUser):
        return []
    seen = []
    for place in sorted(_places, key=lambda place: place.order):
        if place.kind and user.reach(place.kind, "view") is Reach.NONE:
            continue
        url = reverse(place.url_name)
        here = request.path == url if url == "/" else request.path.startswith(url)
        seen.append(Entry(place.label, url, place.icon, here))
    return seen


def menu(request: HttpRequest) -> dict[str, Any]:
    """Put the menu into the context of every template, worked out only where it is shown."""
    return {"menu": lambda: entries(request)}


register(Place(_("Start"), "backoffice:start", "home", 0))
register(Place(_("API reference"), "api:docs", "code", 900))
