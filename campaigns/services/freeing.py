"""What people do with parked steps: try them again, skip them, or end the ways they stop."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.plan import Node, Plan
from campaigns.models import LeftFor, Outcome
from campaigns.services import figures
from campaigns.services.held import Held, claim_parked
from campaigns.services.leaving import leave
from campaigns.services.moving import Done, move_on

# A decision that has no answer yet registers again, with the time-out it had.
RETRY = """
UPDATE step SET attempts = 0, error = NULL,
  state = CASE WHEN %(registers)s AND outcome IS NULL THEN 1 ELSE 0 END,
  due_at = CASE WHEN %(registers)s AND outcome IS NULL
                THEN arrived_at + (%(due)s::timestamptz - %(now)s) ELSE %(now)s END
WHERE ctid = ANY(%(places)s::tid[])"""


@dataclass(frozen=True)
class Chosen:
    """Which parked steps: of some nodes, of some contacts, of one owner's, or all."""

    nodes: Sequence[int]
    contacts: Sequence[int] | None = None
    owner: int | None = None
    # Those alone whose error has this digest: what a form sends comes with other line breaks.
    error: str | None = None
    # Of ways alone that began in this version.
    version: int | None = None


def digest(error: str) -> str:
    """Return what an error is named by, as the database's md5 does."""
    return hashlib.md5(error.encode(), usedforsecurity=False).hexdigest()


def retry(plan: Plan, chosen: Chosen, now: datetime) -> int:
    """Let them run again; return how many."""
    freed = 0
    for number, held in _parked(chosen).items():
        node = plan.nodes.get(number)
        due = node.due_at(now) if node and node.registers else None
        with connection.cursor() as cursor:
            cursor.execute(
                RETRY,
                {
                    "registers": bool(node and node.registers),
                    "due": due,
                    "now": now,
                    "places": [step.place for step in held],
                },
            )
        _unpark(number, held, now)
        freed += len(held)
    return freed


def skip(plan: Plan, chosen: Chosen, now: datetime) -> int:
    """Let them go on as if they were done; return how many."""
    skipped = 0
    for number, held in _parked(chosen).items():
        node = plan.nodes.get(number)
        if node is not None:
            outcome = _unanswered(node)
            # A parked step is counted as failed, and as waiting no more.
            _unpark(number, held, now)
            move_on(plan, node, [Done(step, outcome, str(_("by hand"))) for step in held], now)
            skipped += len(held)
    return skipped


def end(campaign: int, chosen: Chosen, now: datetime) -> int:
    """End the ways of these contacts, other branches included; return how many."""
    visits = {step.visit for held in _parked(chosen).values() for step in held}
    return leave(campaign, sorted(visits), LeftFor.REMOVED, now)


def _unpark(node: int, held: Sequence[Held], now: datetime) -> None:
    tally = figures.Tally(now)
    for version, count in Counter(step.version for step in held).items():
        tally.add(node, version, waiting=count, failed=-count)
    tally.write()


def _unanswered(node: Node) -> int:
    """Return how a step ends that somebody skips: without an answer it is a *no*."""
    return Outcome.NO if "no" in node.targets else Outcome.SKIPPED


def _parked(chosen: Chosen) -> dict[int, list[Held]]:
    """Hold the parked steps that were chosen, by node."""
    found: dict[int, list[Held]] = defaultdict(list)
    for node in chosen.nodes:
        found[node] = claim_parked(
            node, chosen.contacts, chosen.owner, chosen.error, chosen.version
        )
    return {node: held for node, held in found.items() if held}
