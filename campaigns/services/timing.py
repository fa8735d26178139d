"""Following time for sources: whoever's moment comes enters, once for each of its spells.

A pass goes from where the last one ended until now, by number of the contact; what it has done
stands in the source's clock, in the transaction that lets people in. `gathering` begins it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.graph.plan import Plan
from campaigns.models import Campaign, CampaignVersion, SourceClock, SourceDue
from campaigns.services import anniversaries, inactivity
from campaigns.services.entering import enter
from campaigns.services.gathering import SOURCES, fresh, question, since
from campaigns.services.returning import Arrival
from campaigns.services.running import entrance

CHUNK = 2_000
NEXT = {timed.DATE: anniversaries.next_moment, timed.INACTIVE: inactivity.next_moment}
FOUND = """
SELECT contact_id FROM source_due
WHERE clock_id = %s AND contact_id > %s ORDER BY contact_id LIMIT %s"""
# A pass takes its time: whose date was moved meanwhile, or who has done something, stays out.
STILL = """
SELECT q.contact_id, min(q.spell) FROM ({question}) q
WHERE q.contact_id = ANY(%s::bigint[]) AND {fresh} GROUP BY 1 ORDER BY 1"""
FORGET = "DELETE FROM source_due WHERE clock_id = %s AND contact_id <= %s"


def sources(plan: Plan) -> list[Mapping[str, Any]]:
    """Return the sources of a plan that follow time."""
    return [source for source in plan.sources if timed.kind_of(source)]


def enters_at(plan: Plan, contact: int, after: datetime) -> datetime | None:
    """Return when time leads one contact in next; None: never."""
    found = [
        moment
        for source in sources(plan)
        # What the reader may not see is not told this way either.
        if not timed.is_missing(source)
        and (moment := _next(plan, source, contact, after)) is not None
    ]
    return min(found, default=None)


def _next(plan: Plan, source: Mapping[str, Any], contact: int, after: datetime) -> datetime | None:
    return NEXT[timed.kind_of(source) or ""](source, contact, after, plan.campaign)


def is_invisible(plan: Plan, contact: int) -> bool:
    """Say whether inactivity alone leads in, and nothing of one contact may be measured."""
    return bool(plan.sources) and not any(
        timed.INACTIVE not in source or inactivity.is_measurable(source, contact)
        for source in plan.sources
    )


def first_look(source: Mapping[str, Any], now: datetime) -> datetime:
    """Return since when a source counts that is new: who is inactive already comes in, too."""
    return inactivity.EVER if timed.INACTIVE in source else now


def standing(
    campaign: Campaign, now: datetime, *, catch_up: bool
) -> list[tuple[Mapping[str, Any], datetime]]:
    """Return what would lead somebody in at once if the draft were published, with since when."""
    known = dict(SourceClock.objects.filter(campaign=campaign).values_list("mark", "through"))
    paused = stood_still(campaign, now)
    found = [(source, known.get(timed.mark(source))) for source in campaign.sources]
    return [
        (source, first_look(source, now) if through is None else since(source, through, now))
        for source, through in found
        if (through in (None, inactivity.EVER) and timed.INACTIVE in source)
        or (through is not None and paused and catch_up)
    ]


def stood_still(campaign: Campaign, now: datetime) -> bool:
    """Say whether nothing of a campaign ran until now: it was stopped, or had come to its end."""
    ended = campaign.published.end_at if campaign.published else None
    return campaign.state == Campaign.State.UNPUBLISHED or (ended is not None and ended <= now)


def begin(campaign: Campaign, version: CampaignVersion, now: datetime, *, catch_up: bool) -> None:
    """Set the clocks of what a version brings; what passed while nothing ran leads nobody in.

    `catch_up`: it does. The campaign is as it was before the version.
    """
    marks = {timed.mark(source): source for source in version.sources if timed.kind_of(source)}
    known = SourceClock.objects.filter(campaign=campaign)
    known.exclude(mark__in=marks).delete()
    # Somebody may have mended what took too long.
    known.update(failures=0, retry_at=None)
    if not catch_up and stood_still(campaign, now):
        stopped = known.exclude(through=inactivity.EVER)
        stopped.update(through=now, until=None, after=0)
        SourceDue.objects.filter(clock__in=stopped).delete()
        # A first look at everybody that has not come to its end goes on; what came since it
        # began came while nothing ran.
        known.filter(through=inactivity.EVER, until__isnull=False).update(until=now)
    SourceClock.objects.bulk_create(
        [
            SourceClock(campaign=campaign, mark=mark, through=first_look(source, now))
            for mark, source in sorted(marks.items())
        ],
        ignore_conflicts=True,
    )


def follow(campaign: int, mark: str, now: datetime) -> bool:
    """Let some in whom the pass under way has found; say whether any could. Inside a transaction.

    `gathering.gather` begins a pass.
    """
    plan = entrance(campaign)
    source = next((one for one in sources(plan) if timed.mark(one) == mark), None) if plan else None
    if plan is None or source is None or not plan.is_open(now):
        return False
    clocks = SourceClock.objects.select_for_update(skip_locked=True)
    found = clocks.filter(campaign=campaign, mark=mark).first()
    if found is None or found.until is None:
        return False
    contacts = _found(found)
    kind = SOURCES[timed.kind_of(source) or ""]
    due = _still(source, found, contacts) if contacts else []
    enter(plan, [Arrival(contact, kind, spell) for contact, spell in due], now, bulk=True)
    if len(contacts) < CHUNK:
        found.through, found.until, found.after = found.until, None, 0
    else:
        found.after = contacts[-1]
    found.failures, found.retry_at = 0, None
    found.save(update_fields=["through", "until", "after", "failures", "retry_at"])
    return True


def _found(clock: SourceClock) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(FOUND, [clock.pk, clock.after, CHUNK])
        contacts = [row[0] for row in cursor.fetchall()]
        if contacts:
            cursor.execute(FORGET, [clock.pk, contacts[-1]])
        return contacts


def _still(
    source: Mapping[str, Any], clock: SourceClock, contacts: list[int]
) -> list[tuple[int, int]]:
    until = clock.until or clock.through
    asked = question(source, clock.through, until, narrow=False)
    if asked is None:
        return []
    new, values = fresh(source, clock.campaign_id)
    with connection.cursor() as cursor:
        cursor.execute(
            STILL.format(question=asked.sql, fresh=new), [*asked.params, contacts, *values]
        )
        found: list[tuple[int, int]] = cursor.fetchall()
        return found
