"""After a publication: those on their way are fitted to the new version, chunk by chunk.

Their steps follow the ids of the nodes. A step that is gone ends; one that waits for something
else now starts waiting anew, from its arrival; and where the campaign had been unpublished, the
time it stood still is added, so that nobody's wait ran out meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor, StepState
from campaigns.services import figures
from campaigns.services.leaving import leave, without_steps
from kernel.events import type_id

CHUNK = 5_000
VISITS = """
SELECT id FROM visit WHERE campaign_id = %s AND left_at IS NULL AND id > %s
ORDER BY id LIMIT %s FOR NO KEY UPDATE"""
DROP = """
DELETE FROM step WHERE visit_id = ANY(%s::bigint[]) AND NOT node_id = ANY(%s::int[])
RETURNING visit_id, node_id, state = 3"""
SHIFT = """
UPDATE step SET due_at = due_at + %s
WHERE visit_id = ANY(%s::bigint[]) AND node_id = ANY(%s::int[]) AND state IN (0, 2)
  AND due_at > %s"""
ANEW = """
UPDATE step SET state = %(state)s, wait_type = %(type)s, outcome = NULL, attempts = 0,
  due_at = CASE WHEN %(delay)s::interval IS NULL THEN %(due)s
    ELSE arrived_at + %(delay)s + CASE WHEN arrived_at < %(paused)s THEN %(pause)s
                                       ELSE interval '0' END END
WHERE visit_id = ANY(%(visits)s::bigint[]) AND node_id = %(node)s AND state <> 3"""


@dataclass(frozen=True)
class Fit:
    """How one version's contacts become another's."""

    plan: Plan
    # Nodes whose waiting begins anew, and those whose waiting only stood still.
    anew: Sequence[Node]
    still: Sequence[int]
    paused: datetime | None
    resumed: datetime

    @property
    def pause(self) -> timedelta:
        """Return how long nothing ran."""
        return self.resumed - self.paused if self.paused else timedelta()


def compare(before: Plan, plan: Plan, paused: datetime | None, resumed: datetime) -> Fit:
    """Find what a new version changes for those on their way."""
    anew, still = [], []
    for number, node in plan.nodes.items():
        old = before.nodes.get(number)
        same = old is not None and (old.kind, old.key, old.config) == (
            node.kind,
            node.key,
            node.config,
        )
        if old is not None and not same and (_waits(old) or _waits(node)):
            anew.append(node)
        elif "until" not in node.config:
            still.append(number)
    return Fit(plan, anew, still, paused, resumed)


def _waits(node: Node) -> bool:
    return node.kind in ("wait", "decision", "goal")


def fit(fit_: Fit, after: int, now: datetime) -> int | None:
    """Fit the next visits; return the last one, or None when all are done."""
    with connection.cursor() as cursor:
        cursor.execute(VISITS, [fit_.plan.campaign, after, CHUNK])
        visits = [row[0] for row in cursor.fetchall()]
    if not visits:
        return None
    _drop(fit_.plan, visits, now)
    with connection.cursor() as cursor:
        if fit_.paused is not None:
            shift: list[Any] = [fit_.pause, visits, list(fit_.still), fit_.paused]
            cursor.execute(SHIFT, shift)
        for node in fit_.anew:
            cursor.execute(ANEW, _parameters(fit_, node, visits))
    return int(visits[-1])


def _drop(plan: Plan, visits: list[int], now: datetime) -> None:
    """End the steps that the version no longer has, and the visits that had no other."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, [visits, list(plan.nodes)])
        gone = cursor.fetchall()
        differences: dict[int, dict[str, int]] = {}
        for _visit, node, parked in gone:
            counted = differences.setdefault(node, {"waiting": 0, "failed": 0})
            counted["failed" if parked else "waiting"] -= 1
        figures.add_many(differences)
    alone = without_steps(sorted({row[0] for row in gone}))
    leave(plan.campaign, alone, LeftFor.STEP_GONE, now)


def _parameters(fit_: Fit, node: Node, visits: list[int]) -> dict[str, Any]:
    delay: timedelta | None = None
    due = node.due_at(fit_.resumed)
    if node.kind in ("wait", "decision") and due is not None and "until" not in node.config:
        delay = due - fit_.resumed
    return {
        "state": StepState.REGISTERING if node.registers else StepState.DUE,
        "type": type_id(node.key) if node.kind == "decision" else None,
        "delay": delay,
        "due": due,
        "paused": fit_.paused or fit_.resumed,
        "pause": fit_.pause,
        "visits": visits,
        "node": node.id,
    }
