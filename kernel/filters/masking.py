"""What asks about, or sets, what the reader may not see: masked when told, kept when written back.

A masked condition is `{"hidden": "…"}`: an opaque word that stands for it at its place. Whoever
writes a document back with its masks where they were keeps the conditions; nobody who may not see
a condition changes the filter it stands in, for by its other conditions they would learn it, and
without it the filter means more people. The `values` that an action sets are masked alike, all of
them; such an action may be taken out, or set something else.
"""

import re
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.signals import request_finished, request_started
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from kernel import secrecy
from kernel.documents import dumps
from kernel.filters.contract import kinds
from kernel.filters.problems import refuse

MASK = "hidden"
GROUPS = ("all", "any", "none")
# Under which settings of actions hold values by field.
VALUES = "values"
# What the trail cut to length and may have been a filter: its conditions can no longer be read.
_CUT = re.compile(r'"(?:field|op|values?)"')
_WORD = re.compile(r"[0-9a-f]{16}")
_kept: ContextVar[frozenset[str]] = ContextVar("kept", default=frozenset())


@dataclass(frozen=True)
class _Root:
    """A part of a stored document that is kept whole, and how it is shown."""

    whole: Any
    shown: str
    # Whether it cannot be left out.
    lasts: bool


def masked(document: Any) -> Any:
    """Return a document, or a filter, with every condition masked that the reader may not see."""
    hidden = secrecy.names()
    return _masked(document, hidden, "") if hidden else document


def told(document: Any) -> Any:
    """Return a document for people to read, with words for what they may not see."""
    hidden = secrecy.names()
    return _worded(_masked(document, hidden, "")) if hidden else document


def _worded(value: Any) -> Any:
    if isinstance(value, Mapping):
        if _is_mask(value):
            return words()
        return {
            name: _("values you may not see") if _is_values(name, part) else _worded(part)
            for name, part in value.items()
        }
    return [_worded(part) for part in value] if isinstance(value, list) else value


def words() -> str:
    """Say a condition that its reader may not see."""
    return _("a condition you may not see")


def is_masked(tree: Any) -> bool:
    """Say whether a document holds a mask."""
    if isinstance(tree, Mapping):
        return _is_mask(tree) or any(map(is_masked, tree.values()))
    return isinstance(tree, list) and any(map(is_masked, tree))


def hides_any(document: Any) -> bool:
    """Say whether a stored document holds a condition that the reader may not see."""
    hidden = secrecy.names()
    return bool(hidden) and any(True for _root in _roots(document, hidden))


def restored(document: Any, stored: Any, place: str = "") -> Any:
    """Return what was written over a stored document, with the filters its masks stand in.

    Raises `FilterProblem` where such a filter was changed, or is missing, and where it is written
    out: whoever guesses what is stored must not be told by what is taken.
    """
    hidden = secrecy.names()
    if not hidden:
        return document
    if any(True for _root in _roots(document, hidden)):
        raise refuse(place, "unknown_field", _("There is no field of this name."))
    roots = list(_roots(stored, hidden))
    met: set[str] = set()
    whole = _restored(document, {root.shown: root.whole for root in roots}, met)
    if not met.issuperset(root.shown for root in roots if root.lasts) or is_masked(whole):
        raise refuse(place, "hidden", refused())
    keep(stored)
    return whole


def refused() -> str:
    """Say that a filter holds what its writer may not see."""
    return _("It holds a condition you may not see: whoever may see it can change this filter.")


def keep(stored: Any) -> Any:
    """Let what a stored document holds stand in this request, whoever writes it anew."""
    if hidden := secrecy.names():
        _kept.set(_kept.get() | {_canonical(root.whole) for root in _roots(stored, hidden)})
    return stored


def is_kept(tree: Any) -> bool:
    """Say whether a filter, or the values of an action, stay as they are stored."""
    return bool(_kept.get()) and _canonical(tree) in _kept.get()


