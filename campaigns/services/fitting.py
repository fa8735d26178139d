"""After a publication: those on their way are fitted to the new version, chunk by chunk.

Their steps follow the ids of the nodes, or go where the publisher said. A step that is gone ends;
one that waits for something else now starts waiting anew, from its arrival; and where the campaign
had been unpublished, the time it stood still is added, so that nobody's wait ran out meanwhile.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph.durations import months
from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor, StepState
from campaigns.services import figures, renumbering
from campaigns.services.arrays import instants, numbers
from campaigns.services.arriving import ARRIVE, landing
from campaigns.services.leaving import leave, without_steps
from campaigns.services.planning import by_index
from kernel.events import type_id

# As many are fitted in one transaction, which is over long before the lease of the job is.
CHUNK = 500
# As many are looked for at once, which may mean reading all of the campaign's.
MOST_AHEAD = 10_000
UNDER_WAY = """
SELECT id FROM visit WHERE campaign_id = %s AND version_id <> %s AND left_at IS NULL AND id > %s
ORDER BY id LIMIT %s"""
HOLD = """
SELECT id, edition FROM visit
WHERE id = ANY(%s::bigint[]) AND edition = ANY(%s::int[]) AND left_at IS NULL
ORDER BY id FOR NO KEY UPDATE"""
DROP = """
DELETE FROM step WHERE visit_id = ANY(%s::bigint[]) AND NOT node_id = ANY(%s::int[])
RETURNING visit_id, node_id, state = 3"""
SHIFT = """
UPDATE step SET due_at = due_at + %s
WHERE visit_id = ANY(%s::bigint[]) AND node_id = ANY(%s::int[]) AND state IN (0, 1, 2)
  AND due_at > %s"""
ANEW = """
UPDATE step SET state = %(state)s, wait_type = %(type)s, outcome = NULL, attempts = 0,
  due_at = CASE WHEN %(delay)s::interval IS NULL THEN %(due)s
    ELSE arrived_at + %(delay)s + CASE WHEN arrived_at < %(paused)s THEN %(pause)s
                                       ELSE interval '0' END END
WHERE visit_id = ANY(%(visits)s::bigint[]) AND node_id = %(node)s AND state <> 3"""
# Taken off in a statement of its own: where two steps change places, nobody is in the way.
LIFT = """
DELETE FROM step WHERE visit_id = ANY(%s::bigint[]) AND node_id = ANY(%s::int[])
RETURNING visit_id, contact_id, pass, node_id, event_id, event_at, depth, state = 3"""
LAND = f"""
WITH d AS MATERIALIZED (
  SELECT * FROM unnest(%(visits)s::bigint[], %(contacts)s::bigint[], %(passes)s::smallint[],
                       %(places)s::smallint[], %(events)s::bigint[], %(event_ats)s::timestamptz[],
                       %(depths)s::smallint[])
    d(visit_id, contact_id, pass, outcome, event_id, event_at, depth)),
arrived AS ({ARRIVE})
SELECT node_id, visit_id FROM arrived"""  # noqa: S608 - ours


@dataclass(frozen=True)
class Fit:
    """How one version's contacts become another's."""

    before: Plan
    plan: Plan
    # Nodes whose waiting begins anew, and those whose waiting only stood still.
    anew: Sequence[Node]
    still: Sequence[int]
    paused: datetime | None
    resumed: datetime
    # By number of the new version, where those on a step go; None: their way ends.
    moves: Mapping[int, Node | None] = field(default_factory=dict)

    @property
    def pause(self) -> timedelta:
        """Return how long nothing ran."""
        return self.resumed - self.paused if self.paused else timedelta()


def compare(
    before: Plan,
    plan: Plan,
    paused: datetime | None,
    resumed: datetime,
    moves: Mapping[int, Node | None],
) -> Fit:
    """Find what a new version changes for those on their way through an older one."""
    anew, still, olds = [], [], before.by_name()
    for name, node in plan.by_name().items():
        old = olds.get(name)
        same = old is not None and (old.kind, old.key, old.config) == (
            node.kind,
            node.key,
            node.config,
        )
        if old is not None and not same and (_waits(old) or _waits(node)):
            anew.append(node)
        elif "until" not in node.config:
            still.append(node.id)
    return Fit(before, plan, anew, still, paused, resumed, moves)


def _waits(node: Node) -> bool:
    return node.kind in ("wait", "decision", "goal")


def under_way(plan: Plan, after: int) -> Iterator[list[int]]:
    """Return the visits on the way after one, in parts for one transaction each.

    Whoever entered the new version itself, which goes on meanwhile, is where they belong.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute(UNDER_WAY, [plan.campaign, plan.version, after, MOST_AHEAD])
            found = [row[0] for row in cursor.fetchall()]
        if not found:
            return
        yield from (found[first : first + CHUNK] for first in range(0, len(found), CHUNK))
        after = found[-1]


