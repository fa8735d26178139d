"""Entering a campaign: whom the re-entry rule lets in gets a visit and its first steps."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.graph.plan import Plan
from campaigns.models import Outcome
from campaigns.services import figures, goals
from campaigns.services.arrays import instants, numbers
from campaigns.services.arriving import ARRIVE, ways
from campaigns.services.returning import Admitted, Arrival, admit
from kernel import events
from kernel.partitions import ensure_partitions

# One of two that enter the same contact at once finds the other's visit, and lets it be.
ENTER = f"""
WITH arrival AS MATERIALIZED (
  SELECT * FROM unnest(%(contacts)s::bigint[], %(sources)s::smallint[], %(source_ids)s::bigint[],
                       %(events)s::bigint[], %(event_ats)s::timestamptz[], %(numbers)s::int[])
    k(contact_id, source, source_id, event_id, event_at, number)),
entered AS (
  INSERT INTO visit (campaign_id, contact_id, version_id, edition, number, source, source_id,
                     entered_at)
  SELECT %(campaign)s, contact_id, %(version)s, %(edition)s, number, source, source_id, %(now)s
  FROM arrival ORDER BY contact_id
  ON CONFLICT DO NOTHING RETURNING id, contact_id, number),
d AS (
  SELECT e.id visit_id, e.contact_id, 1::smallint AS pass, {int(Outcome.DONE)}::smallint outcome,
         a.event_id, a.event_at, %(depth)s::smallint AS depth
  FROM entered e JOIN arrival a USING (contact_id)),
arrived AS ({ARRIVE}),
counted AS (
  INSERT INTO node_delta (node_id, version_id, day, waiting, came)
  SELECT node_id, %(version)s, {figures.DAY}, count(*), count(*) FROM arrived GROUP BY node_id
  UNION ALL SELECT %(start)s, %(version)s, {figures.DAY}, count(*), 0 FROM entered),
fresh AS (
  SELECT contact_id, %(campaign)s::bigint subject_id, %(now)s occurred_at,
         NULL::smallint verdict, NULL::jsonb AS data FROM entered ORDER BY contact_id),
{events.RECORD_ROWS}
SELECT contact_id, number FROM entered"""  # noqa: S608 - a statement of ours


def enter(
    plan: Plan, arrivals: Sequence[Arrival], now: datetime, *, depth: int = 0, bulk: bool = False
) -> set[int]:
    """Let in whom the rules let in; return the contacts that are on the way now because of it.

    The caller holds the plan by `entrance`; a contact stands once in `arrivals`.
    """
    if not arrivals or not plan.is_open(now):
        return set()
    admitted = admit(plan, arrivals, now, depth=depth)
    if not admitted:
        return set()
    ensure_partitions({now})
    with connection.cursor() as cursor:
        cursor.execute(ENTER, _parameters(plan, admitted, now, depth=depth, bulk=bulk))
        entered = dict(cursor.fetchall())
    first = sum(number == 1 for number in entered.values())
    tally = figures.Tally(now)
    tally.add(plan.start.id, plan.version, done=len(entered), yes=first)
    tally.write()
    true_already = [goal for goal in plan.goals if not goal.key]
    goals.seek(plan, entered, now, goals=true_already, depth=depth)
    return set(entered)


def _parameters(
    plan: Plan, admitted: Sequence[Admitted], now: datetime, *, depth: int, bulk: bool
) -> dict[str, Any]:
    reads = [f"campaign:{plan.campaign}"]
    arrivals = [item.arrival for item in admitted]
    return {
        **events.parameters("campaigns.entered", now=now, depth=depth, bulk=bulk, reads=reads),
        **ways(plan, plan.start, [Outcome.DONE], now),
        "campaign": plan.campaign,
        "version": plan.version,
        "edition": plan.edition,
        "start": plan.start.id,
        "contacts": numbers([arrival.contact for arrival in arrivals]),
        "sources": numbers([int(arrival.source) for arrival in arrivals]),
        "source_ids": numbers([arrival.source_id for arrival in arrivals]),
        "events": numbers([arrival.event_id for arrival in arrivals]),
        "event_ats": instants([arrival.event_at for arrival in arrivals]),
        "numbers": numbers([item.number for item in admitted]),
    }
