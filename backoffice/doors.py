"""Every screen with the right it asks for, read from the resolver."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from django.contrib.auth.mixins import LoginRequiredMixin
from django.urls import URLPattern, URLResolver, get_resolver

from backoffice.access import Permitted
from kernel.permissions import OWNED_VERBS, permission_kinds

_NAMED = re.compile(r"<(?:\w+:)?(\w+)>")


class ScreenDoor(NamedTuple):
    """One method at one screen, and what it asks for; no kind = anybody signed in."""

    path: str
    method: str
    kind: str
    verb: str

    @property
    def owned(self) -> bool:
        """Say whether *own* is enough for one's own items."""
        registered = permission_kinds.get(self.kind)
        return bool(registered and registered.owned and self.verb in OWNED_VERBS)


def screens() -> list[ScreenDoor]:
    """Return what people who are signed in can reach, the API aside."""
    return sorted(set(_doors()))


def unguarded() -> list[str]:
    """Return the addresses outside the API that ask for no sign-in: only public pages may."""
    found = []
    for path, pattern in _patterns(get_resolver()):
        view = getattr(pattern.callback, "view_class", None)
        if not (view and issubclass(view, LoginRequiredMixin)) and not path.startswith("api/"):
            found.append(path)
    return sorted(found)


def table() -> str:
    """Write them as a section of docs/permissions.md."""
    rows = [
        f"| `{door.method} /{door.path}` | {door.kind or '*signed in*'} | "
        f"{door.verb if door.kind else ''} | {'own · all' if door.owned else 'all'} |"
        for door in screens()
    ]
    return SECTION.format(rows="\n".join(rows))


def _doors() -> Iterator[ScreenDoor]:
    for path, pattern in _patterns(get_resolver()):
        callback: Any = pattern.callback
        view: Any = getattr(callback, "view_class", None)
        if view is None or not issubclass(view, LoginRequiredMixin):
            continue
        given: dict[str, Any] = callback.view_initkwargs
        kind = given.get("kind", getattr(view, "kind", "")) if issubclass(view, Permitted) else ""
        verb = given.get("verb", getattr(view, "verb", "view"))
        for method in ("get", "post"):
            if hasattr(view, method):
                needed = getattr(view, "verbs", {}).get(method, verb)
                yield ScreenDoor(_NAMED.sub(r"{\1}", path), method.upper(), kind, needed)


def _patterns(resolver: URLResolver, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        path = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _patterns(item, path)
        else:
            yield path, item


SECTION = """
## Screens

Strangers are sent to the sign-in. What a screen posts asks for the right named here, and bulk
actions and sends for their own right besides.

| screen | kind | right | reach |
|---|---|---|---|
{rows}
"""
