"""Creates and changes rules: what may be asked of events, whom a rule names, where it gives."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from kernel import filters, subjects, usage
from kernel.events import EventType, kind_of
from kernel.filters import comparing, event_settings, restoring
from kernel.filters.event_offers import HIDDEN
from kernel.filters.problems import FilterProblem
from kernel.filters.tree import leaves, read
from kernel.permissions import Actor
from kernel.registry import ConfigProblem, Problem, problem
from points.models import PointRule

# What points themselves bring about: a rule about it would feed itself, or one that feeds it.
BY_POINTS = frozenset({"points.adjusted", "points.triggered"})
NAMING = ("event", "where", "filter", "group_id")


def is_event(key: object) -> bool:
    """Say whether a rule may be about events of this type: registered ones, or clients' own."""
    return event_settings.is_event_key(key) and key not in HIDDEN


def check(rule: PointRule, user: Actor | None) -> None:
    """Refuse a rule that cannot be kept, naming every place; note what it points at.

    What stays as it is stored is looked at only where the rule is taken up again, and then
    whatever the user may see: what is gone meanwhile, or beyond them, does not hinder the rest.
    """
    usage.hold()
    before = PointRule.objects.filter(pk=rule.pk).first() if rule.pk else None
    resumed = before is not None and rule.active and not before.active
    problems: list[Problem] = []
    for names, look in PARTS:
        if before is None or any(getattr(rule, name) != getattr(before, name) for name in names):
            problems += look(rule, user)
        elif resumed and before is not None:
            restoring.exempt(before.filter)
            problems += look(rule, None)
    if problems:
        raise ConfigProblem(problems)
    if rule.active:
        rule.problem = ""
    if before is None or any(getattr(rule, name) != getattr(before, name) for name in NAMING):
        rule.uses = sorted({f"{kind}:{number}" for kind, number in _uses(rule)})


def _of_event(rule: PointRule, user: Actor | None) -> list[Problem]:
    if not is_event(rule.event):
        return [problem("event", "unknown_event", _("There is no such event."))]
    if rule.event in BY_POINTS:
        message = _("Points bring this about themselves: a rule about it would feed itself.")
        return [problem("event", "feeds_itself", message)]
    try:
        event_settings.check_where(rule.event, {"where": rule.where})
        if user is not None:
            event_settings.refuse_hidden(rule.where)
    except FilterProblem as refused:
        return list(refused.errors)
    if comparing.is_risky(rule.where):
        message = _("Regular expressions are possible in filters only.")
        return [problem("where", "invalid_operator", message)]
    for kind, number in about(kind_of(rule.event), rule.where):
        if user is not None and subjects.beyond(kind, [number], user):
            return [problem(f"where.{kind}", "not_found", _("There is no such object."))]
    return []


def _of_filter(rule: PointRule, user: Actor | None) -> list[Problem]:
    if rule.filter is None:
        return []
    try:
        tree = read(rule.filter, user=user, verify=True)
    except FilterProblem as refused:
        return list(refused.errors)
    # Rules are asked while everything else waits.
    message = _("Regular expressions are not possible in the filter of a rule.")
    risky = (leaf.path for leaf in leaves(tree) if leaf.condition.risky)
    return [problem(f"{path}.op", "invalid_operator", message) for path in risky]


def _of_points(rule: PointRule, user: Actor | None) -> list[Problem]:
    found = []
    if rule.delta == 0:
        message = _("Give a number of points other than zero.")
        found.append(problem("delta", "zero", message))
    for name in ("most", "most_a_day"):
        limit = getattr(rule, name)
        if limit is not None and limit < abs(rule.delta):
            message = _("Less than the rule gives at once: nobody would ever get any.")
            found.append(problem(name, "invalid", message))
    since, until = rule.active_from, rule.active_until
    if since and until and until <= since:
        found.append(problem("active_until", "invalid", _("The end must be after the beginning.")))
    return found


def _uses(rule: PointRule) -> set[tuple[str, int]]:
    found = set(about(kind_of(rule.event), rule.where))
    if rule.filter is not None:
        found |= filters.uses(rule.filter)
    if rule.group_id is not None:
        found.add(("point_group", rule.group_id))
    return found


def about(kind: type[EventType], where: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return kind and id of the objects that conditions on an event name."""
    named = {**kind.naming, **({kind.subject: kind.subject} if kind.subject else {})}
    found = []
    for name, wanted in where.items():
        if name in named:
            value: Any = wanted.get("value") if isinstance(wanted, Mapping) else wanted
            items = value if isinstance(value, list) else [value]
            found += [(named[name], int(item)) for item in items if str(item).isdecimal()]
    return found


# What each question is about: asked again only where that changes.
PARTS: tuple[tuple[tuple[str, ...], Callable[[PointRule, Actor | None], list[Problem]]], ...] = (
    (("event", "where"), _of_event),
    (("filter",), _of_filter),
    (("delta", "most", "most_a_day", "active_from", "active_until"), _of_points),
)
