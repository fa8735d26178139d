"""Which goals may have been reached by what the dispatcher tells, and by whom."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from campaigns.graph.plan import Node, Plan
from campaigns.services.goals import seek
from campaigns.services.running import running
from campaigns.services.seeking import enqueue_search
from kernel.changes import Change, Changes
from kernel.events import type_id

ENTERED = "campaigns.entered"


def notice(plans: Sequence[Plan], changes: Changes, now: datetime, *, depth: int) -> int:
    """Take people to the goals that these changes may have let them reach; return how many."""
    taken = 0
    for plan in plans:
        if not plan.goals:
            continue
        wanted = {goal.id: _concerned(plan, goal, changes) for goal in plan.goals}
        # What changed for everybody, or for too many to list, is a search of its own.
        if any(goal.reads & changes.everyone for goal in plan.goals):
            enqueue_search(plan.campaign, now)
        present = running(plan.campaign) if any(wanted.values()) else None
        if present is None:
            continue
        for number, contacts in wanted.items():
            current = present.nodes.get(number)
            if contacts and current is not None and current.kind == "goal":
                taken += seek(present, contacts, now, goals=[current], depth=depth)
    return taken


def _concerned(plan: Plan, goal: Node, changes: Changes) -> set[int]:
    """Return the contacts who may have reached a goal, those who just entered among them."""
    awaited = type_id(goal.key) if goal.key else None
    entered = type_id(ENTERED)
    if goal.reads & changes.also:
        return set(changes.contacts())
    return {
        change.contact
        for change in changes.changes
        if (awaited is not None and change.type_id == awaited)
        or (change.type_id == entered and change.subject == plan.campaign)
        or _touches(goal.reads, change)
    }


def _touches(reads: AbstractSet[str], change: Change) -> bool:
    return bool(reads) and not reads.isdisjoint(change.reads)
