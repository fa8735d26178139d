"""Before publishing: who would come in, who would stay out, and whom each step would not reach."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection
from django.utils.translation import gettext as _
from psycopg2.errors import QueryCanceled

from campaigns.graph import timed
from campaigns.graph.plan import Plan
from campaigns.graph.schema import EMPTY
from campaigns.graph.survey import survey
from campaigns.models import Campaign, Reentry
from campaigns.services import coming, resuming, returning
from campaigns.services.coming import LIMIT
from campaigns.services.membership import JOINED
from campaigns.services.publishing import entering_segments, only_owner
from campaigns.services.resuming import Resumed
from kernel.actions import ContactAction, contact_actions
from kernel.filters.questions import within_time
from kernel.rehearsals import Hindrance, People

# So many steps of a campaign are looked at; a campaign writes fewer mails.
MOST_STEPS = 30
SECONDS = 5.0
# Whoever sees their own contacts only is not told how many others there are. The last visits are
# read once, not looked up person by person: a source may hold everybody.
LOOKED_UP = f"""
DROP TABLE IF EXISTS pg_temp.foreseen;
CREATE TEMP TABLE foreseen ON COMMIT DROP AS
SELECT m.contact_id, {returning.kept_out(contact="m.contact_id")} AS why
FROM (SELECT contact_id FROM member
      WHERE manual <> 2 AND segment_id = ANY(%(segments)s::bigint[])
      UNION SELECT m.contact_id FROM member m
      WHERE m.manual <> 2 AND m.segment_id = ANY(%(missed)s::bigint[]){JOINED}
      UNION SELECT contact_id FROM standing) m {{owned}}
LEFT JOIN contact c ON c.id = m.contact_id AND c.withheld IS NOT NULL
LEFT JOIN (
  SELECT DISTINCT ON (contact_id) contact_id, entered_at, left_at FROM visit
  WHERE campaign_id = %(campaign)s ORDER BY contact_id, number DESC) v
  ON v.contact_id = m.contact_id"""  # noqa: S608 - constants
OWNED = "JOIN contact o ON o.id = m.contact_id AND o.owner_id = %(owner)s"
COUNT = "SELECT why, count(*) FROM foreseen GROUP BY why ORDER BY 2 DESC"
ENTERING = "SELECT contact_id FROM foreseen WHERE why IS NULL"
ONE = f"""
SELECT {returning.kept_out("%(owner)s::bigint")} FROM contact c
LEFT JOIN LATERAL (
  SELECT entered_at, left_at FROM visit w
  WHERE w.campaign_id = %(campaign)s AND w.contact_id = c.id
  ORDER BY number DESC LIMIT 1) v ON true
WHERE c.id = %(contact)s"""  # noqa: S608 - constants


class TooSlow(Exception):  # noqa: N818 - no fault, the time is over
    """The time is over before everything is counted."""


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
    # How many time leads in within `AHEAD_DAYS`; None: nothing of it follows time.
    ahead: int | None = None
    # Who goes on after a pause; None: nothing stood still.
    resumed: Resumed | None = None


def outlook(campaign: Campaign, now: datetime, *, user: Any, catch_up: bool = False) -> Outlook:
    """Count whom publishing the draft now would let in, and whom its steps would not reach.

    Inside a transaction. All of it has `SECONDS`: whoever comes in must be counted by then
    (`QueryCanceled`, or `TooSlow`); steps that are not judged by then are not told.
    """
    ends = time.monotonic() + SECONDS
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "owner": only_owner(user),
        "cooldown": campaign.cooldown,
        "holdout": campaign.holdout,
        "reentry": campaign.reentry,
        "now": max(now, campaign.start_at or now),
        **entering_segments(campaign, now, catch_up=catch_up)._asdict(),
    }
    ahead = coming.count(campaign, values, lambda: _left(ends))
    standing = coming.keep_standing(campaign, now, lambda: _left(ends), catch_up=catch_up)
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, [str(_left(ends))])
    resumed = resuming.count(campaign, now, values["owner"])
    if not (values["segments"] or values["missed"] or standing):
        return Outlook(0, ahead=ahead, resumed=resumed)
    owned = "" if values["owner"] is None else OWNED
    with connection.cursor() as cursor:
        for statement in (LOOKED_UP.format(owned=owned), "ANALYZE foreseen", COUNT):
            cursor.execute(LIMIT, [str(_left(ends))])
            cursor.execute(statement, values)
        counted: dict[str | None, int] = dict(cursor.fetchall())
    enters = counted.pop(None, 0)
    out = {why: count for why, count in counted.items() if why}
    return Outlook(enters, out, _steps(campaign, enters, values["now"], ends), ahead, resumed)


def hints(campaign: Campaign) -> list[tuple[str, str]]:
    """Tell what whoever publishes may not have meant: codes with words."""
    if campaign.reentry == Reentry.ONCE and any(map(timed.is_yearly, campaign.sources)):
        words = _(
            "People enter once: next year their date leads nobody in again. Choose that they enter"
            " again after having left, or every time."
        )
        return [("once_a_year", words)]
    return []


def _left(ends: float) -> int:
    """Return how many milliseconds there are."""
    left = int((ends - time.monotonic()) * 1_000)
    if left <= 0:
        raise TooSlow
    return left


def kept_out(plan: Plan, contact: int, now: datetime) -> str | None:
    """Say why the rules of a plan would keep one contact out at that time; None: they would not."""
    if not plan.is_open(now):
        return "closed"
    values: dict[str, Any] = {
        "campaign": plan.campaign,
        "owner": plan.only_owner,
        "cooldown": plan.cooldown,
        "holdout": plan.holdout,
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
        "withheld": _("processing is restricted, or they object to profiling"),
        "cooling_down": _("came too short a while ago"),
        "on_the_way": _("on the way already"),
        "here_before": _("was here before"),
        "not_measurable": _("nothing of what they do may be measured"),
        "held_out": _("is held out, to be compared with those who go"),
    }[why]


def _steps(campaign: Campaign, enters: int, now: datetime, ends: float) -> list[StepOutlook]:
    """Ask each action that can be carried out whom it would not reach, until the time is over."""
    if not enters:
        return []
    judged: dict[str, dict[Hindrance, int] | None] = {}
    people, found = People(ENTERING, {}), list[StepOutlook]()
    for name, action in _actions(campaign)[:MOST_STEPS]:
        # The same mail at two steps is judged once.
        same = repr((action.key, action.config))
        if same not in judged:
            try:
                with within_time(None, _left(ends)):
                    judged[same] = action.foresee(people, now)
            except TooSlow:
                break
            except OperationalError as error:
                if not isinstance(error.__cause__, QueryCanceled):
                    raise
                break
        hindered = judged[same]
        if hindered is not None:
            found.append(StepOutlook(name, enters - sum(hindered.values()), hindered))
    return found


def _actions(campaign: Campaign) -> list[tuple[str, ContactAction]]:
    """Return the actions of the draft whose settings can be read, with their steps."""
    graph, problems = survey(campaign.graph or EMPTY)
    broken = {problem["step"] for problem in problems}
    kinds = [
        (node, contact_actions.get(node.get("key", "")))
        for node in graph["nodes"]
        if node["kind"] == "action" and node["id"] not in broken
    ]
    return [(node["id"], kind(node["config"])) for node, kind in kinds if kind is not None]
