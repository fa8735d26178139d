"""What was masked, sent back: restored from what is stored at its place, or refused.

A filter that holds what the writer may not see is sent back whole as it was told; a step or action
with its id, kind and settings, reached by the same ways. Nobody who may not see what a mask stands
for changes, moves, copies or takes out what holds it: by its other conditions they would learn it,
and without it the filter means more people.
"""

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from decimal import Decimal
from typing import Any

from django.core.signals import request_finished, request_started
from django.utils.translation import gettext as _

from kernel import masking, secrecy
from kernel.documents import dumps
from kernel.filters.contract import GROUPS
from kernel.filters.problems import refuse
from kernel.masking import (
    CONFIG,
    MASK,
    VALUES,
    Aliases,
    are_hidden,
    hides_any,
    is_about,
    masked,
    sets_elsewhere,
)

_exempt: ContextVar[frozenset[str]] = ContextVar("exempt", default=frozenset())


def restored(document: Any, stored: Any = None) -> Any:
    """Return what was written over a stored document, with what its masks stand for.

    Raises `FilterProblem` where what holds it was changed, moved, copied or left out, and where it
    is written out: whoever guesses what is stored must not be told by what is taken.
    """
    if not secrecy.names():
        return document
    if not hides_any(stored):
        _refuse_hidden(document)
        return document
    exempt(stored)
    if (steps := _steps(stored)) is not None:
        return _by_step(document, stored, [one for one in steps if hides_any(one)])
    if _canonical(document) != _canonical(masked(stored)):
        raise refuse("", MASK, refused())
    return stored


def _by_step(document: Any, stored: Any, held: list[Mapping[str, Any]]) -> Any:
    """Put the settings back of the steps that hold what is hidden, found by their id."""
    kept = {str(step["id"]): step for step in held}
    looks = {name: _look(masked(step)) for name, step in kept.items()}
    steps, rest = [], []
    sent = document.get("nodes") if isinstance(document, Mapping) else document
    for step in sent if isinstance(sent, list) else ():
        name = str(step.get("id")) if isinstance(step, Mapping) else ""
        if name in looks and _look(step) == looks[name]:
            del looks[name]
            steps.append({**step, "config": kept[name]["config"]})
        else:
            rest.append(step)
            steps.append(step)
    if looks or _ways(document, kept) != _ways(stored, kept):
        raise refuse("", MASK, refused())
    _refuse_hidden(rest)
    return {**document, "nodes": steps} if isinstance(document, Mapping) else steps


def _steps(document: Any) -> list[Mapping[str, Any]] | None:
    """Return the steps of a graph, or actions with ids; None where a document is neither."""
    found = document.get("nodes") if isinstance(document, Mapping) else document
    if not isinstance(found, list):
        return None
    known = [one for one in found if isinstance(one, Mapping) and {"id", "config"} <= {*one}]
    return known if len(known) == len(found) else None


def _look(step: Mapping[str, Any]) -> str:
    return _canonical([step.get("kind"), step.get("key") or "", step.get("config")])


def _ways(graph: Any, steps: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Return the paths that lead to some steps, jumps too: from, branch, to."""
    edges, nodes = (
        (graph.get("edges"), graph.get("nodes")) if isinstance(graph, Mapping) else (None, None)
    )
    drawn = {
        (str(edge.get("from")), str(edge.get("branch") or "next"), str(edge.get("to")))
        for edge in (edges if isinstance(edges, list) else ())
        if isinstance(edge, Mapping)
    }
    jumps = {
        (str(step.get("id")), "", str(step["config"].get("to")))
        for step in (nodes if isinstance(nodes, list) else ())
        if isinstance(step, Mapping) and isinstance(step.get("config"), Mapping)
    }
    return {way for way in drawn | jumps if way[2] in steps}


def _refuse_hidden(document: Any) -> None:
    if masking.is_masked(document):
        raise refuse("", MASK, refused())
    if (place := next(masking.places(document), None)) is not None:
        raise refuse(place, "unknown_field", _("There is no field of this name."))


def refused() -> str:
    """Say that a filter holds what its writer may not see, or a mask that stands for nothing."""
    if not secrecy.hides():
        return _("A masked condition was copied here: write it anew.")
    return _("It holds a condition you may not see: whoever may see it can change this filter.")


def differ(one: Any, other: Any) -> bool:
    """Say whether two stored documents hold different things that the reader may not see."""
    return _held(one) != _held(other)


def _held(document: Any) -> set[str]:
    """Write down what holds what is hidden: steps with the ways there, other documents whole."""
    if (steps := _steps(document)) is None:
        return {_canonical(document)} if hides_any(document) else set()
    kept = {str(step["id"]): step for step in steps if hides_any(step)}
    looks = {_canonical([name, _look(step)]) for name, step in kept.items()}
    return looks | {_canonical(way) for way in _ways(document, kept)}


def exempt(stored: Any) -> Any:
    """Let what a stored document holds stand unchecked in this request: others wrote it."""
    if hidden := secrecy.names():
        _exempt.set(_exempt.get() | {_canonical(root) for root in _roots(stored, hidden)})
    return stored


def is_exempt(tree: Any) -> bool:
    """Say whether a filter, or the settings of a step, stay as they are stored."""
    return bool(_exempt.get()) and _canonical(tree) in _exempt.get()


def _roots(value: Any, hidden: Aliases, *, own: bool = True) -> Iterator[Any]:
    """Walk the filters, from their outermost group, and the values that hold what is hidden."""
    if isinstance(value, Mapping):
        if is_about(value, hidden) or (_is_group(value) and hides_any(value)):
            yield value
            return
        elsewhere = sets_elsewhere(value)
        for name, part in value.items():
            if own and name == VALUES and are_hidden(part, hidden):
                yield part
            else:
                yield from _roots(part, hidden, own=not (elsewhere and name == CONFIG))
    elif isinstance(value, list):
        for part in value:
            yield from _roots(part, hidden)


def _is_group(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(name), list) for name in GROUPS)


def _canonical(document: Any) -> str:
    return dumps(_plain(document))


def _plain(value: Any) -> Any:
    """Write alike what is the same however it was shown: ids as numbers or texts, 10 as 10.0."""
    if isinstance(value, Mapping):
        return {str(name): _plain(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (float, Decimal)):
        exact = Decimal(str(value))
        return format(exact.normalize(), "f") if exact.is_finite() else str(value)
    return str(value)


def _forget(**_more: Any) -> None:
    _exempt.set(frozenset())


request_started.connect(_forget, dispatch_uid="kernel.filters.restoring.started")
request_finished.connect(_forget, dispatch_uid="kernel.filters.restoring.finished")
