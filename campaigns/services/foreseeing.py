"""Before publishing: who would come in, who would stay out, and whom each step would not reach."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from campaigns.graph.plan import Plan
from campaigns.graph.survey import survey
from campaigns.models import Campaign
from campaigns.services.drafts import EMPTY
from campaigns.services.publishing import entering_segments, only_owner
from kernel.actions import contact_actions
from kernel.rehearsals import Hindrance, People

# So many steps of a campaign are looked at; a campaign writes fewer mails.
MOST_STEPS = 30
SECONDS = 5.0
# Whom the rules would keep out, as `returning.admit` decides; NULL: comes in.
KEPT_OUT = """
CASE WHEN %(owner)s::bigint IS NOT NULL AND c.owner_id IS DISTINCT FROM %(owner)s
     THEN 'out_of_reach'
     WHEN v.entered_at IS NULL THEN NULL
     WHEN v.entered_at + %(cooldown)s::interval > %(now)s THEN 'cooling_down'
     WHEN %(reentry)s = 'always' OR (%(reentry)s = 'after_leaving' AND v.left_at IS NOT NULL)
     THEN NULL
     WHEN v.left_at IS NULL THEN 'on_the_way' ELSE 'here_before' END"""
LAST = """
LEFT JOIN LATERAL (
  SELECT entered_at, left_at FROM visit w
  WHERE w.campaign_id = %(campaign)s AND w.contact_id = c.id
  ORDER BY number DESC LIMIT 1) v ON true"""
# Whoever sees their own contacts only is not told how many others there are.
MEMBERS = f"""
SELECT c.id contact_id, {KEPT_OUT} AS why FROM contact c {LAST}
WHERE (%(owner)s::bigint IS NULL OR c.owner_id = %(owner)s)
  AND EXISTS (SELECT 1 FROM member m WHERE m.contact_id = c.id AND m.manual <> 2
              AND m.segment_id = ANY(%(segments)s::bigint[]))"""  # noqa: S608 - ours
# Looked up once for all that is asked of them.
LOOKED_UP = f"""
DROP TABLE IF EXISTS pg_temp.foreseen;
CREATE TEMP TABLE foreseen ON COMMIT DROP AS {MEMBERS}"""
COUNT = "SELECT why, count(*) FROM foreseen GROUP BY why ORDER BY 2 DESC"
ENTERING = "SELECT contact_id FROM foreseen WHERE why IS NULL"
ONE = f"SELECT {KEPT_OUT} FROM contact c {LAST} WHERE c.id = %(contact)s"  # noqa: S608 - ours


@dataclass(frozen=True)
class StepOutlook:
    """Whom one step would not reach, of those who come in."""

    step: str
    reached: int
    hindered: Mapping[Hindrance, int]


@dataclass(frozen=True)
class Outlook:
    """What publishing would begin with."""

    enters: int
    # People kept out, by why.
    out: Mapping[str, int] = field(default_factory=dict)
    steps: Sequence[StepOutlook] = ()


def outlook(campaign: Campaign, now: datetime, *, user: Any, catch_up: bool = False) -> Outlook:
    """Count whom publishing the draft now would let in, and whom its steps would not reach.

    Inside a transaction, whose time limit holds for each statement; steps that come after
    `SECONDS` are not looked at.
    """
    ends = time.monotonic() + SECONDS
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "owner": only_owner(user),
        "cooldown": campaign.cooldown,
        "reentry": campaign.reentry,
        "now": max(now, campaign.start_at or now),
        "segments": entering_segments(campaign, now, catch_up=catch_up),
    }
    if not values["segments"]:
        return Outlook(0)
    with connection.cursor() as cursor:
        cursor.execute(LOOKED_UP, values)
        cursor.execute("ANALYZE foreseen")
        cursor.execute(COUNT)
        counted: dict[str | None, int] = dict(cursor.fetchall())
    enters = counted.pop(None, 0)
    out = {why: count for why, count in counted.items() if why}
    return Outlook(enters, out, _steps(campaign, enters, values["now"], ends))


def kept_out(plan: Plan, contact: int, now: datetime) -> str | None:
    """Say why the rules of a plan would keep one contact out at that time; None: they would not."""
    if not plan.is_open(now):
        return "closed"
    values: dict[str, Any] = {
        "campaign": plan.campaign,
        "owner": plan.only_owner,
        "cooldown": plan.cooldown,
        "reentry": plan.reentry,
        "now": now,
        "contact": contact,
    }
    with connection.cursor() as cursor:
        cursor.execute(ONE, values)
        row = cursor.fetchone()
    return row[0] if row else None


def said(why: str) -> str:
    """Say to a person why somebody stays out."""
    return {
        "closed": _("the campaign lets nobody in at that time"),
        "out_of_reach": _("not among the contacts you may see"),
        "cooling_down": _("came too short a while ago"),
        "on_the_way": _("on the way already"),
        "here_before": _("was here before"),
    }[why]


def _steps(campaign: Campaign, enters: int, now: datetime, ends: float) -> list[StepOutlook]:
    """Ask each action that can be carried out whom it would not reach, until the time is over."""
    graph, problems = survey(campaign.graph or EMPTY)
    broken = {problem["step"] for problem in problems}
    people, found = People(ENTERING, {}), list[StepOutlook]()
    for node in graph["nodes"]:
        action = contact_actions.get(node.get("key", "")) if node["kind"] == "action" else None
        if action is None or node["id"] in broken or not enters:
            continue
        if len(found) == MOST_STEPS or time.monotonic() > ends:
            break
        hindered = action(node["config"]).foresee(people, now)
        if hindered is not None:
            found.append(StepOutlook(node["id"], enters - sum(hindered.values()), hindered))
    return found
