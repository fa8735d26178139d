"""What events are about: names for the kinds of objects that events and settings point at."""

from collections.abc import Callable, Iterable

from django.core.exceptions import ImproperlyConfigured

Names = Callable[[list[int]], dict[int, str]]
_kinds: dict[str, Names] = {}


def declare(kind: str, names: Names) -> None:
    """Say how objects of a kind (`email`, `segment`) are named; called from `plugins.py`."""
    if kind in _kinds:
        raise ImproperlyConfigured(f"Subjects of kind {kind} are declared twice.")
    _kinds[kind] = names


def names(kind: str, ids: Iterable[int]) -> dict[int, str]:
    """Return the names of those objects that still exist."""
    wanted = sorted(set(ids))
    return _kinds[kind](wanted) if wanted and kind in _kinds else {}
