"""Who has done nothing for so many days: found by the instant of what they did last.

A spell of inactivity is named by that instant: whoever becomes active again begins another one.
Whoever has never done anything is inactive since they came.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.services.anniversaries import Question
from kernel import preferences
from kernel.events import MACHINE, kind_of, type_id

# Before anything was ever done here.
EVER = datetime(1970, 1, 1, tzinfo=UTC)
ANYTHING = "s.last_active_at"
CHOSEN = """(SELECT max(a.last_at) FROM contact_activity a
  WHERE a.contact_id = c.id AND a.type_id = ANY(%s::smallint[]))"""
# As C11 says it: of whom every purpose is closed nothing can be seen.
SEEN_UNLESS_REFUSED = """(SELECT count(*) FROM consent k WHERE k.contact_id = c.id
  AND k.topic_id = 0 AND k.purpose = ANY(%s) AND k.state <> 'granted') < cardinality(%s::text[])"""
SEEN_IF_ASKED = """EXISTS (SELECT 1 FROM consent k WHERE k.contact_id = c.id
  AND k.topic_id = 0 AND k.purpose = ANY(%s) AND k.state = 'granted')"""
# Whose last activity may lie in a window, by the indexes of what happens then.
LATELY = """
SELECT contact_id FROM contact_state WHERE last_active_at > %s AND last_active_at <= %s
UNION SELECT id FROM contact WHERE created_at > %s AND created_at <= %s"""
LATELY_CHOSEN = f"""
SELECT e.contact_id FROM event e
WHERE e.type_id = ANY(%s::smallint[]) AND e.retention = ANY(%s::smallint[])
  AND e.occurred_at > %s AND e.occurred_at <= %s
  AND e.verdict IS DISTINCT FROM {MACHINE} AND e.contact_id > 0
UNION SELECT id FROM contact WHERE created_at > %s AND created_at <= %s"""  # noqa: S608 - a number


def question(source: Mapping[str, Any], since: datetime, until: datetime) -> Question:
    """Ask who is inactive for so long after `since` and not after `until`.

    The spell is the second of their last activity, or of their coming.
    """
    config = source[timed.INACTIVE]
    low, high = (instant - timedelta(days=config["days"]) for instant in (since, until))
    last, values = _last(config)
    seen, asked = _measurable(config)
    sql = (
        "SELECT c.id contact_id, extract(epoch FROM l.at)::bigint spell FROM contact c"  # noqa: S608
        " JOIN contact_state s ON s.contact_id = c.id"
        f" CROSS JOIN LATERAL (SELECT coalesce({last}, c.created_at) AS at OFFSET 0) l"
        f" WHERE l.at > %s AND l.at <= %s AND {seen}"
    )
    params = [*values, low, high, *asked]
    if since <= EVER:
        return Question(sql, params, eager=False)
    lately, more = _lately(config, low, high)
    return Question(f"{sql} AND c.id IN ({lately})", [*params, *more])


def next_moment(source: Mapping[str, Any], contact: int, after: datetime) -> datetime | None:
    """Return when one contact has done nothing for so long; None: they have already."""
    config = source[timed.INACTIVE]
    last, values = _last(config)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce({last}, c.created_at) FROM contact c"  # noqa: S608 - constants
            " JOIN contact_state s ON s.contact_id = c.id WHERE c.id = %s",
            [*values, contact],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    moment: datetime = row[0] + timedelta(days=config["days"])
    return moment if moment > after else None


def _types(config: Mapping[str, Any]) -> list[int]:
    return [type_id(key) for key in config["kinds"]]


def _last(config: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return SQL of what somebody did last."""
    return (CHOSEN, [_types(config)]) if "kinds" in config else (ANYTHING, [])


def _lately(config: Mapping[str, Any], low: datetime, high: datetime) -> tuple[str, list[Any]]:
    if "kinds" not in config:
        return LATELY, [low, high, low, high]
    classes = sorted({kind_of(key).retention for key in config["kinds"]})
    return LATELY_CHOSEN, [_types(config), classes, low, high, low, high]


def _measurable(config: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Ask for contacts of whom what counts here may be seen."""
    keys = config.get("kinds") or timed.activities()
    purposes = sorted({kind_of(key).consent for key in keys if kind_of(key).consent})
    if not purposes:
        return "true", []
    if preferences.get("tracking.measure_unasked"):
        return SEEN_UNLESS_REFUSED, [purposes, purposes]
    return SEEN_IF_ASKED, [purposes]
