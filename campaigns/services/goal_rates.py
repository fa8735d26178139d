"""How many reach the goal: of all who came, and of those who went beside those held out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import hypot, sqrt
from typing import Any

from django.db import connection

from campaigns.graph import decisions
from campaigns.graph.plan import Node, plan_of
from campaigns.models import Campaign, Outcome
from campaigns.services.choosing import EVERYTHING, Choice
from kernel import filters
from kernel.events import MACHINE, kind_of, type_id
from kernel.filters.questions import within_time

# Of the ways that began in the time chosen, by the version chosen.
BEGAN = """v.entered_at >= %(begins)s AND v.entered_at < %(ends)s
  AND (%(version)s::bigint IS NULL OR v.version_id = %(version)s)"""
# By campaign: ways, and those of them that reached any of its goals.
RATES = f"""
SELECT v.campaign_id, count(*), count(*) FILTER (WHERE EXISTS (
  SELECT 1 FROM step_log l WHERE l.node_id = ANY(%(nodes)s::int[]) AND l.visit_id = v.id
    AND l.outcome = {int(Outcome.YES)}))
FROM visit v {{owned}} WHERE v.campaign_id = ANY(%(campaigns)s::int[]) AND {BEGAN} GROUP BY 1"""  # noqa: S608
OWNED = "JOIN contact o ON o.id = v.contact_id AND o.owner_id = %(owner)s"
# All numbers of each step that is a goal in any version: whoever went through an older one reached
# the goals of that, and what was moved to another number since is counted under both.
GOALS = """
SELECT n.campaign_id, n.id, g.now FROM (
  SELECT w.campaign_id, s ->> 'id' AS name,
         bool_or(w.id = coalesce(%(version)s, c.published_id)) now
  FROM campaign_version w JOIN campaign c ON c.id = w.campaign_id
  CROSS JOIN LATERAL jsonb_path_query(w.graph, '$.nodes[*] ? (@.kind == "goal")') s
  WHERE w.campaign_id = ANY(%(campaigns)s::bigint[]) GROUP BY 1, 2) g
