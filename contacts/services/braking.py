"""The brake on campaigns that erase contacts: where many are to go, somebody confirms it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

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
RETURNING asked > %(most)s OR EXISTS (
  SELECT FROM departure d WHERE d.campaign_id = %(campaign)s AND d.due_at IS NULL)"""
# Whoever is being erased at this moment goes: to wait for them here might be for ever.
HOLD = """
UPDATE departure SET due_at = NULL WHERE contact_id IN (
  SELECT contact_id FROM departure WHERE campaign_id = %s AND due_at IS NOT NULL
  ORDER BY contact_id FOR UPDATE SKIP LOCKED)"""
LET_GO = """
UPDATE departure SET due_at = %s WHERE contact_id IN (
  SELECT contact_id FROM departure WHERE campaign_id = %s AND due_at IS NULL
  ORDER BY contact_id FOR UPDATE)"""
WAITING = """
SELECT campaign_id, count(*), count(*) FILTER (WHERE due_at IS NULL) FROM departure d
WHERE campaign_id = ANY(%(campaigns)s::bigint[]) AND (%(owner)s::bigint IS NULL OR EXISTS (
  SELECT FROM contact c WHERE c.id = d.contact_id AND c.owner_id = %(owner)s)) GROUP BY 1"""


class Waiting(NamedTuple):
    """How many are still to be erased; `held`: of these until somebody confirms it."""

    people: int
    held: int


def count(campaign: int, asked: int, now: datetime) -> None:
    """Count that a campaign has so many more erased; too many within an hour are held."""
    if not asked:
        return
    values: dict[str, Any] = {"campaign": campaign, "now": now, "n": asked}
    values |= {"hour_ago": now - HOUR, "most": MOST}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        if cursor.fetchone()[0]:
            cursor.execute(HOLD, [campaign])


def waiting(campaigns: Sequence[int], owner: int | None = None) -> dict[int, Waiting]:
    """Count by campaign who is still to be erased, of this user's contacts where one is given."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"campaigns": list(campaigns), "owner": owner})
        return {campaign: Waiting(*counts) for campaign, *counts in cursor.fetchall()}


def confirm(campaign: int, most: int, now: datetime) -> int | None:
    """Let those go who are held, up to `most`; return how many, None where there are more.

    Inside a transaction. Whom the campaign has erased from now on is counted anew.
    """
    # First the brake, as whoever notes more does: nobody is held meanwhile whom nobody counted.
    DepartureBrake.objects.select_for_update().filter(pk=campaign).first()
    held = Departure.objects.filter(campaign_id=campaign, due_at=None).count()
    if held > most:
        return None
    with connection.cursor() as cursor:
        cursor.execute(LET_GO, [now, campaign])
        gone = int(cursor.rowcount)
    release(campaign)
    return gone


def release(campaign: int) -> None:
    """Begin to count anew."""
    DepartureBrake.objects.filter(pk=campaign).delete()


def untold() -> list[int]:
    """Return the campaigns that have people held, of which nobody was told yet."""
    rows = DepartureBrake.objects.filter(told_at=None)
    braked = list(rows.order_by("pk").values_list("pk", flat=True))
    held = Departure.objects.filter(campaign_id__in=braked, due_at=None)
    return sorted(set(held.values_list("campaign_id", flat=True).distinct()))


def note_told(campaign: int, now: datetime) -> bool:
    """Note that somebody is told; False where others did."""
    return bool(DepartureBrake.objects.filter(pk=campaign, told_at=None).update(told_at=now))
