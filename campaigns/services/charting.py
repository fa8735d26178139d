"""What a step did lately: how it ended by day, and what became of what it sent."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from campaigns.models import Campaign, Outcome
from campaigns.services import statistics
from campaigns.services.behind import OWN
from campaigns.services.choosing import Choice
from kernel.actions import contact_actions
from kernel.filters.questions import within_time
from kernel.rehearsals import Effect
from kernel.zone import workspace_zone

T = TypeVar("T")
DAYS = 14
# Of a longer time the last ones.
MOST_DAYS = 366
PATIENCE_MS = 2_000
ENDED = """
SELECT (l.at AT TIME ZONE %(zone)s)::date, l.outcome, count(*) FROM step_log l
WHERE l.node_id = ANY(%(nodes)s::int[]) AND l.at >= %(begins)s AND l.at < %(ends)s
  AND (%(version)s::bigint IS NULL OR EXISTS (
    SELECT 1 FROM visit v WHERE v.id = l.visit_id AND v.version_id = %(version)s))
  AND {seen} GROUP BY 1, 2"""


@dataclass
class Day:
    """How many passed a step on a day, and how."""

    day: date
    passed: int = 0
    yes: int = 0
    no: int = 0


@dataclass(frozen=True)
class Chart:
    """The days of a step; None where reading them takes too long."""

    days: list[Day] | None
    effects: list[Effect] = field(default_factory=list)


def chart(campaign: Campaign, name: str, nodes: list[int], now: datetime, choice: Choice) -> Chart:
    """Read the days of a step, the last fortnight unless chosen, and its action's effects so far.

    `nodes` are the numbers of the step, one of each edition.
    """
    return Chart(
        _in_time(lambda: _days(nodes, now, choice)),
        _in_time(lambda: _effects(campaign, name, min(nodes), choice.owner)) or [],
    )


def _in_time(read: Callable[[], T]) -> T | None:
    """Read one part; None: it takes too long, which must not cost the other one."""
    try:
        with within_time(None, PATIENCE_MS):
            return read()
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        return None


def _days(nodes: list[int], now: datetime, choice: Choice) -> list[Day]:
    today = now.astimezone(workspace_zone()).date()
    last = min(choice.until or today, today)
    first = max(choice.since or last - timedelta(days=DAYS - 1), last - timedelta(days=MOST_DAYS))
    chosen = replace(choice, since=first, until=last)
    if choice.owner is None:
        counted = statistics.of_step(nodes, chosen)
    else:
        counted = _own_days(nodes, chosen)
    days = [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return [Day(day, **counted.get(day, {})) for day in days]


def _own_days(nodes: list[int], choice: Choice) -> dict[date, dict[str, int]]:
    counted: dict[date, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        statement = ENDED.format(seen=OWN.format(row="l"))
        cursor.execute(statement, {**choice.values(), "nodes": nodes})
        for day, outcome, count in cursor.fetchall():
            names = {Outcome.YES: "yes", Outcome.NO: "no"}
            counted[day]["passed"] = counted[day].get("passed", 0) + count
            if outcome in names:
                counted[day][names[outcome]] = count
    return counted


def _effects(campaign: Campaign, name: str, origin: int, owner: int | None) -> list[Effect]:
    """Ask the action of a step, as it runs or else as it is drawn, what came of it.

    Causes name the number it had first, whatever the edition.
    """
    graphs = [*([campaign.published.graph] if campaign.published else []), campaign.graph]
    steps = [step for graph in graphs for step in graph.get("nodes", ()) if step["id"] == name]
    for step in steps:
        action = contact_actions.get(step.get("key", "")) if step["kind"] == "action" else None
        if action is not None and step.get("config"):
            return action(step["config"]).effects(f"step:%:{origin}:%", owner)
    return []
