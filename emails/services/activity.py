"""What people did with an email, from the log: by link, and over time; machines stand beside."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from emails.models import Email

MACHINE = 3
# The log is read so far back, from the first mail on.
LONGEST = timedelta(days=90)
MOST_LINKS = 100
HOURLY_UNTIL = timedelta(days=3)

TYPE = "(SELECT id FROM event_type WHERE key = %(type)s)"
WHERE = f"""e.type_id = {TYPE} AND e.subject_id = ANY(%(emails)s)
  AND e.occurred_at >= %(since)s AND e.occurred_at <= %(now)s AND {{seen}}"""
# By itself it is joined; beside an OR it would be asked of every row.
OWN = "e.contact_id IN (SELECT c.id FROM contact c WHERE c.owner_id = %(owner)s)"
LINKS = f"""
SELECT e.data ->> 'url' url, min(e.data ->> 'link'),
       count(*) FILTER (WHERE e.verdict IS DISTINCT FROM {MACHINE}),
       count(DISTINCT e.contact_id) FILTER (WHERE e.verdict IS DISTINCT FROM {MACHINE}),
       count(*) FILTER (WHERE e.verdict = {MACHINE})
FROM event e WHERE {WHERE} GROUP BY 1 ORDER BY 4 DESC, 3 DESC, 1 LIMIT {MOST_LINKS}"""  # noqa: S608 - fragments of ours
OVER_TIME = f"""
SELECT date_trunc(%(unit)s, e.occurred_at, %(zone)s), count(DISTINCT e.contact_id)
FROM event e WHERE {WHERE} AND e.verdict IS DISTINCT FROM {MACHINE} GROUP BY 1 ORDER BY 1"""  # noqa: S608 - fragments of ours
MACHINES = f"""
SELECT count(DISTINCT e.contact_id) FROM event e WHERE {WHERE}
  AND e.verdict = {MACHINE}"""  # noqa: S608 - fragments of ours
PEOPLE = f"SELECT count(DISTINCT e.contact_id) FROM event e WHERE {WHERE}"  # noqa: S608 - fragments of ours


@dataclass(frozen=True)
class Link:
    """A link of the mail and who followed it."""

    url: str
    position: str
    clicks: int
    people: int
    by_machines: int


@dataclass(frozen=True)
class Course:
    """Readers by hour or day, from the first mail on."""

    moments: list[datetime]
    opened: list[int]
    clicked: list[int]
    hourly: bool


def emails_of(email: Email) -> list[int]:
    """Return the email and its translations: they are sent as one."""
    return [email.pk, *email.translations.values_list("pk", flat=True)]


def links(asked: dict[str, Any]) -> list[Link]:
    """Return the links people followed, most first."""
    with connection.cursor() as cursor:
        cursor.execute(_of_owner(LINKS, asked), {**asked, "type": "emails.clicked"})
        return [Link(url or "", position or "", *counts) for url, position, *counts in cursor]


def machine_clicks(asked: dict[str, Any]) -> int:
    """Count the readers whose links a machine followed."""
    return _one(MACHINES, asked, "emails.clicked")


def bounces(asked: dict[str, Any]) -> int:
    """Count whose address turned out to be none."""
    return _one(PEOPLE, asked, "emails.bounced")


def _one(statement: str, asked: dict[str, Any], key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_of_owner(statement, asked), {**asked, "type": key})
        return int(cursor.fetchone()[0])


def _of_owner(statement: str, asked: dict[str, Any]) -> str:
    return statement.format(seen="true" if asked["owner"] is None else OWN)


def asked(email: Email, since: datetime | None, now: datetime, owner: int | None) -> dict[str, Any]:
    """Return the bounds that every statement takes; `owner`: of this user's contacts alone."""
    earliest = now - LONGEST
    begin = max(since or earliest, earliest)
    return {"emails": emails_of(email), "since": begin, "now": now, "owner": owner}


def course(bounds: dict[str, Any], zone: str) -> Course:
    """Return readers over time, without gaps: by the hour first, by the day later."""
    hourly = bounds["now"] - bounds["since"] <= HOURLY_UNTIL
    unit = "hour" if hourly else "day"
    found = []
    with connection.cursor() as cursor:
        for key in ("emails.opened", "emails.clicked"):
            values = {**bounds, "type": key, "unit": unit, "zone": zone}
            cursor.execute(_of_owner(OVER_TIME, bounds), values)
            found.append(dict(cursor.fetchall()))
        cursor.execute(
            "SELECT generate_series(date_trunc(%(unit)s, %(since)s, %(zone)s), %(now)s,"
            " ('1 ' || %(unit)s)::interval)",
            {**bounds, "unit": unit, "zone": zone},
        )
        moments = [row[0] for row in cursor.fetchall()]
    opened, clicked = ([counts.get(moment, 0) for moment in moments] for counts in found)
    return Course(moments, opened, clicked, hourly)
