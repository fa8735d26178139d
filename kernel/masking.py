"""What a document asks about, or sets, that the reader may not see: masked when it is told.

A masked condition is `{"hidden": true}`, and so are the `values` that an action sets, all of them.
A mask tells nothing: it is the same for everything. What it stands for when it is sent back,
`kernel.filters.restoring` knows.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kernel import secrecy

MASK = "hidden"
# The setting of actions that holds values by the alias of their field.
VALUES = "values"
# The settings of a step, beside the key of its action.
CONFIG = "config"
# What the trail cut to length and may have been a filter: its conditions can no longer be read.
_CUT = re.compile(r'"(?:field|op|values?)"')
_ENDS_CUT = '…"'.encode()

# Actions whose values are those of other objects, where the same alias names another field.
_elsewhere: set[str] = set()

Aliases = frozenset[str]
Asks = Callable[[Mapping[str, Any], Aliases], bool]
_asking: list[Asks] = []


def asked_by(asks: Asks) -> Asks:
    """Register who knows whether a condition is about one of these fields; a decorator."""
    _asking.append(asks)
    return asks


def values_elsewhere(key: str) -> None:
    """Say of an action that the values it sets are none of contacts."""
    _elsewhere.add(key)


def masked(document: Any) -> Any:
    """Return a document, or a filter, with all masked in it that the reader may not see."""
    hidden = secrecy.names()
    return _masked(document, hidden) if hidden else document


def may_tell(written: bytes) -> bool:
    """Say whether JSON may hold what the reader may not see: where no field of it is named, none.

    Looking for names is much cheaper than looking through every part of a large document.
    """
    hidden = secrecy.names()
    return bool(hidden) and (
        _ENDS_CUT in written or any(alias.encode() in written for alias in hidden)
    )


def told(document: Any) -> Any:
    """Return a document for people to read, with words for what they may not see."""
    hidden = secrecy.names()
    return _worded(_masked(document, hidden)) if hidden else document


def words() -> str:
    """Say a condition that its reader may not see."""
    return _("a condition you may not see")


def is_masked(document: Any) -> bool:
    """Say whether a document holds a mask."""
    if isinstance(document, Mapping):
        return is_mask(document) or any(map(is_masked, document.values()))
    return isinstance(document, list) and any(map(is_masked, document))


def is_mask(value: Any) -> bool:
    """Say whether this stands for what somebody may not see."""
    return isinstance(value, Mapping) and len(value) == 1 and value.get(MASK) is True


def hides_any(document: Any) -> bool:
    """Say whether a stored document holds what the reader may not see."""
    return next(places(document), None) is not None


def places(document: Any) -> Iterator[str]:
    """Walk the dotted places that name what the reader may not see."""
    hidden = secrecy.names()
    return _places(document, hidden, "") if hidden else iter(())


def sets_elsewhere(step: Mapping[str, Any]) -> bool:
    """Say whether a step sets values of other objects."""
    return isinstance(key := step.get("key"), str) and key in _elsewhere


def is_about(value: Mapping[str, Any], hidden: Aliases) -> bool:
    """Say whether settings ask about one of these fields, its changes too, or wait for its date."""
    return _names(value.get("field"), hidden) or _asks(value, hidden)


def _names(field: Any, hidden: Aliases) -> bool:
    """Say whether a field, one of several, or one compared with is among these."""
    if isinstance(field, Mapping):
        field = field.get("value")
    if isinstance(field, list):
        return any(isinstance(one, str) and one in hidden for one in field)
    return isinstance(field, str) and field in hidden


def are_hidden(values: Any, hidden: Aliases) -> bool:
    """Say whether values by field hold, however deep, one of these fields."""
    if isinstance(values, Mapping):
        inside = values.values()
        return not hidden.isdisjoint(values) or any(are_hidden(one, hidden) for one in inside)
    return isinstance(values, list) and any(are_hidden(one, hidden) for one in values)


def _masked(value: Any, hidden: Aliases, *, own: bool = True) -> Any:
    if isinstance(value, Mapping):
        if _asks(value, hidden):
            return {MASK: True}
        elsewhere = sets_elsewhere(value)
        return {
            name: {MASK: True}
            if own and name == VALUES and are_hidden(part, hidden)
            else _masked(part, hidden, own=not (elsewhere and name == CONFIG))
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_masked(part, hidden) for part in value]
    return "•••" if isinstance(value, str) and _is_cut(value) else value


def _is_cut(text: str) -> bool:
    return text[-1:] == "…" and text[:1] in "{[" and _CUT.search(text) is not None


def _worded(value: Any) -> Any:
    if isinstance(value, Mapping):
        if is_mask(value):
            return words()
        return {
            name: _("values you may not see") if name == VALUES and is_mask(part) else _worded(part)
            for name, part in value.items()
        }
    return [_worded(part) for part in value] if isinstance(value, list) else value


def _places(value: Any, hidden: Aliases, path: str, *, own: bool = True) -> Iterator[str]:
    if isinstance(value, Mapping):
        if is_about(value, hidden):
            yield f"{path}.field".lstrip(".")
            return
        elsewhere = sets_elsewhere(value)
        for name, part in value.items():
            if own and name == VALUES and are_hidden(part, hidden):
                yield f"{path}.{name}".lstrip(".")
            else:
                below = not (elsewhere and name == CONFIG)
                yield from _places(part, hidden, f"{path}.{name}", own=below)
    elif isinstance(value, (list, tuple)):
        for number, part in enumerate(value):
            yield from _places(part, hidden, f"{path}.{number}")


def _asks(value: Mapping[str, Any], hidden: Aliases) -> bool:
    """Say whether it is a condition, half written too, on what is hidden; not what looks alike."""
    return ("op" in value or "value" in value) and any(asks(value, hidden) for asks in _asking)
