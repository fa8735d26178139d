"""Visitors nobody has seen for long are forgotten, with what they did while unknown."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kernel import clock

SLICE = 2_000
# As long as a browser may keep its key.
KNOWN_FOR = timedelta(days=396)

OLD = """
FROM visitor WHERE last_at < %(before)s AND (contact_id IS NULL OR last_at < %(longest)s)"""
FORGET = f"""
WITH old AS (SELECT id {OLD} ORDER BY id LIMIT %(slice)s FOR UPDATE SKIP LOCKED),
deeds AS (DELETE FROM visitor_event WHERE visitor_id IN (SELECT id FROM old)),
claims AS (DELETE FROM visitor_claim WHERE visitor_id IN (SELECT id FROM old))
DELETE FROM visitor WHERE id IN (SELECT id FROM old)"""  # noqa: S608 - constants


def count(before: datetime) -> int:
    """Count those not seen since then, of the known ones those whose key ran out."""
    with connection.cursor() as cursor:
        values = {"before": before, "longest": clock.now() - KNOWN_FOR}
        cursor.execute(f"SELECT count(*) {OLD}", values)
        return int(cursor.fetchone()[0])


def forget(before: datetime, now: datetime) -> int:
    """Delete one slice of visitors; return how many there were."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"before": before, "longest": now - KNOWN_FOR, "slice": SLICE}
        cursor.execute(FORGET, values)
        return int(cursor.rowcount)