def _masked(value: Any, hidden: frozenset[str], path: str) -> Any:
    if isinstance(value, Mapping):
        if _is_hidden(value, hidden):
            return {MASK: _word(value, path)}
        return {
            name: {MASK: _word(part, name)}
            if name == VALUES and _are_hidden(part, hidden)
            else _masked(part, hidden, _place(path, name))
            for name, part in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_masked(part, hidden, f"{path}.{place}") for place, part in enumerate(value)]
    return "•••" if isinstance(value, str) and _is_cut(value) else value


def _is_cut(text: str) -> bool:
    return text[-1:] == "…" and text[:1] in "{[" and _CUT.search(text) is not None


def _place(path: str, name: str) -> str:
    """Name the place within a filter; what stands around it may change."""
    return f"{path}.{name}" if name in GROUPS else ""


def _restored(value: Any, known: Mapping[str, Any], met: set[str]) -> Any:
    if isinstance(value, Mapping):
        if _is_mask(value) or _is_group(value):
            # A filter as it was shown, or another one, in which no mask is taken.
            here = _canonical(value)
            met |= {here} & known.keys()
            return known.get(here, value)
        return {name: _restored(part, known, met) for name, part in value.items()}
    if isinstance(value, list):
        return [_restored(part, known, met) for part in value]
    return value


def _roots(value: Any, hidden: frozenset[str]) -> Iterator[_Root]:
    """Walk the filters, from their outermost group, and the values that hold what is hidden."""
    if isinstance(value, Mapping):
        if _is_hidden(value, hidden) or (_is_group(value) and _holds(value, hidden)):
            yield _Root(value, _canonical(_masked(value, hidden, "")), lasts=True)
            return
        for name, part in value.items():
            if name == VALUES and _are_hidden(part, hidden):
                yield _Root(part, _canonical({MASK: _word(part, name)}), lasts=False)
            else:
                yield from _roots(part, hidden)
    elif isinstance(value, list):
        for part in value:
            yield from _roots(part, hidden)


def _holds(value: Any, hidden: frozenset[str]) -> bool:
    if isinstance(value, Mapping):
        return _is_hidden(value, hidden) or any(_holds(part, hidden) for part in value.values())
    return isinstance(value, list) and any(_holds(part, hidden) for part in value)


def _is_group(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(name), list) for name in GROUPS)


def _is_mask(value: Mapping[str, Any]) -> bool:
    word = value.get(MASK)
    return len(value) == 1 and isinstance(word, str) and _WORD.fullmatch(word) is not None


def _is_hidden(value: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    """Say whether it is a condition, half written too, on what is hidden; not what looks alike."""
    if not ("op" in value or "value" in value):
        return False
    return any(name in value and kind.is_about(value, hidden) for name, kind in kinds())


def _are_hidden(values: Any, hidden: frozenset[str]) -> bool:
    """Say whether they are values by field, and one of them is of a hidden one."""
    return isinstance(values, Mapping) and not hidden.isdisjoint(values)


def _is_values(name: str, part: Any) -> bool:
    return name == VALUES and isinstance(part, Mapping) and _is_mask(part)


def _word(condition: Mapping[str, Any], path: str) -> str:
    """Stand for a condition, or for values, at its place, telling nothing of it."""
    return salted_hmac(__name__, f"{path}:{_canonical(condition)}").hexdigest()[:16]


def _canonical(tree: Any) -> str:
    return dumps(_plain(tree))


def _plain(value: Any) -> Any:
    """Write alike what is the same however it was shown: ids as numbers or texts, any order."""
    if isinstance(value, Mapping):
        return {name: _plain(value[name]) for name in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    return str(value)


def _forget(**_more: Any) -> None:
    _kept.set(frozenset())


request_started.connect(_forget, dispatch_uid="kernel.filters.masking.started")
request_finished.connect(_forget, dispatch_uid="kernel.filters.masking.finished")