JOIN campaign_node n ON n.campaign_id = g.campaign_id AND n.name = g.name"""
# Both from the moment on since when there are both, each from their own first day.
WENT = f"""
SELECT v.contact_id, v.entered_at FROM visit v {{owned}} WHERE v.campaign_id = %(campaign)s
  AND {BEGAN} AND v.number = 1 AND v.contact_id > 0
  AND v.entered_at >= (SELECT min(held_at) FROM held_out WHERE campaign_id = %(campaign)s)"""  # noqa: S608
HELD = """
SELECT v.contact_id, v.held_at FROM held_out v {owned} WHERE v.campaign_id = %(campaign)s
  AND v.contact_id > 0 AND v.held_at >= %(begins)s AND v.held_at < %(ends)s
  AND (%(version)s::bigint IS NULL OR %(version)s = (
    SELECT w.id FROM campaign_version w
    WHERE w.campaign_id = v.campaign_id AND w.published_at <= v.held_at
    ORDER BY w.number DESC LIMIT 1))
  AND NOT EXISTS (
    SELECT 1 FROM visit w WHERE w.campaign_id = v.campaign_id AND w.contact_id = v.contact_id)"""
HAPPENED = """
SELECT k.contact FROM unnest(%s::bigint[], %s::timestamptz[]) k(contact, since) WHERE EXISTS (
  SELECT 1 FROM event e WHERE e.contact_id = k.contact AND e.occurred_at > k.since
    AND e.type_id = %s AND e.retention = %s AND e.verdict IS DISTINCT FROM %s
    AND e.occurred_at >= %s AND {where})"""
PATIENCE_MS = 1_500
# As certain as one usually wants to be: 95 of 100.
SIGMAS = 1.959964


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    contacts: int
    reached: int

    @property
    def rate(self) -> float | None:
        """Return the share, 0 to 1."""
        return self.reached / self.contacts if self.contacts else None


class _TooSlow(Exception):  # noqa: N818 - an answer
    """Counting took longer than a list may wait."""


def shown_rates(campaigns: Sequence[int], owner: int | None = None) -> dict[int, Share]:
    """Return the rates for a list; none where counting takes too long."""
    try:
        with within_time(_TooSlow, PATIENCE_MS):
            return rates(campaigns, replace(EVERYTHING, owner=owner))
    except _TooSlow:
        return {}


def goal_nodes(campaign: Campaign) -> list[int]:
    """Return the numbers of all steps that are a goal of the campaign in any version."""
    with connection.cursor() as cursor:
        cursor.execute(GOALS, {"campaigns": [campaign.pk], "version": None})
        return [node for _campaign, node, _now in cursor.fetchall()]


def rates(campaigns: Sequence[int], choice: Choice = EVERYTHING) -> dict[int, Share]:
    """Return the ways through each campaign and those that reached a goal, where it has one now.

    Of a version chosen: where that has one. Of ways that began in the time chosen: also those that
    reached it later.
    """
    with connection.cursor() as cursor:
        cursor.execute(GOALS, {"campaigns": list(campaigns), "version": choice.version})
        goals: list[tuple[int, int, bool]] = cursor.fetchall()
        aiming = sorted({campaign for campaign, _node, now in goals if now})
        if not aiming:
            return {}
        values = {
            **choice.values(),
            "campaigns": aiming,
            "nodes": [node for _campaign, node, _now in goals],
        }
        cursor.execute(RATES.format(owned="" if choice.owner is None else OWNED), values)
        found = {row[0]: Share(row[1], row[2]) for row in cursor.fetchall()}
    return {campaign: found.get(campaign, Share(0, 0)) for campaign in aiming}


def comparison(
    campaign: Campaign, now: datetime, choice: Choice = EVERYTHING
) -> tuple[Share, Share, dict[str, Any] | None]:
    """Compare those who went with those held out: who reached a goal since they came.

    Counted alike for both, from the log, whether the way is still under way or not, by the goals
    of each edition as it was published last: also of those in which nobody is left.
    """
    lasts = campaign.versions.order_by("edition", "-number").distinct("edition")
    goals = _different(
        [goal for last in lasts.values_list("pk", flat=True) for goal in plan_of(last).goals]
    )
    went, held = (_arm(arm, goals, campaign.pk, now, choice) for arm in (WENT, HELD))
    return went, held, lift(went, held)


def _different(goals: Sequence[Node]) -> Sequence[Node]:
    """Leave out what several versions aim at alike: each goal is looked for once."""
    return list({repr((goal.key, goal.config)): goal for goal in goals}.values())


def lift(went: Share, held: Share) -> dict[str, Any] | None:
    """Return by how much more of those who went reached it, as shares: with 95 % certainty.

    The hybrid score interval, which holds for few people and for shares of nothing or of all:
    R. G. Newcombe, Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17 (1998) 873-890, method 10.
    """
    if went.rate is None or held.rate is None:
        return None
    difference = went.rate - held.rate
    (least, most), (least_held, most_held) = _score_interval(went), _score_interval(held)
    low = difference - hypot(went.rate - least, most_held - held.rate)
    high = difference + hypot(most - went.rate, held.rate - least_held)
    return {"difference": difference, "low": low, "high": high, "certain": low > 0 or high < 0}


def _score_interval(share: Share) -> tuple[float, float]:
    """Return Wilson's score interval of a share of at least one contact."""
    number, reached, square = share.contacts, share.reached, SIGMAS**2
    middle = 2 * reached + square
    room = SIGMAS * sqrt(square + 4 * reached * (1 - reached / number))
    around = 2 * (number + square)
    # What is computed in floats may miss 0 and 1 by a hair.
    return max((middle - room) / around, 0.0), min((middle + room) / around, 1.0)


def _arm(arm: str, goals: Sequence[Node], campaign: int, now: datetime, choice: Choice) -> Share:
    with connection.cursor() as cursor:
        sql = arm.format(owned="" if choice.owner is None else OWNED)
        cursor.execute(sql, {**choice.values(), "campaign": campaign})
        since: dict[int, datetime] = dict(cursor.fetchall())
    reached: set[int] = set()
    for goal in goals if since else ():
        reached |= _met(goal, since, now)
    return Share(len(since), len(reached))


def _met(goal: Node, since: Mapping[int, datetime], now: datetime) -> set[int]:
    """Return who reached a goal later than the moment of their coming."""
    if not goal.key:
        try:
            return set(filters.matching(goal.config["filter"], list(since), now))
        except filters.FilterProblem:
            # What an edition names in which nobody is left may have been deleted.
            return set()
    where, values = decisions.where_sql(goal.key, goal.where)
    given = [
        list(since),
        list(since.values()),
        type_id(goal.key),
        kind_of(goal.key).retention,
        MACHINE,
        min(since.values()),
        *values,
    ]
    with connection.cursor() as cursor:
        cursor.execute(HAPPENED.format(where=where), given)
        return {row[0] for row in cursor.fetchall()}
