"""The brake on campaigns that erase contacts: where many are to go, somebody confirms it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from contacts.models import Departure, DepartureBrake

# As many go within an hour without being asked about.
MOST = 1_000
HOUR = timedelta(hours=1)
# The row is held to the end of the step: two workers of one campaign count one after the other.
COUNT = """
INSERT INTO departure_brake AS b (campaign_id, since, asked) VALUES (%(campaign)s, %(now)s, %(n)s)
ON CONFLICT (campaign_id) DO UPDATE SET
  asked = CASE WHEN b.since > %(hour_ago)s THEN b.asked ELSE 0 END + %(n)s,
  since = CASE WHEN b.since > %(hour_ago)s THEN b.since ELSE %(now)s END
RETURNING asked"""
# Whoever is being erased at this moment goes: to wait for them here might be for ever. If that is
# rolled back, the queue holds them. Who is confirmed only waits for the queue.
HOLD = """
UPDATE departure SET due_at = NULL WHERE contact_id IN (
  SELECT contact_id FROM departure
  WHERE campaign_id = %s AND due_at IS NOT NULL AND confirmed_at IS NULL
  ORDER BY contact_id FOR UPDATE SKIP LOCKED)"""
# Marks are to the millisecond, as moments of answers are.
SEEN = """
SELECT count(*), date_trunc('milliseconds', max(asked_at)) FROM departure
WHERE campaign_id = %s AND due_at IS NULL"""
UP_TO = "campaign_id = %s AND due_at IS NULL AND date_trunc('milliseconds', asked_at) <= %s"
LET_GO = f"""
UPDATE departure SET due_at = %s, confirmed_at = %s WHERE contact_id IN (
  SELECT contact_id FROM departure WHERE {UP_TO} ORDER BY contact_id FOR UPDATE)"""  # noqa: S608
COUNT_UP_TO = f"SELECT count(*) FROM departure WHERE {UP_TO}"  # noqa: S608 - ours
# Who was told of few hears again when they are so many times more.
AGAIN = 10
WAITING = """
SELECT campaign_id, count(*), count(*) FILTER (WHERE due_at IS NULL) FROM departure d
WHERE campaign_id = ANY(%(campaigns)s::bigint[]) AND (%(owner)s::bigint IS NULL OR EXISTS (
  SELECT FROM contact c WHERE c.id = d.contact_id AND c.owner_id = %(owner)s)) GROUP BY 1"""


class Waiting(NamedTuple):
    """How many are still to be erased; `held`: of these until somebody confirms it."""

    people: int
    held: int


class Held(NamedTuple):
    """How many a campaign holds, noted up to which instant; None: nobody."""

    people: int
    until: datetime | None


def count(campaign: int, asked: int, now: datetime) -> None:
    """Count that a campaign has so many more erased; too many within an hour are held."""
    if not asked:
        return
    values: dict[str, Any] = {"campaign": campaign, "now": now, "n": asked}
    values |= {"hour_ago": now - HOUR}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        within_the_hour = int(cursor.fetchone()[0])
        # Asked once the row is held: a confirmation it waited for is seen.
        holds = bool(holding([campaign]))
        if not holds and within_the_hour <= MOST:
            return
        cursor.execute(HOLD, [campaign])
    if not holds:
        # Who was told of others that were held has not heard of these.
        DepartureBrake.objects.filter(pk=campaign).update(told=None)


def holding(campaigns: Iterable[int]) -> set[int]:
    """Return which of the campaigns hold somebody."""
    rows = Departure.objects.filter(campaign_id__in=sorted(campaigns), due_at=None)
    return set(rows.order_by().values_list("campaign_id", flat=True).distinct())


def waiting(campaigns: Sequence[int], owner: int | None = None) -> dict[int, Waiting]:
    """Count by campaign who is still to be erased, of this user's contacts where one is given."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"campaigns": list(campaigns), "owner": owner})
        return {campaign: Waiting(*counts) for campaign, *counts in cursor.fetchall()}


def held(campaign: int) -> Held:
    """Count whom a campaign holds: what is confirmed is said by both."""
    with connection.cursor() as cursor:
        cursor.execute(SEEN, [campaign])
        return Held(*cursor.fetchone())


def confirm(campaign: int, seen: Held, now: datetime) -> bool:
    """Let those go whom somebody saw; False where it is another number, and nobody goes.

    Inside a transaction. Who was noted later stays held. Whom the campaign has erased from now on
    is counted anew.
    """
    # First the brake, as whoever notes more does: nobody is held meanwhile whom nobody counted.
    DepartureBrake.objects.select_for_update().filter(pk=campaign).first()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP_TO, [campaign, seen.until])
        if seen.until is None or cursor.fetchone()[0] != seen.people:
            return False
        cursor.execute(LET_GO, [now, now, campaign, seen.until])
    if holding([campaign]):
        DepartureBrake.objects.filter(pk=campaign).update(told=None)
    else:
        release(campaign)
    return True


def release(campaign: int) -> None:
    """Begin to count anew."""
    DepartureBrake.objects.filter(pk=campaign).delete()


def untold() -> dict[int, int]:
    """Return the campaigns that have people held, of which nobody was told yet, or of far fewer."""
    told = dict(DepartureBrake.objects.values_list("pk", "told"))
    counts = {campaign: found.held for campaign, found in waiting(sorted(told)).items()}
    return {
        campaign: count
        for campaign, count in sorted(counts.items())
        if count and count >= AGAIN * (told[campaign] or 0)
    }


def note_told(campaign: int, count: int) -> bool:
    """Note that somebody is told of so many; False where others did."""
    news = DepartureBrake.objects.filter(Q(told=None) | Q(told__lte=count // AGAIN), pk=campaign)
    return bool(news.update(told=count))
