"""Who may come in: the re-entry rule, the cool-down, and an end to going in circles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.plan import Plan
from campaigns.models import LeftFor, Reentry, Source
from campaigns.services.arrays import numbers
from campaigns.services.leaving import leave
from campaigns.services.telling import tell
from kernel.changes import DEEPEST


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact at the entrance, and what led it there."""

    contact: int
    source: int = Source.MANUAL
    source_id: int | None = None
    event_id: int | None = None
    event_at: datetime | None = None


class Admitted(NamedTuple):
    """Who comes in, for the n-th time."""

    arrival: Arrival
    number: int


class Last(NamedTuple):
    """A contact's last visit; of whoever never came nothing else is known."""

    contact: int
    visit: int | None
    active: bool
    entered_at: datetime
    number: int | None
    circles: bool


# The last visit of each decides; whoever never came, or no longer exists, is plain.
LAST = """
SELECT k.contact_id, v.id, v.left_at IS NULL, v.entered_at, v.number,
  v.number >= %(most)s AND EXISTS (
    SELECT 1 FROM visit w WHERE w.campaign_id = %(campaign)s AND w.contact_id = k.contact_id
      AND w.number = v.number - %(most)s + 1 AND w.entered_at > %(day_ago)s)
FROM unnest(%(contacts)s::bigint[]) k(contact_id)
JOIN contact c ON c.id = k.contact_id
LEFT JOIN LATERAL (
  SELECT id, left_at, entered_at, number FROM visit
  WHERE campaign_id = %(campaign)s AND contact_id = k.contact_id
  ORDER BY number DESC LIMIT 1) v ON true
ORDER BY k.contact_id"""
# Whoever comes in oftener than this in a day goes in circles.
MOST_A_DAY = 100
OWNED = "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) AND owner_id = %s"


def admit(plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int) -> list[Admitted]:
    """Apply the rules, by contact; who starts anew leaves the visit under way."""
    wanted = {arrival.contact: arrival for arrival in _within_reach(plan, arrivals)}
    found = [
        last
        for last in _last_visits(plan, sorted(wanted), now)
        if last.visit is None or _may_return(plan, last, now)
    ]
    entering = [last for last in found if not last.circles]
    under_way = [last.visit for last in entering if last.visit is not None and last.active]
    leave(plan.campaign, under_way, LeftFor.RESTARTED, now, depth=depth)
    _tell_of_circles(plan, [last.contact for last in found if last.circles], now)
    if depth > DEEPEST:
        _tell_of_depth(plan, [last.contact for last in entering], now)
    return [Admitted(wanted[last.contact], (last.number or 0) + 1) for last in entering]


def _tell_of_circles(plan: Plan, contacts: Sequence[int], now: datetime) -> None:
    if contacts:
        message = _("Contacts go in circles: they entered %(number)d times within a day.")
        tell(plan.campaign, contacts, message % {"number": MOST_A_DAY}, now)


def _tell_of_depth(plan: Plan, contacts: Sequence[int], now: datetime) -> None:
    if contacts:
        message = _("Campaigns feed each other: stopped after %(number)d reactions to reactions.")
        tell(plan.campaign, contacts, message % {"number": DEEPEST}, now)


def _last_visits(plan: Plan, contacts: Sequence[int], now: datetime) -> list[Last]:
    with connection.cursor() as cursor:
        cursor.execute(
            LAST,
            {
                "contacts": numbers(contacts),
                "campaign": plan.campaign,
                "most": MOST_A_DAY,
                "day_ago": now - timedelta(days=1),
            },
        )
        return [Last(*row) for row in cursor.fetchall()]


def _within_reach(plan: Plan, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Keep the contacts of whoever published, if they may see no others; by hand others may."""
    if plan.only_owner is None:
        return arrivals
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [numbers([item.contact for item in arrivals]), plan.only_owner])
        owned = {row[0] for row in cursor.fetchall()}
    return [item for item in arrivals if item.source == Source.MANUAL or item.contact in owned]


def _may_return(plan: Plan, last: Last, now: datetime) -> bool:
    if plan.cooldown is not None and last.entered_at + plan.cooldown > now:
        return False
    if plan.reentry == Reentry.AFTER_LEAVING:
        return not last.active
    return plan.reentry == Reentry.ALWAYS
