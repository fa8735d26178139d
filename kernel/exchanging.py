"""Settings that are to name other objects than before, such as those of another workspace."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from kernel.ids import LARGEST_SMALL_ID, read_id

# Kind and id of an object → the id of the one that takes its place; None: there is none.
Exchange = Callable[[str, int], int | None]
# Stands in a condition for an object there is none for, which `lacks` then refuses: left out, the
# condition would mean others, and a filter more people.
NONE = LARGEST_SMALL_ID
_NONES = frozenset({NONE, str(NONE)})


def lacks(written: Any) -> bool:
    """Say whether a condition, as somebody wrote it, names an object there is none for."""
    if isinstance(written, Mapping):
        return any(map(lacks, written.values()))
    if isinstance(written, list):
        return any(map(lacks, written))
    if isinstance(written, str):
        return written.rpartition(".")[2].rpartition(":")[2] in _NONES
    return type(written) is int and written == NONE


def exchanged(kind: str, value: Any, exchange: Exchange, *, without: int | None = None) -> Any:
    """Exchange an id, each of a list, or what a comparison compares with.

    What is no id stays; what has no place is `without`, and left out of a list where that is None.
    """
    if isinstance(value, list):
        found = (exchanged(kind, item, exchange, without=without) for item in value)
        return [item for item in found if item is not None]
    if isinstance(value, Mapping):
        return {
            name: exchanged(kind, item, exchange, without=without) if name == "value" else item
            for name, item in value.items()
        }
    number = read_id(value)
    if number is None:
        return value
    other = exchange(kind, number)
    return without if other is None else other


def exchanged_name(name: str, prefix: str, kind: str, exchange: Exchange) -> str:
    """Exchange the id in a name such as `points.7`."""
    number = read_id(name.removeprefix(prefix)) if name.startswith(prefix) else None
    return name if number is None else f"{prefix}{exchange(kind, number) or NONE}"


def exchanged_text(value: Any, kinds: Collection[str], exchange: Exchange) -> Any:
    """Exchange the id in a text such as `import:7`, in each of a list, or in a comparison."""
    if isinstance(value, list):
        return [exchanged_text(item, kinds, exchange) for item in value]
    if isinstance(value, Mapping):
        return {name: exchanged_text(item, kinds, exchange) for name, item in value.items()}
    kind, colon, _number = value.partition(":") if isinstance(value, str) else ("", "", "")
    return exchanged_name(value, f"{kind}:", kind, exchange) if colon and kind in kinds else value
