"""Who has done nothing for so many days: found by the instant of what they did last.

A spell of inactivity is named by that instant: whoever becomes active again begins another one.
Whoever has never done anything is inactive since they came.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from campaigns.graph import timed
from campaigns.models import Source
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


def question(
    source: Mapping[str, Any], since: datetime, until: datetime, *, narrow: bool = True
) -> Question:
    """Ask who is inactive for so long after `since` and not after `until`.

    The spell is the second of their last activity, or of their coming. Without `narrow` indexes
    of what happened in that time are left aside.
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
    if since <= EVER or not narrow:
        return Question(sql, params)
    lately, more = _lately(config, low, high)
    return Question(f"{sql} AND c.id IN ({lately})", [*params, *more])


def next_moment(
    source: Mapping[str, Any], contact: int, after: datetime, campaign: int
) -> datetime | None:
    """Return when one contact has done nothing for so long; None: they have, or cannot be seen.

    Whoever has entered a campaign by inactivity since their last activity has entered already.
    """
    config = source[timed.INACTIVE]
    last, values = _last(config)
    seen, asked = _measurable(config)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT l.at FROM contact c JOIN contact_state s ON s.contact_id = c.id"  # noqa: S608
            f" CROSS JOIN LATERAL (SELECT coalesce({last}, c.created_at) AS at OFFSET 0) l"
            f" WHERE c.id = %s AND {seen} AND NOT EXISTS (SELECT 1 FROM visit v"
            " WHERE v.campaign_id = %s AND v.contact_id = c.id AND v.source = %s"
            " AND v.entered_at > l.at)",
            [*values, contact, *asked, campaign, int(Source.INACTIVE)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    moment: datetime = row[0] + timedelta(days=config["days"])
    return moment if moment > after else None


def is_measurable(source: Mapping[str, Any], contact: int) -> bool:
    """Say whether what counts for a source may be seen of one contact."""
    seen, asked = _measurable(source[timed.INACTIVE])
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {seen} FROM contact c WHERE c.id = %s",  # noqa: S608 - constants
            [*asked, contact],
        )
        row = cursor.fetchone()
        return row is not None and bool(row[0])


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
    """Ask for contacts of whom something of what counts here may be seen.

    Of chosen kinds one that needs no consent is seen of everybody. Without a choice those who
    refused to be measured stay out, though an order would be seen: as with the activity rank.
    """
    chosen = "kinds" in config
    needed = [kind_of(key).consent for key in (config["kinds"] if chosen else timed.activities())]
    if chosen and not all(needed):
        return "true", []
    purposes = sorted({purpose for purpose in needed if purpose})
    if preferences.get("tracking.measure_unasked"):
        return SEEN_UNLESS_REFUSED, [purposes, purposes]
    return SEEN_IF_ASKED, [purposes]
