"""The settings of a decision: which event it waits for, how long, and how far it looks back."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.durations import check_duration
from campaigns.graph.problems import Problems
from kernel.events import EventType, event_types, kind_of
from kernel.exchanging import lacks
from kernel.filters import comparing
from kernel.filters.event_settings import is_event_key
from kernel.filters.operands import a_number
from kernel.ids import read_id
from kernel.registry import ConfigProblem
from kernel.subjects import beyond

Json = dict[str, Any]
# Settings of the decision itself, beside conditions on its event.
OWN = frozenset({"where", "within", "since"})
_MOST_VALUES = 100
_LONGEST = 2_000


def clean(node: Json, problems: Problems) -> Json:
    """Return a decision's settings as they are stored; what is wrong is noted."""
    key, config = node.get("key", ""), node["config"]
    if not is_event_key(key):
        problems.at("key").add("unknown_event", _("There is no such event."))
        return {}
    here = problems.at("config")
    if config.get("within") is not None:
        check_duration(config["within"], here.at("within"))
    if config.get("since", "step") not in ("step", "visit"):
        here.at("since").add("invalid", _("Choose “step” or “visit”."))
    check_conditions(key, config.get("where", {}), here.at("where"))
    check_conditions(key, _flat(config), here, flat=True)
    return {name: value for name, value in config.items() if value is not None}


def conditions(config: Mapping[str, Any]) -> Json:
    """Return what must be true of the event, wherever in the settings it stands."""
    return {**config.get("where", {}), **_flat(config)}


def _flat(config: Mapping[str, Any]) -> Json:
    return {name: value for name, value in config.items() if name not in OWN}


def check_conditions(key: str, where: object, problems: Problems, *, flat: bool = False) -> None:
    """Note conditions that the event doesn't have, and values nothing can equal."""
    if not isinstance(where, dict):
        problems.add("invalid", _("An object is expected."))
        return
    kind = kind_of(key)
    own = kind is not event_types.get(key)
    for name, value in where.items():
        here = problems.at(name[:80])
        if lacks(value):
            here.add("not_found", _("This names what is not here."))
            continue
        known = own or name == kind.subject or name in kind.conditions or name in kind.numbers
        if (own and flat) or not known:
            here.add("unknown_field", _("This setting is not known."))
        elif name == kind.subject and not own:
            _check_subject(kind.subject, value, here)
        else:
            _check_value(kind, name, value, here)


def _check_value(kind: type[EventType], name: str, value: object, problems: Problems) -> None:
    """Take a value, several, or a comparison; nothing here ends an endless regular expression."""
    if isinstance(value, dict):
        try:
            comparing.check(kind, name, value, timed=False)
        except ConfigProblem as problem:
            problems.extend(problem.problems)
        return
    items = value if isinstance(value, list) else [value]
    if not _fit(items, _is_plain):
        problems.add("invalid", _("A text or a number is expected."))
    elif name in kind.numbers and not _fit(items, _is_number):
        problems.add("invalid", _("A number is expected."))


def _check_subject(kind: str, value: object, problems: Problems) -> None:
    values = value if isinstance(value, list) else [value]
    if not _fit(values, _is_id):
        problems.add("invalid", _("An id is expected."))
    elif problems.user is not None and beyond(kind, map(int, values), problems.user):
        problems.add("not_found", _("There is no such object."))


def _fit(values: list[Any], fits: Callable[[object], bool]) -> bool:
    return 0 < len(values) <= _MOST_VALUES and all(fits(item) for item in values)


def _is_id(value: object) -> bool:
    return read_id(value) is not None


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST and "\0" not in value
    return isinstance(value, bool | int | float)


def _is_number(value: object) -> bool:
    try:
        a_number(value, "")
    except ConfigProblem:
        return False
    return True


def where_sql(key: str, where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return checked conditions as SQL over the event alias `e`, with parameters."""
    return kind_of(key).where(where)


def subject(key: str, where: Mapping[str, Any]) -> tuple[str, list[int]] | None:
    """Return the kind and ids of the object a decision is about, if it names one."""
    kind: type[EventType] | None = event_types.get(key)
    if kind is None or not kind.subject or kind.subject not in where:
        return None
    value = where[kind.subject]
    return kind.subject, [int(item) for item in (value if isinstance(value, list) else [value])]
