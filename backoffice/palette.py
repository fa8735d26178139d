"""Find or do: what the user may make, and what apps find by a text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backoffice import menu
from kernel.filters.questions import within_time
from kernel.permissions import Reach

MOST = 5
# Each finder has so long: people type on meanwhile.
PATIENCE_MS = 800


class _TooSlow(Exception):  # noqa: N818 - an answer
    """A finder takes longer than somebody who types waits."""


@dataclass(frozen=True)
class Creation:
    """Something that can be made, and the right to it."""

    label: Any
    url_name: str
    icon: str
    order: int
    kind: str
    verb: str = "create"
    # What the address says beside its place, such as `object=company`.
    query: str = ""
    # What else must hold for a user; nothing where it is not given.
    asks: Callable[[Any], object] | None = None

    @property
    def url(self) -> str:
        """Return its address."""
        return reverse(self.url_name) + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Offer:
    """One line of the palette or of the menu *Create*."""

    label: Any
    url: str
    icon: str
    beside: str = ""


@dataclass(frozen=True)
class Group:
    """Lines under a heading."""

    label: Any
    offers: Sequence[Offer]


Finder = Callable[[HttpRequest, str], Group | None]
_creations: list[Creation] = []
_finders: list[tuple[int, Finder]] = []


def creates(creation: Creation) -> None:
    """Offer something to make; called from an app's `backoffice`."""
    _creations.append(creation)


def finds(order: int) -> Callable[[Finder], Finder]:
    """Register who finds things by a text, as a decorator; the smallest order comes first."""

    def registered(finder: Finder) -> Finder:
        _finders.append((order, finder))
        return finder

    return registered


def creations(user: Any) -> Sequence[Offer]:
    """Return what this user may make."""
    return [
        Offer(item.label, item.url, item.icon)
        for item in sorted(_creations, key=lambda item: item.order)
        if user.is_authenticated and _meets_again(user, item)
    ]


def _meets_again(user: Any, item: Creation) -> bool:
    """Say whether somebody may make it, and see what they made."""
    if item.asks is not None and not item.asks(user):
        return False
    return all(user.reach(item.kind, verb) is not Reach.NONE for verb in (item.verb, "view"))


def search(request: HttpRequest, text: str) -> list[Group]:
    """Return what a text finds: things by the apps, then places and actions by their names."""
    groups = []
    if text:
        found = (_found(finder, request, text) for _order, finder in sorted(_finders, key=_first))
        groups = [group for group in found if group and group.offers]
    actions = _named(creations(request.user), text)
    places = _named(_places(request), text)
    groups += [Group(_("Create"), actions), Group(_("Go to"), places)]
    return [group for group in groups if group.offers]


def _first(registered: tuple[int, Finder]) -> int:
    return registered[0]


def _found(finder: Finder, request: HttpRequest, text: str) -> Group | None:
    """Ask one of them; who takes too long is left out, and the others answer."""
    try:
        with within_time(_TooSlow, PATIENCE_MS):
            return finder(request, text)
    except _TooSlow:
        return None


def _places(request: HttpRequest) -> Iterable[Offer]:
    for entry in menu.entries(request):
        for place in (entry, *entry.inside):
            if place.place.url_name:
                yield Offer(place.label, place.url, place.icon)


def _named(offers: Iterable[Offer], text: str) -> list[Offer]:
    wanted = text.casefold()
    return [offer for offer in offers if wanted in str(offer.label).casefold()]
