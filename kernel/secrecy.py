"""Whether whoever reads now may see what is marked sensitive; work nobody asked for sees all.

The gates of screens and of the API say who reads; the end of the request forgets it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.signals import request_finished, request_started

from kernel.permissions import Actor, Reach

KIND = "sensitive"
_hides: ContextVar[bool] = ContextVar("hides", default=False)
_reader: ContextVar[Actor | None] = ContextVar("reader", default=None)
# What is hidden, once it was asked: every document of an answer is looked through for it.
_names: ContextVar[frozenset[str] | None] = ContextVar("names", default=None)


def hidden_from(user: Actor) -> bool:
    """Say whether a user lacks the right to see what is sensitive."""
    return user.reach(KIND, "view") is Reach.NONE


def enter(user: Actor) -> None:
    """Read for this user until the request ends."""
    _hides.set(hidden_from(user))
    _reader.set(user)
    _names.set(None)


def hides() -> bool:
    """Say whether what is sensitive is kept from whoever reads now."""
    return _hides.get()


def sees_all(kind: str) -> bool:
    """Say whether whoever reads now sees every item of a kind."""
    reader = _reader.get()
    return reader is None or reader.reach(kind, "view") is Reach.ALL


@contextmanager
def reading_for(user: Actor) -> Iterator[None]:
    """Read for a user, such as the one who asked for an export."""
    before, reader = _hides.set(hidden_from(user)), _reader.set(user)
    names_before = _names.set(None)
    try:
        yield
    finally:
        _names.reset(names_before)
        _hides.reset(before)
        _reader.reset(reader)


Names = Callable[[], frozenset[str]]
_naming: list[Names] = []


def named_by(names: Names) -> Names:
    """Register who knows what is kept from whoever reads now, by alias; used as a decorator."""
    _naming.append(names)
    return names


def names() -> frozenset[str]:
    """Return the aliases of what is kept from whoever reads now."""
    if not hides():
        return frozenset()
    if (found := _names.get()) is None:
        found = frozenset[str]().union(*(known() for known in _naming))
        _names.set(found)
    return found


def _forget(**_more: Any) -> None:
    _hides.set(False)
    _names.set(None)
    _reader.set(None)


request_started.connect(_forget, dispatch_uid="kernel.secrecy.started")
request_finished.connect(_forget, dispatch_uid="kernel.secrecy.finished")
