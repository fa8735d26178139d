"""Following time for sources: whoever's moment comes enters, once for each of its spells.

A pass goes from where the last one ended until now, by number of the contact; what it has done
stands in the source's clock, in the transaction that lets people in.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.graph.plan import Plan
from campaigns.models import Campaign, CampaignVersion, Source, SourceClock
from campaigns.services import anniversaries, inactivity
from campaigns.services.anniversaries import Question
from campaigns.services.entering import enter
from campaigns.services.returning import Arrival
from campaigns.services.running import entrance

CHUNK = 2_000
# Days that passed longer ago, as nothing ran, lead nobody in any more.
LATEST = timedelta(days=7)
SOURCES = {timed.DATE: Source.DATE, timed.INACTIVE: Source.INACTIVE}
NEXT = {timed.DATE: anniversaries.next_moment, timed.INACTIVE: inactivity.next_moment}
# First all who are due, where they are few: by number alone the whole table would be read until
# enough are found.
DUE = """
WITH due AS {kept} ({question})
SELECT contact_id, min(spell) FROM due
WHERE contact_id > %s AND NOT EXISTS (
  SELECT 1 FROM visit v WHERE v.campaign_id = %s AND v.contact_id = due.contact_id
    AND v.source = %s AND v.source_id = due.spell)
GROUP BY contact_id ORDER BY contact_id LIMIT %s"""


def sources(plan: Plan) -> list[Mapping[str, Any]]:
    """Return the sources of a plan that follow time."""
    return [source for source in plan.sources if timed.kind_of(source)]


def question(source: Mapping[str, Any], since: datetime, until: datetime) -> Question | None:
    """Ask who enters by a source after `since` and until `until`; None: nobody can."""
    if timed.INACTIVE in source:
        return inactivity.question(source, since, until)
    return anniversaries.question(source, since, until)


def enters_at(plan: Plan, contact: int, after: datetime) -> datetime | None:
    """Return when time leads one contact in next; None: never."""
    found = [
        moment
        for source in sources(plan)
        # What the reader may not see is not told this way either.
        if not timed.is_missing(source)
        and (moment := NEXT[timed.kind_of(source) or ""](source, contact, after)) is not None
    ]
    return min(found, default=None)


def first_look(source: Mapping[str, Any], now: datetime) -> datetime:
    """Return since when a source counts that is new: who is inactive already comes in, too."""
    return inactivity.EVER if timed.INACTIVE in source else now


def standing(
    campaign: Campaign, now: datetime, *, catch_up: bool
) -> list[tuple[Mapping[str, Any], datetime]]:
    """Return what would lead somebody in at once if the draft were published, with since when."""
    known = dict(SourceClock.objects.filter(campaign=campaign).values_list("mark", "through"))
    paused = campaign.state == Campaign.State.UNPUBLISHED
    found = [(source, known.get(timed.mark(source))) for source in campaign.sources]
    return [
        (source, first_look(source, now) if through is None else _since(source, through, now))
        for source, through in found
        if (through in (None, inactivity.EVER) and timed.INACTIVE in source)
        or (through is not None and paused and catch_up)
    ]


def begin(campaign: Campaign, version: CampaignVersion, now: datetime, *, goes_on: bool) -> None:
    """Set the clocks of what a version brings; what passed while nothing ran leads nobody in.

    `goes_on`: those that ran before stay where they are.
    """
    marks = {timed.mark(source): source for source in version.sources if timed.kind_of(source)}
    known = SourceClock.objects.filter(campaign=campaign)
    known.exclude(mark__in=marks).delete()
    if not goes_on:
        # A first look at everybody that has not come to its end goes on.
        known.exclude(through=inactivity.EVER).update(through=now, until=None, after=0)
    SourceClock.objects.bulk_create(
        [
            SourceClock(campaign=campaign, mark=mark, through=first_look(source, now))
            for mark, source in sorted(marks.items())
        ],
        ignore_conflicts=True,
    )


def follow(campaign: int, mark: str, now: datetime) -> bool:
    """Let some in whose moment has come; say whether there may be more. Inside a transaction."""
    plan = entrance(campaign)
    source = next((one for one in sources(plan) if timed.mark(one) == mark), None) if plan else None
    if plan is None or source is None or not plan.is_open(now):
        return False
    clocks = SourceClock.objects.select_for_update(skip_locked=True)
    found = clocks.filter(campaign=campaign, mark=mark).first()
    if found is None:
        return False
    if found.until is None:
        found.until, found.after = max(now, found.through), 0
    since = _since(source, found.through, now)
    # Before the campaign began nobody's day counted.
    if timed.DATE in source and plan.start_at is not None:
        since = max(since, plan.start_at)
    due = _due(plan, source, since, found)
    if due:
        kind = SOURCES[timed.kind_of(source) or ""]
        arrivals = [Arrival(contact, kind, spell) for contact, spell in due]
        enter(plan, arrivals, now, bulk=True)
        found.after = due[-1][0]
    if len(due) < CHUNK:
        found.through, found.until, found.after = found.until, None, 0
    found.save(update_fields=["through", "until", "after"])
    return found.until is not None


def _since(source: Mapping[str, Any], through: datetime, now: datetime) -> datetime:
    """Return since when moments count: days that are long gone lead nobody in any more."""
    return through if timed.INACTIVE in source else max(through, now - LATEST)


def _due(
    plan: Plan, source: Mapping[str, Any], since: datetime, clock: SourceClock
) -> list[tuple[int, int]]:
    until, kind = clock.until or since, timed.kind_of(source) or ""
    asked = question(source, since, until) if since < until else None
    if asked is None:
        return []
    kept = "MATERIALIZED" if asked.eager else "NOT MATERIALIZED"
    with connection.cursor() as cursor:
        cursor.execute(
            DUE.format(question=asked.sql, kept=kept),
            [*asked.params, clock.after, plan.campaign, int(SOURCES[kind]), CHUNK],
        )
        found: list[tuple[int, int]] = cursor.fetchall()
        return found