def fit(fits: Mapping[int, Fit], visits: Sequence[int], now: datetime) -> None:
    """Fit those of these visits that are still on the way, by the edition they go through."""
    by_edition: dict[int, list[int]] = defaultdict(list)
    with by_index(), connection.cursor() as cursor:
        cursor.execute(HOLD, [numbers(visits), list(fits)])
        for visit, edition in cursor.fetchall():
            by_edition[edition].append(visit)
    for edition, some in by_edition.items():
        _fit(fits[edition], some, now)


def _fit(fit_: Fit, visits: list[int], now: datetime) -> None:
    if fit_.before.edition != fit_.plan.edition:
        renumbering.renumber(fit_.before, fit_.plan, visits, now)
    _drop(fit_, visits, now)
    with connection.cursor() as cursor:
        if fit_.paused is not None:
            shift: list[Any] = [fit_.pause, visits, list(fit_.still), fit_.paused]
            cursor.execute(SHIFT, shift)
        for node in fit_.anew:
            cursor.execute(ANEW, _parameters(fit_, node, visits))
    if fit_.moves:
        _move(fit_, visits, now)


def _drop(fit_: Fit, visits: list[int], now: datetime) -> None:
    """End the steps that the version no longer has, and the visits that had no other."""
    with connection.cursor() as cursor:
        cursor.execute(DROP, [visits, [*fit_.plan.nodes, *fit_.moves]])
        gone = cursor.fetchall()
    figures.lift(gone, now)
    _end(fit_, [row[0] for row in gone], now)


def _move(fit_: Fit, visits: list[int], now: datetime) -> None:
    """Put people on the steps they are moved to, where nobody arrives twice in a pass."""
    with connection.cursor() as cursor:
        cursor.execute(LIFT, [visits, list(fit_.moves)])
        lifted = cursor.fetchall()
        targets = list({node.id: node for node in fit_.moves.values() if node}.values())
        places = {node.id: place for place, node in enumerate(targets)}
        going = [(row, node) for row in lifted if (node := fit_.moves[row[3]])]
        cursor.execute(
            LAND,
            {
                **landing(targets, now),
                "visits": numbers([row[0] for row, _node in going]),
                "contacts": numbers([row[1] for row, _node in going]),
                "passes": numbers([row[2] for row, _node in going]),
                "places": numbers([places[node.id] for _row, node in going]),
                "events": numbers([row[4] for row, _node in going]),
                "event_ats": instants([row[5] for row, _node in going]),
                "depths": numbers([row[6] for row, _node in going]),
            },
        )
        landed = cursor.fetchall()
    figures.lift([(row[0], row[3], row[7]) for row in lifted], now)
    figures.land(landed, now)
    _end(fit_, [row[0] for row in lifted], now)


def _end(fit_: Fit, visits: Sequence[int], now: datetime) -> None:
    alone = without_steps(sorted(set(visits)))
    leave(fit_.plan.campaign, alone, LeftFor.STEP_GONE, now)


def _parameters(fit_: Fit, node: Node, visits: list[int]) -> dict[str, Any]:
    delay: timedelta | str | None = None
    due = node.due_at(fit_.resumed)
    if node.kind in ("wait", "decision") and due is not None and "until" not in node.config:
        span = months(str(node.config.get("for", "")))
        # The server reckons months as `later` does.
        delay = due - fit_.resumed if span is None else f"{span} months"
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
