"""Entering a campaign: whom the re-entry rule lets in gets a visit and its first steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.graph.plan import Plan
from campaigns.models import LeftFor, Outcome, Reentry, Source
from campaigns.services import figures, goals
from campaigns.services.arrays import numbers
from campaigns.services.arriving import ARRIVE, ways
from campaigns.services.leaving import leave
from kernel import events
from kernel.partitions import ensure_partitions


@dataclass(frozen=True, slots=True)
class Arrival:
    """A contact at the entrance, and what led it there."""

    contact: int
    source: int = Source.MANUAL
    source_id: int | None = None
    event_id: int | None = None
    event_at: datetime | None = None


# The last visit of each decides; whoever never came, or no longer exists, is plain.
LAST = """
SELECT k.contact_id, v.id, v.left_at IS NULL, v.entered_at
FROM unnest(%s::bigint[]) k(contact_id)
JOIN contact c ON c.id = k.contact_id
LEFT JOIN LATERAL (
  SELECT id, left_at, entered_at FROM visit
  WHERE campaign_id = %s AND contact_id = k.contact_id ORDER BY number DESC LIMIT 1) v ON true
ORDER BY k.contact_id"""
OWNED = "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) AND owner_id = %s"
# One of two that enter the same contact at once finds the other's visit, and lets it be.
ENTER = f"""
WITH arrival AS MATERIALIZED (
  SELECT k.*, (SELECT max(number) FROM visit v
               WHERE v.campaign_id = %(campaign)s AND v.contact_id = k.contact_id) last
  FROM unnest(%(contacts)s::bigint[], %(sources)s::smallint[], %(source_ids)s::bigint[],
              %(events)s::bigint[], %(event_ats)s::timestamptz[])
       k(contact_id, source, source_id, event_id, event_at)),
entered AS (
  INSERT INTO visit (campaign_id, contact_id, version_id, number, source, source_id, entered_at)
  SELECT %(campaign)s, contact_id, %(version)s, coalesce(last, 0) + 1, source, source_id, %(now)s
  FROM arrival ORDER BY contact_id
  ON CONFLICT DO NOTHING RETURNING id, contact_id, number),
d AS (
  SELECT e.id visit_id, e.contact_id, 1::smallint AS pass, {int(Outcome.DONE)}::smallint outcome,
         a.event_id, a.event_at, %(depth)s::smallint AS depth
  FROM entered e JOIN arrival a USING (contact_id)),
arrived AS ({ARRIVE}),
counted AS (
  INSERT INTO node_delta (node_id, waiting) SELECT node_id, count(*) FROM arrived GROUP BY node_id
  UNION ALL SELECT %(start)s, count(*) FROM entered),
fresh AS (
  SELECT contact_id, %(campaign)s::bigint subject_id, %(now)s occurred_at,
         NULL::smallint verdict, NULL::jsonb AS data FROM entered ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT contact_id, number FROM entered"""  # noqa: S608 - a statement of ours


def enter(
    plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int = 0, bulk: bool = False
) -> set[int]:
    """Let in whom the rules let in; return the contacts that are on the way now because of it.

    The caller holds the plan by `running`; a contact stands once in `arrivals`.
    """
    if not arrivals or not plan.is_open(now):
        return set()
    admitted = _admitted(plan, _within_reach(plan, arrivals), now, depth=depth)
    if not admitted:
        return set()
    ensure_partitions({now})
    with connection.cursor() as cursor:
        cursor.execute(ENTER, _parameters(plan, admitted, now, depth=depth, bulk=bulk))
        entered = dict(cursor.fetchall())
    figures.add(
        plan.start.id, done=len(entered), yes=sum(number == 1 for number in entered.values())
    )
    true_already = [goal for goal in plan.goals if not goal.key]
    goals.seek(plan, entered, now, goals=true_already, depth=depth)
    return set(entered)


def _parameters(
    plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int, bulk: bool
) -> dict[str, Any]:
    reads = [f"campaign:{plan.campaign}"]
    return {
        **events.parameters("campaigns.entered", now=now, depth=depth, bulk=bulk, reads=reads),
        **ways(plan, plan.start, [Outcome.DONE], now),
        "campaign": plan.campaign,
        "version": plan.version,
        "start": plan.start.id,
        "contacts": numbers([arrival.contact for arrival in arrivals]),
        "sources": numbers([int(arrival.source) for arrival in arrivals]),
        "source_ids": numbers([arrival.source_id for arrival in arrivals]),
        "events": numbers([arrival.event_id for arrival in arrivals]),
        "event_ats": [arrival.event_at for arrival in arrivals],
    }


def _within_reach(plan: Plan, arrivals: Sequence[Arrival]) -> Sequence[Arrival]:
    """Keep the contacts of whoever published, if they may see no others; by hand others may."""
    if plan.only_owner is None:
        return arrivals
    with connection.cursor() as cursor:
        cursor.execute(OWNED, [numbers([item.contact for item in arrivals]), plan.only_owner])
        owned = {row[0] for row in cursor.fetchall()}
    return [item for item in arrivals if item.source == Source.MANUAL or item.contact in owned]


def _admitted(
    plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int
) -> list[Arrival]:
    """Apply the re-entry rule and the cool-down; who starts anew leaves the visit under way."""
    with connection.cursor() as cursor:
        contacts = numbers([arrival.contact for arrival in arrivals])
        cursor.execute(LAST, [contacts, plan.campaign])
        rows = cursor.fetchall()
    admitted: set[int] = set()
    restarted: list[int] = []
    for contact, visit, active, entered_at in rows:
        if visit is None:
            admitted.add(contact)
        elif _may_return(plan, active=active, entered_at=entered_at, now=now):
            admitted.add(contact)
            if active:
                restarted.append(visit)
    leave(plan.campaign, restarted, LeftFor.RESTARTED, now, depth=depth)
    return sorted(
        (arrival for arrival in arrivals if arrival.contact in admitted),
        key=lambda arrival: arrival.contact,
    )


def _may_return(plan: Plan, *, active: bool, entered_at: datetime, now: datetime) -> bool:
    if plan.cooldown is not None and entered_at + plan.cooldown > now:
        return False
    if plan.reentry == Reentry.AFTER_LEAVING:
        return not active
    return plan.reentry == Reentry.ALWAYS
