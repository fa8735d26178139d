"""What a step did lately: how it ended by day, and what became of what it sent."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import OperationalError, connection
from psycopg2.errors import QueryCanceled

from campaigns.models import Campaign, Outcome
from campaigns.services.behind import OWN
from kernel.actions import contact_actions
from kernel.filters.questions import within_time
from kernel.rehearsals import Effect
from kernel.zone import midnight, workspace_zone

T = TypeVar("T")
DAYS = 14
PATIENCE_MS = 2_000
ENDED = """
SELECT (l.at AT TIME ZONE %(zone)s)::date, l.outcome, count(*) FROM step_log l
WHERE l.node_id = ANY(%(nodes)s::int[]) AND l.at >= %(since)s AND {seen} GROUP BY 1, 2"""


@dataclass
class Day:
    """How many passed a step on a day, and how."""

    day: date
    passed: int = 0
    yes: int = 0
    no: int = 0


@dataclass(frozen=True)
class Chart:
    """The last days of a step; None where reading them takes too long."""

    days: list[Day] | None
    effects: list[Effect] = field(default_factory=list)


def chart(
    campaign: Campaign, name: str, nodes: list[int], now: datetime, *, owner: int | None = None
) -> Chart:
    """Read the last fortnight of a step, and the effects of its action so far.

    `nodes` are the numbers of the step, one of each edition.
    `owner` narrows both to the contacts of one user.
    """
    return Chart(
        _in_time(lambda: _days(nodes, now, owner)),
        _in_time(lambda: _effects(campaign, name, min(nodes), owner)) or [],
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


def _days(nodes: list[int], now: datetime, owner: int | None) -> list[Day]:
    zone = workspace_zone()
    today = now.astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "zone": str(zone),
            "nodes": nodes,
            "since": midnight(first, zone),
            "owner": owner,
        }
        seen = "true" if owner is None else OWN.format(row="l")
        cursor.execute(ENDED.format(seen=seen), values)
        counted: dict[date, dict[int, int]] = defaultdict(dict)
        for day, outcome, count in cursor.fetchall():
            counted[day][outcome] = count
    days = [first + timedelta(days=place) for place in range(DAYS)]
    return [
        Day(
            day,
            passed=sum(counted[day].values()),
            yes=counted[day].get(Outcome.YES, 0),
            no=counted[day].get(Outcome.NO, 0),
        )
        for day in days
    ]


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
