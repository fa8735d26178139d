"""Lists of actions that a thing carries out: checked with the rights of who writes them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django.utils.translation import gettext as _

from kernel import usage
from kernel.actions import ContactAction, contact_actions
from kernel.ids import read_id
from kernel.permissions import Actor
from kernel.registry import ConfigProblem, Problem, problem

MOST_ACTIONS = 20


class Holder(Protocol):
    """What has actions: `{"id", "key", "config"}` each; the id is never given twice."""

    actions: list[Any]
    last_action: int


def choosable(place: str) -> list[type[ContactAction]]:
    """Return the actions offered at a place: `trigger`, `form`."""
    return [kind for kind in contact_actions if not kind.places or place in kind.places]


def take_actions(holder: Any, wanted: Any, user: Actor | None, place: str) -> None:
    """Give a `Holder` its actions; one whose id it has stays the one it was, others are new.

    What stands there as it stood is not looked at again. `ConfigProblem` names every place.
    """
    if not isinstance(wanted, list) or len(wanted) > MOST_ACTIONS:
        message = _("A list of at most %(number)d actions is expected.")
        raise ConfigProblem([problem("actions", "invalid", message % {"number": MOST_ACTIONS})])
    usage.hold()
    problems: list[Problem] = []
    known = {str(step["id"]): step for step in holder.actions}
    steps, last = [], holder.last_action
    for number, one in enumerate(wanted):
        if (same := _standing(one, known)) is not None:
            steps.append(known.pop(same))
            continue
        try:
            step = _read(one, user, place)
        except ConfigProblem as refused:
            problems += [_within(f"actions.{number}", fault) for fault in refused.problems]
            continue
        former = known.pop(str(one.get("id") or ""), None)
        if former is None:
            last += 1
        steps.append({"id": former["id"] if former else last, **step})
    if problems:
        raise ConfigProblem(problems)
    holder.actions, holder.last_action = steps, last


def _standing(one: Any, known: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the id of an action that is sent back as it is stored."""
    number = str(one.get("id") or "") if isinstance(one, Mapping) else ""
    former = known.get(number)
    same = former is not None and all(one.get(name) == former[name] for name in ("key", "config"))
    return number if same else None


def acting(actions: Sequence[Mapping[str, Any]]) -> list[ContactAction]:
    """Return those whose app is there."""
    kinds = ((contact_actions.get(step["key"]), step) for step in actions)
    return [kind(step["config"]) for kind, step in kinds if kind is not None]


def pointing_at(actions: Sequence[Mapping[str, Any]]) -> set[tuple[str, int]]:
    """Return what actions name, as (kind, id)."""
    return {use for action in acting(actions) for use in action.uses()}


def _read(one: Any, user: Actor | None, place: str) -> dict[str, Any]:
    if not isinstance(one, Mapping):
        raise ConfigProblem([problem("", "invalid", _("An object is expected."))])
    for name in one:
        if name not in {"id", "key", "config", "words"}:
            message = _("This key is not known.")
            raise ConfigProblem([problem(str(name)[:80], "unknown_field", message)])
    if one.get("id") is not None and read_id(one["id"]) is None:
        raise ConfigProblem([problem("id", "invalid", _("An id is expected."))])
    kind = _chosen(one.get("key"), place)
    try:
        action = kind(kind.clean(one.get("config", {})))
        if user is not None:
            action.check_reach(user, action.needs)
    except ConfigProblem as refused:
        raise ConfigProblem([_within("config", fault) for fault in refused.problems]) from refused
    return {"key": kind.key, "config": action.config}


def _chosen(key: object, place: str) -> type[ContactAction]:
    kind = contact_actions.get(key) if isinstance(key, str) else None
    if kind is None:
        raise ConfigProblem([problem("key", "unknown_action", _("There is no such action."))])
    if kind not in choosable(place):
        # What a step waits for, or what ends a way, has nobody here who waits or goes on.
        message = _("This action is for campaigns alone: use it there, led into by this.")
        raise ConfigProblem([problem("key", "not_here", message)])
    return kind


def _within(place: str, fault: Problem) -> Problem:
    return {**fault, "field": f"{place}.{fault['field']}".rstrip(".")}
