"""Who may come in: the re-entry rule, the cool-down, and an end to going in circles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

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
    """The last visit of a contact that may come in; of whoever never came nothing is known."""

    contact: int
    visit: int | None
    active: bool
    number: int | None
    circles: bool


# Whoever comes in oftener than this in a day goes in circles.
MOST_A_DAY = 100


def kept_out(owner: str = "", contact: str = "c.id") -> str:
    """Return SQL that says from a last visit `v` why a contact `c` stays out; NULL: it comes in.

    `owner` is SQL of the user whose contacts alone come in; where that is null, everybody's do.
    Whoever went before the draw goes on to.
    """
    reach = f"{owner} IS NOT NULL AND c.owner_id IS DISTINCT FROM {owner}"
    return f"""
CASE {f"WHEN {reach} THEN 'out_of_reach'" if owner else ""}
     WHEN c.withheld IS NOT NULL THEN 'withheld'
     WHEN v.entered_at IS NULL AND {drawn_out(contact)} THEN 'held_out'
     WHEN v.entered_at IS NULL THEN NULL
     WHEN v.entered_at + %(cooldown)s::interval > %(now)s THEN 'cooling_down'
     WHEN %(reentry)s = '{Reentry.ALWAYS}' THEN NULL
     WHEN v.left_at IS NULL THEN 'on_the_way'
     WHEN %(reentry)s = '{Reentry.AFTER_LEAVING}' THEN NULL
     ELSE 'here_before' END"""


def drawn_out(contact: str) -> str:
    """Return SQL that says whether the draw of a campaign holds a contact out.

    The draw is a place on the whole, by campaign and contact alone: the same every time, and a
    larger share holds the same ones out and more.
    """
    place = f"('x' || left(md5('holdout:' || %(campaign)s || ':' || {contact}), 8))::bit(32)"
    return f"%(holdout)s > 0 AND {place}::bigint * 100 < %(holdout)s::bigint << 32"


# Whoever no longer exists does not come in.
LAST = """
SELECT k.contact_id, v.id, v.left_at IS NULL, v.number,
  v.number >= %(most)s AND EXISTS (
    SELECT 1 FROM visit w WHERE w.campaign_id = %(campaign)s AND w.contact_id = k.contact_id
      AND w.number = v.number - %(most)s + 1 AND w.entered_at > %(day_ago)s)
FROM unnest(%(contacts)s::bigint[], %(owners)s::bigint[]) k(contact_id, owner)
JOIN contact c ON c.id = k.contact_id
LEFT JOIN LATERAL (
  SELECT id, left_at, entered_at, number FROM visit
  WHERE campaign_id = %(campaign)s AND contact_id = k.contact_id
  ORDER BY number DESC LIMIT 1) v ON true
WHERE ({kept_out}) IS NULL ORDER BY k.contact_id"""
# Most campaigns let everybody's contacts in, and need not look at whose they are.
OF_ANYBODY = LAST.replace("{kept_out}", kept_out())
OF_ONE = LAST.replace("{kept_out}", kept_out("k.owner"))
HOLD_OUT = f"""
INSERT INTO held_out (campaign_id, contact_id, held_at)
SELECT %(campaign)s, k.contact_id, %(now)s
FROM unnest(%(contacts)s::bigint[], %(owners)s::bigint[]) k(contact_id, owner)
JOIN contact c ON c.id = k.contact_id
LEFT JOIN LATERAL (
  SELECT left_at, entered_at FROM visit
  WHERE campaign_id = %(campaign)s AND contact_id = k.contact_id
  ORDER BY number DESC LIMIT 1) v ON true
WHERE ({kept_out("k.owner")}) = 'held_out' ORDER BY k.contact_id
ON CONFLICT DO NOTHING"""  # noqa: S608 - constants


def admit(plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int) -> list[Admitted]:
    """Apply the rules, by contact; who starts anew leaves the visit under way."""
    wanted = {arrival.contact: arrival for arrival in arrivals}
    found = _last_visits(plan, [wanted[contact] for contact in sorted(wanted)], now)
    entering = [last for last in found if not last.circles]
    under_way = [last.visit for last in entering if last.visit is not None and last.active]
    leave(plan.campaign, under_way, LeftFor.RESTARTED, now, depth=depth)
    _tell_of_circles(plan, [last.contact for last in found if last.circles], now)
    if depth > DEEPEST:
        tell_of_depth(plan, [last.contact for last in entering], now)
    return [Admitted(wanted[last.contact], (last.number or 0) + 1) for last in entering]


def _tell_of_circles(plan: Plan, contacts: Sequence[int], now: datetime) -> None:
    if contacts:
        message = _("Contacts go in circles: they entered %(number)d times within a day.")
        tell(plan.campaign, contacts, message % {"number": MOST_A_DAY}, now)


def tell_of_depth(plan: Plan, contacts: Sequence[int], now: datetime) -> None:
    """Tell the operator that campaigns which feed each other were stopped."""
    if contacts:
        message = _("Campaigns feed each other: stopped after %(number)d reactions to reactions.")
        tell(plan.campaign, contacts, message % {"number": DEEPEST}, now)


def _last_visits(plan: Plan, arrivals: Sequence[Arrival], now: datetime) -> list[Last]:
    # By hand, others may bring in contacts that are not the publisher's.
    owners = [None if item.source == Source.MANUAL else plan.only_owner for item in arrivals]
    values: dict[str, Any] = {
        "contacts": numbers([item.contact for item in arrivals]),
        "owners": numbers(owners),
        "campaign": plan.campaign,
        "cooldown": plan.cooldown,
        "holdout": plan.holdout,
        "reentry": plan.reentry,
        "now": now,
        "most": MOST_A_DAY,
        "day_ago": now - timedelta(days=1),
    }
    with connection.cursor() as cursor:
        if plan.holdout:
            cursor.execute(HOLD_OUT, values)
        cursor.execute(OF_ANYBODY if plan.only_owner is None else OF_ONE, values)
        return [Last(*row) for row in cursor.fetchall()]
