"""The menu: apps register their places, nobody lists them by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel.permissions import Reach

# Places under this one have a column of their own instead of lines in the sidebar.
SETTINGS = "settings"


@dataclass(frozen=True)
class Place:
    """One entry: where it leads, and the kind of items one must be able to view to see it.

    `under` is the name of the place it stands under: `contacts`, `channels`, `points`, `settings`.
    A place without an address of its own leads to the first one under it that the user may open.
    """

    label: Any
    url_name: str
    icon: str
    order: int
    kind: str = ""
    under: str = ""
    name: str = ""
    # One of the five of small screens.
    bottom: bool = False
    # The right to such items that it takes to see the place.
    verb: str = "view"


@dataclass
class Entry:
    """A place as one request shows it."""

    place: Place
    url: str
    here: bool
    inside: list["Entry"] = field(default_factory=list)

    @property
    def label(self) -> Any:
        """What it is called."""
        return self.place.label

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return self.place.icon

    @property
    def open(self) -> bool:
        """Whether the places under it are shown."""
        return self.here or any(entry.here for entry in self.inside)


_places: list[Place] = []


def register(place: Place) -> None:
    """Offer a place in the menu; called from an app's `backoffice`."""
    _places.append(place)


def entries(request: HttpRequest) -> Sequence[Entry]:
    """Return the places this user may go to, marking the one they are at."""
    user = request.user
    if isinstance(user, AnonymousUser):
        return []
    allowed = [
        place
        for place in sorted(_places, key=lambda place: place.order)
        if not place.kind or user.reach(place.kind, place.verb) is not Reach.NONE
    ]
    tops = [_entry(place) for place in allowed if not place.under]
    for entry in tops:
        entry.inside = [_entry(place) for place in allowed if place.under == entry.place.name != ""]
        if not entry.url and entry.inside:
            entry.url = entry.inside[0].url
    tops = [entry for entry in tops if entry.url]
    _mark(tops, request.path)
    return tops


def _entry(place: Place) -> Entry:
    return Entry(place, reverse(place.url_name) if place.url_name else "", here=False)


def _mark(tops: Sequence[Entry], path: str) -> None:
    """Mark the entry whose address is the longest beginning of the path."""
    near = [entry for entry in _all(tops) if entry.place.url_name and _leads(entry.url, path)]
    if near:
        max(near, key=lambda entry: len(entry.url)).here = True


def _all(tops: Sequence[Entry]) -> Iterator[Entry]:
    for entry in tops:
        yield entry
        yield from entry.inside


def _leads(url: str, path: str) -> bool:
    return path == url if url == "/" else path == url or path.startswith(f"{url}/")


class Menu:
    """The entries of one request, worked out only where a template shows them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._entries: Sequence[Entry] | None = None

    @property
    def tops(self) -> Sequence[Entry]:
        """Everything but the settings."""
        return [entry for entry in self._all_entries() if entry.place.name != SETTINGS]

    @property
    def settings(self) -> Entry | None:
        """The settings with the places in their column."""
        found = [entry for entry in self._all_entries() if entry.place.name == SETTINGS]
        return found[0] if found else None

    @property
    def bottom(self) -> Sequence[Entry]:
        """Those that small screens keep in reach."""
        return [entry for entry in self.tops if entry.place.bottom][:4]

    def _all_entries(self) -> Sequence[Entry]:
        if self._entries is None:
            self._entries = entries(self._request)
        return self._entries


def menu(request: HttpRequest) -> dict[str, Any]:
    """Put the menu into the context of every template."""
    return {"menu": Menu(request)}


register(Place(_("Channels"), "", "send", 400, name="channels"))
register(Place(_("Content"), "", "layout-list", 450, name="content"))
register(Place(_("Points"), "", "target-arrow", 600, name="points"))
register(Place(_("Settings"), "", "settings", 900, name=SETTINGS))
register(Place(_("API reference"), "api:docs", "code", 965, under=SETTINGS))
