"""Settings that are to name other objects than before, such as those of another workspace."""

from collections.abc import Callable
from typing import Any

from kernel.ids import LARGEST_SMALL_ID, read_id

# Kind and id of an object → the id of the one that takes its place; None: there is none.
Exchange = Callable[[str, int], int | None]
# Stands in a condition for an object there is none for: left out, it would mean more people.
NONE = LARGEST_SMALL_ID


def exchanged(kind: str, value: Any, exchange: Exchange, *, without: int | None = None) -> Any:
    """Exchange an id, or each of a list; what is no id stays, what has no place is `without`.

    From a list it is left out where `without` is None.
    """
    if isinstance(value, list):
        found = (exchanged(kind, item, exchange, without=without) for item in value)
        return [item for item in found if item is not None]
    number = read_id(value)
    if number is None:
        return value
    other = exchange(kind, number)
    return without if other is None else other


def exchanged_name(name: str, prefix: str, kind: str, exchange: Exchange) -> str:
    """Exchange the id in a name such as `points.7`."""
    number = read_id(name.removeprefix(prefix)) if name.startswith(prefix) else None
    return name if number is None else f"{prefix}{exchange(kind, number) or NONE}"
