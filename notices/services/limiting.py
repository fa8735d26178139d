"""So that nobody gets a thousand notices of one step: the first are told, the others summed up.

* take(source, wanted, now) says how many each reader is told in this hour, and how many too many
* sum_up(summed, now) writes one notice or mail of these a reader and hour, and keeps it true
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import translation

from kernel.bulk import array
from notices.models import Notice, NoticeRate
from notices.services.telling import News, Piece, Words, line, send

# So many of one source in an hour are told one by one.
MOST = 20
COUNT = """
INSERT INTO notice_rate (hour, source, user_id, told)
SELECT %(hour)s, %(source)s, w.reader, w.wanted
FROM unnest(%(readers)s::bigint[], %(wanted)s::bigint[]) w(reader, wanted) ORDER BY w.reader
ON CONFLICT (hour, source, user_id) DO UPDATE SET told = notice_rate.told + excluded.told
RETURNING user_id, told, notice_id"""
KEEP = """
UPDATE notice_rate r SET notice_id = w.notice
FROM unnest(%(readers)s::bigint[], %(notices)s::bigint[]) w(reader, notice)
WHERE r.hour = %(hour)s AND r.source = %(source)s AND r.user_id = w.reader"""
# In order of ids, as everybody who holds several.
RETELL = """
WITH told AS MATERIALIZED (
  SELECT n.id, w.title FROM notice n
  JOIN unnest(%s::bigint[], %s::text[]) w(notice, title) ON w.notice = n.id
  ORDER BY n.id FOR NO KEY UPDATE OF n)
UPDATE notice n SET title = told.title, read_at = NULL FROM told WHERE n.id = told.id"""


@dataclass(frozen=True)
class Taken:
    """What becomes of what one reader is to be told: so many singly, and those beyond."""

    single: int
    # All of this hour, those of before among them.
    over: int
    # Whether these are the first beyond.
    first: bool
    # The notice that sums them up.
    notice: int | None


@dataclass(frozen=True)
class Summed:
    """A source, what it tells of those beyond the most, and on which ways.

    `write` gets how many they are, with the reader's language in force.
    """

    source: str
    news: News
    write: Callable[[int], Words]


def take(source: str, wanted: Mapping[int, int], now: datetime) -> dict[int, Taken]:
    """Count what readers are to be told, by reader, and return how much of it they are told."""
    if not wanted:
        return {}
    values: dict[str, Any] = {
        "hour": _hour(now),
        "source": source,
        "readers": array(wanted),
        "wanted": array(wanted.values()),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, values)
        rows = cursor.fetchall()
    found = {}
    for reader, told, notice in rows:
        before = told - wanted[reader]
        single = min(wanted[reader], max(0, MOST - before))
        found[reader] = Taken(single, max(0, told - MOST), before <= MOST < told, notice)
    return found


def sum_up(
    summed: Summed, readers: Mapping[int, Any], taken: Mapping[int, Taken], now: datetime
) -> None:
    """Tell each reader how many there were beyond: once by mail, the bell counts on."""
    over = {number: one for number, one in taken.items() if one.over}
    words = {number: _words(summed, readers[number], one.over) for number, one in over.items()}
    fresh = [number for number, one in over.items() if one.first]
    written = send([Piece(readers[number], summed.news, words[number]) for number in fresh], now)
    _keep(summed.source, written, now)
    titles = {
        one.notice: line(words[number].title)
        for number, one in sorted(over.items(), key=lambda pair: pair[1].notice or 0)
        if one.notice and not one.first
    }
    if titles:
        with connection.cursor() as cursor:
            cursor.execute(RETELL, [array(titles), list(titles.values())])


def forget(now: datetime) -> None:
    """Delete what was counted for hours that are over."""
    NoticeRate.objects.filter(hour__lt=now - timedelta(days=1)).delete()


def _words(summed: Summed, reader: Any, over: int) -> Words:
    with translation.override(reader.language):
        return summed.write(over)


def _keep(source: str, written: Sequence[Notice], now: datetime) -> None:
    if not written:
        return
    values: dict[str, Any] = {
        "hour": _hour(now),
        "source": source,
        "readers": array(row.user_id for row in written),
        "notices": array(row.pk for row in written),
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)
