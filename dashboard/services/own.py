"""Key figures of who sees their own contacts only: few enough to be counted as one looks.

What is counted by day for everybody knows owners as they were then; people are given away since.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from dashboard.services import counting, places, readers
from kernel import events, filters
from kernel.filters.questions import within_time
from kernel.permissions import Actor, Reach
from kernel.zone import midnight, workspace_zone

PATIENCE_MS = 1_500
BY_DAY = "SELECT (at AT TIME ZONE %s)::date AS day, count(*) FROM ({rows}) r(at) GROUP BY 1"
CREATED = "SELECT created_at FROM contact WHERE owner_id = %s AND created_at >= %s"
SENT = """
SELECT e.occurred_at FROM contact c JOIN event e ON e.contact_id = c.id
WHERE c.owner_id = %s AND e.retention = 2 AND e.type_id = %s AND e.occurred_at >= %s"""
OF_OWN_EMAILS = " AND e.subject_id IN (SELECT id FROM email WHERE owner_id = %s)"
WHO_DID = "SELECT count(*) FROM contact c {joins} WHERE c.owner_id = %s AND {condition}"


class Slow(Exception):  # noqa: N818 - an answer
    """Counting takes longer than a person waits for a page."""


def is_narrowed(user: Actor) -> bool:
    """Say whether somebody sees no contacts but their own."""
    return user.reach("contacts", "view") is Reach.OWN


def by_day(user: Actor, today: date, days: int) -> dict[str, dict[date, int]] | None:
    """Return new contacts and mails to one's own contacts by day; None where it takes too long."""
    zone = workspace_zone()
    since = midnight(today - timedelta(days=days - 1), zone)
    asked: dict[str, tuple[str, list[Any]]] = {counting.CONTACTS: (CREATED, [user.pk, since])}
    reach = user.reach("emails", "view")
    if reach is not Reach.NONE:
        values = [user.pk, events.type_id("emails.sent"), since]
        asked[counting.MAILS] = (SENT, values)
        if reach is Reach.OWN:
            asked[counting.MAILS] = (SENT + OF_OWN_EMAILS, [*values, user.pk])
    try:
        return {
            what: dict(_rows(BY_DAY.format(rows=rows), [zone.key, *values]))
            for what, (rows, values) in asked.items()
        }
    except Slow:
        return None


def people(user: Actor, what: str, now: datetime) -> tuple[int, int] | None:
    """Count who of one's own did so lately, and in the period before; None: it takes too long."""
    event = readers.DID[what]
    found = filters.compile(places.doing(event, readers.PERIOD), now=now)
    lately = WHO_DID.format(joins=found.joins, condition=found.sql)
    earlier = WHO_DID.format(joins="", condition=readers.EARLIER)
    period = timedelta(days=readers.PERIOD)
    values = [events.type_id(event), now - 2 * period, now - period]
    try:
        [[after]] = _rows(lately, [user.pk, *found.params])
        [[before]] = _rows(earlier, [user.pk, *values])
    except Slow:
        return None
    return after, before


def _rows(statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with within_time(Slow, PATIENCE_MS), connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
