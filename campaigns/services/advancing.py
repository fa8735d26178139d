"""The engine: one node's due steps as a batch, in one transaction that is its own lease."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import OperationalError, connection, transaction
from psycopg2.errors import QueryCanceled

from campaigns.graph.plan import Node, Plan
from campaigns.services import deciding, parking
from campaigns.services.held import Held, claim_due, claim_new
from campaigns.services.moving import move_on
from campaigns.services.planning import by_index
from campaigns.services.ruling import rule
from campaigns.services.running import running

logger = logging.getLogger(__name__)
ATTEMPTS = 5
# How long the search for the one that fails may take; then all that are left are tried later.
PATIENCE_SECONDS = 20
# Nodes worked on in one go: chosen by lot, so that engines spread and no backlog starves others.
NODES = 16
# Of editions that run: a campaign that was published often has many more numbers than steps. They
# are found first (OFFSET), so that steps are looked for under no others.
READY = """
SELECT n.id, n.campaign_id FROM (
  SELECT n.id, n.campaign_id FROM campaign c
  JOIN campaign_version w ON w.id = ANY (c.finishing || c.published_id)
  JOIN campaign_node n ON n.campaign_id = c.id AND n.edition = w.edition
  WHERE c.state = 'published' AND c.fitting_since IS NULL
    AND NOT EXISTS (SELECT 1 FROM campaign_version p WHERE p.id = c.published_id
                    AND p.on_end = 'stop' AND p.end_at <= %(now)s) OFFSET 0) n
WHERE EXISTS (SELECT 1 FROM step s
              WHERE s.node_id = n.id AND s.state IN (0, 2) AND s.due_at <= %(now)s)
  OR EXISTS (SELECT 1 FROM step s WHERE s.node_id = n.id AND s.state = 1)"""
Phase = Callable[[Plan, Node, datetime, set[str]], int]


def is_due(now: datetime) -> bool:
    """Say whether some step may run."""
    with by_index(), connection.cursor() as cursor:
        cursor.execute(f"{READY} LIMIT 1", {"now": now})
        return cursor.fetchone() is not None


def advance(now: datetime) -> tuple[int, set[str]]:
    """Work on one batch of each of a few nodes; return how many steps moved, and queues to wake."""
    with by_index(), connection.cursor() as cursor:
        cursor.execute(f"{READY} ORDER BY random() LIMIT {NODES}", {"now": now})
        nodes = cursor.fetchall()
    moved, wake = 0, set[str]()
    for node, campaign in nodes:
        for phase in (_register, _run):
            moved += _attempt(phase, campaign, node, now, wake)
    return moved, wake


def _attempt(phase: Phase, campaign: int, node: int, now: datetime, wake: set[str]) -> int:
    """Run one phase in a transaction, again after a deadlock or a serialisation error."""
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                plan = running(campaign)
                found = plan.nodes.get(node) if plan else None
                return phase(plan, found, now, wake) if plan and found else 0
        except OperationalError as error:
            logger.warning("Node %s is tried again (%s): %s", node, attempt + 1, error)
            connection.close_if_unusable_or_obsolete()
        except Exception:
            # What is wrong with one node must not stop the others.
            logger.exception("Node %s cannot be worked on", node)
            break
    return 0


def _register(_plan: Plan, node: Node, now: datetime, _wake: set[str]) -> int:
    if not node.registers:
        return 0
    held = claim_new(node.id)
    if held:
        _look_back(node, held, now)
    return len(held)


def _look_back(node: Node, held: Sequence[Held], now: datetime) -> None:
    """Register decisions; who cannot be looked back for is parked, the others wait."""
    try:
        with transaction.atomic():
            deciding.register(node, held, now)
    except Exception as error:
        if _is_collision(error):
            raise
        if len(held) == 1:
            logger.exception("Node %s cannot look back", node.id)
            parking.fail(node.id, [(held[0], _told(error))], now, hopeless=True)
            return
        middle = len(held) // 2
        for half in (held[:middle], held[middle:]):
            _look_back(node, half, now)


def _run(plan: Plan, node: Node, now: datetime, wake: set[str]) -> int:
    held = claim_due(node.id, now, deciding=node.kind == "decision")
    until = time.monotonic() + PATIENCE_SECONDS
    return _work(plan, node, held, now, (wake, until)) if held else 0


def _work(
    plan: Plan, node: Node, held: Sequence[Held], now: datetime, rest: tuple[set[str], float]
) -> int:
    """Carry the batch out; if it raises, halve it down to the step that cannot be carried out."""
    wake, until = rest
    try:
        with transaction.atomic():
            ruling = rule(plan, node, held, now)
            move_on(plan, node, ruling.done, now)
            parking.postpone(ruling.later)
            parking.fail(node.id, ruling.failed, now)
            parking.fail(node.id, ruling.hopeless, now, hopeless=True)
    except Exception as error:
        if _is_collision(error):
            raise
        if len(held) == 1 or time.monotonic() > until:
            logger.exception("Node %s failed for %s contacts", node.id, len(held))
            parking.fail(node.id, [(step, _told(error)) for step in held], now)
            return len(held)
        middle = len(held) // 2
        return sum(_work(plan, node, half, now, rest) for half in (held[:middle], held[middle:]))
    wake |= ruling.wake
    return len(ruling.done) + len(ruling.failed) + len(ruling.hopeless) + len(ruling.later)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _is_collision(error: Exception) -> bool:
    """Say whether trying the whole batch again may help; a time-out is the batch's own fault."""
    return isinstance(error, OperationalError) and not isinstance(error.__cause__, QueryCanceled)
