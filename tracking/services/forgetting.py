"""Visitors nobody has seen for long are forgotten, with what they did while unknown."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kernel import preferences

SLICE = 2_000
# As long as a browser may keep its key.
KNOWN_FOR = timedelta(days=396)

FORGET = """
WITH old AS (
  SELECT id FROM visitor
  WHERE last_at < %(before)s AND (contact_id IS NULL OR last_at < %(longest)s)
  ORDER BY id LIMIT %(slice)s FOR UPDATE SKIP LOCKED),
deeds AS (DELETE FROM visitor_event WHERE visitor_id IN (SELECT id FROM old)),
claims AS (DELETE FROM visitor_claim WHERE visitor_id IN (SELECT id FROM old))
DELETE FROM visitor WHERE id IN (SELECT id FROM old)"""


def forget(now: datetime) -> int:
    """Delete one slice of visitors; return how many there were."""
    age = timedelta(days=preferences.get("tracking.visitor_days"))
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"before": now - age, "longest": now - KNOWN_FOR, "slice": SLICE}
        cursor.execute(FORGET, values)
        return int(cursor.rowcount)
