"""A pass over a source that follows time begins: whoever is due is asked for once, and kept.

Nothing is locked while the question is asked, which may take a minute; only then is the clock
looked at again, and if somebody has published meanwhile, what was found is dropped.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from campaigns.graph import timed
from campaigns.graph.plan import Plan
from campaigns.models import Campaign, Source, SourceClock, SourceDue
from campaigns.services import anniversaries, inactivity
from campaigns.services.anniversaries import Question
from kernel.events import event_types, type_id
from kernel.locks import SOURCE_LOCK, Overtaken, try_lock
from tracking import spool

# How long the question of one source may take, which the others wait for.
LIMIT = timedelta(seconds=60)
# So much time is followed in one pass: whoever comes after weeks does not ask for all at once.
WINDOW = timedelta(days=1)
# Days that passed longer ago, as nothing ran, lead nobody in any more.
LATEST = timedelta(days=7)
SOURCES = {timed.DATE: Source.DATE, timed.INACTIVE: Source.INACTIVE}
LIMITS = "SELECT set_config('statement_timeout', %s, true), set_config('work_mem', '64MB', true)"
# Whoever has entered after their last activity has for this spell, whatever was chosen then, and
# whatever was taken for an activity.
SPENT = {
    timed.DATE: "v.source_id = q.spell",
    timed.INACTIVE: "v.entered_at > to_timestamp(q.spell)",
}
FRESH = """
NOT EXISTS (SELECT 1 FROM visit v WHERE v.campaign_id = %s AND v.contact_id = q.contact_id
  AND v.source = %s AND {spent})"""
GATHER = """
INSERT INTO source_due (clock_id, contact_id)
SELECT DISTINCT %s::bigint, q.contact_id FROM ({question}) q WHERE {fresh}
ON CONFLICT DO NOTHING"""
# When the first of what nobody has reacted to yet was done, of what shows activity.
UNREACTED = """
SELECT min(least(h.created_at, o.first)) FROM change h
CROSS JOIN LATERAL (SELECT min(at) AS first FROM unnest(h.occurred_ats) at) o
WHERE h.type_id <> ALL(%s::smallint[])"""
SWEEP = """
DELETE FROM source_due d WHERE NOT EXISTS (SELECT 1 FROM source_clock k WHERE k.id = d.clock_id)"""


def question(
    source: Mapping[str, Any], since: datetime, until: datetime, *, narrow: bool = True
) -> Question | None:
    """Ask who enters by a source after `since` and until `until`; None: nobody can.

    Without `narrow` it is meant for contacts whose numbers are known.
    """
    if timed.INACTIVE in source:
        return inactivity.question(source, since, until, narrow=narrow)
    return anniversaries.question(source, since, until)


def fresh(source: Mapping[str, Any], campaign: int) -> tuple[str, list[Any]]:
    """Return SQL that says whether `q.contact_id` has not entered yet for `q.spell`."""
    kind = timed.kind_of(source) or ""
    return FRESH.format(spent=SPENT[kind]), [campaign, int(SOURCES[kind])]


def since(source: Mapping[str, Any], through: datetime, now: datetime) -> datetime:
    """Return since when moments count: days that are long gone lead nobody in any more."""
    return through if timed.INACTIVE in source else max(through, now - LATEST)


def sweep() -> None:
    """Delete what was found for clocks that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(SWEEP)


def gather(plan: Plan, source: Mapping[str, Any], now: datetime) -> bool | None:
    """Begin a pass if none is under way; say whether one is. Inside a transaction.

    None: there is no time to follow. False: nobody was due, what comes after may be looked at.
    Raises `Overtaken` when the clock was set anew meanwhile: nothing of it may be kept then.
    """
    if not _runs(plan, now):
        return None
    found = SourceClock.objects.filter(campaign=plan.campaign, mark=timed.mark(source)).first()
    if found is None or not try_lock(SOURCE_LOCK, found.pk % 2**31):
        return None
    found.refresh_from_db()
    if found.retry_at is not None and found.retry_at > now:
        return None
    if found.until is not None:
        return True
    begin = since(source, found.through, now)
    # Before the campaign began nobody's day counted.
    if timed.DATE in source and plan.start_at is not None:
        begin = max(begin, plan.start_at)
    until = _until(source, begin, now)
    if until <= begin:
        return None
    count = _keep(plan, source, found.pk, begin, until)
    same = SourceClock.objects.select_for_update().filter(pk=found.pk, through=found.through)
    held = same.filter(until=None).first()
    if held is None:
        raise Overtaken
    held.through, held.until, held.after = (begin, until, 0) if count else (until, None, 0)
    held.failures, held.retry_at = 0, None
    held.save(update_fields=["through", "until", "after", "failures", "retry_at"])
    return count > 0


def _runs(plan: Plan, now: datetime) -> bool:
    rows = Campaign.objects.filter(pk=plan.campaign, state=Campaign.State.PUBLISHED)
    return plan.is_open(now) and rows.exists()


def _until(source: Mapping[str, Any], begin: datetime, now: datetime) -> datetime:
    """Return how far a pass goes; for inactivity not beyond what is known of people's activity."""
    if timed.DATE in source:
        return min(now, begin + WINDOW)
    with connection.cursor() as cursor:
        passive = [type_id(kind.key) for kind in event_types if not kind.active]
        cursor.execute(UNREACTED, [passive])
        first = cursor.fetchone()[0]
    known = min([now, *(one for one in (spool.oldest(), first) if one is not None)])
    return known if begin <= inactivity.EVER else min(known, begin + WINDOW)


def _keep(
    plan: Plan, source: Mapping[str, Any], clock: int, begin: datetime, until: datetime
) -> int:
    asked = question(source, begin, until)
    if asked is None:
        return 0
    new, values = fresh(source, plan.campaign)
    # A pass that was given up may have left some.
    SourceDue.objects.filter(clock=clock).delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('work_mem')")
        timeout, memory = cursor.fetchone()
        cursor.execute(LIMITS, [str(int(LIMIT.total_seconds() * 1_000))])
        sql = GATHER.format(question=asked.sql, fresh=new)
        cursor.execute(sql, [clock, *asked.params, *values])
        count: int = cursor.rowcount
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true), set_config('work_mem', %s, true)",
            [timeout, memory],
        )
        return count
