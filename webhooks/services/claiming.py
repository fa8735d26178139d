"""Claims what is due to be posted, a few for each receiver, and leaves alone who gives no answer.

A server has at most `SHARE` of a process's hands, its addresses in turns. An address that gave no
answer is left alone for a while, and then tried with one post; what has waited too long for it is
refused by then. Others of the same server go on: one that hangs says nothing about them.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from kernel.withholding import RESTRICTED
from webhooks.models import PostState

LEASE = timedelta(minutes=2)
# At once by one worker, and of these for one server; all of them are answered, or given up,
# well within the lease.
HANDS, SHARE = 16, 4
# How long a receiver is left alone that gave no answer once, twice, more often.
SILENCES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5))
# Steps ask about their posts at least every five minutes (`posting.LATE`): where none does, the
# contact has left, or the campaign stands still.
ASKED = timedelta(minutes=15)
AT_ONCE = 1_000
# So far ahead what nobody asks about is set aside, and back from there once somebody does: claims
# would read all of it first, each time.
AWAY = timedelta(days=36_500)
WAITING = f"p.state = {int(PostState.WAITING)}"
DUE = f"""
{WAITING} AND p.due_at <= %(now)s AND p.asked_at > %(asked)s
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = p.contact_id
                  AND c.withheld = {RESTRICTED})"""  # noqa: S608 - constants
# Addresses by hopping from one to the next in the index, whatever waits for each; of one server,
# first one post of each, then the second of each.
READY = f"""
WITH RECURSIVE receiver AS (
  (SELECT p.host FROM webhook_post p WHERE {WAITING} ORDER BY p.host LIMIT 1)
  UNION ALL
  SELECT (SELECT p.host FROM webhook_post p WHERE {WAITING} AND p.host > r.host
          ORDER BY p.host LIMIT 1)
  FROM receiver r WHERE r.host IS NOT NULL),
busy AS (
  SELECT b.host, b.calls, split_part(b.host, '/', 1) server
  FROM unnest(%(hosts)s::text[], %(calls)s::int[]) b(host, calls)),
ready AS (
  SELECT due.id, due.due_at, split_part(r.host, '/', 1) server, row_number() OVER (
    PARTITION BY split_part(r.host, '/', 1) ORDER BY due.place, due.due_at) place
  FROM receiver r
  LEFT JOIN webhook_silent_host s ON s.host = r.host
  LEFT JOIN busy ON busy.host = r.host
  CROSS JOIN LATERAL (
    SELECT o.id, o.due_at, row_number() OVER (ORDER BY o.due_at) place FROM (
      SELECT p.id, p.due_at FROM webhook_post p WHERE p.host = r.host AND {DUE} ORDER BY p.due_at
      LIMIT CASE WHEN s.failures > 0 THEN greatest(1 - coalesce(busy.calls, 0), 0)
                 ELSE {SHARE} END) o
  ) due
  WHERE s.until IS NULL OR s.until <= %(now)s)
SELECT ready.id FROM ready
WHERE ready.place <= {SHARE} - coalesce(
  (SELECT sum(busy.calls) FROM busy WHERE busy.server = ready.server), 0)
ORDER BY ready.due_at LIMIT %(room)s"""  # noqa: S608 - constants
CLAIM = f"""
UPDATE webhook_post SET attempts = least(attempts, 32766) + 1, due_at = %(lease)s
WHERE id IN (SELECT p.id FROM webhook_post p WHERE p.id IN ({READY}) AND {WAITING}
             AND p.due_at <= %(now)s FOR UPDATE OF p SKIP LOCKED)
RETURNING id, cause, method, url, host, headers, secret, kind, body, seconds, attempts"""  # noqa: S608 - constants
SILENT = """
INSERT INTO webhook_silent_host AS s (host, failures, since, until, error)
VALUES (%(host)s, 1, %(now)s, %(now)s + (%(silences)s::interval[])[1], %(error)s)
ON CONFLICT (host) DO UPDATE SET failures = least(s.failures, 32766) + 1, error = excluded.error,
  since = CASE WHEN s.until < %(asked)s THEN excluded.since ELSE s.since END,
  until = %(now)s + (%(silences)s::interval[])[least(s.failures + 1, cardinality(%(silences)s))]
WHERE s.until <= %(now)s"""
ANSWERED = "DELETE FROM webhook_silent_host WHERE host = ANY(%s::text[])"
GIVE_UP = f"""
UPDATE webhook_post w SET state = {int(PostState.REFUSED)}, error = due.error,
  url = '', headers = '', secret = '', outside = '', body = ''
FROM (SELECT p.id, s.error FROM webhook_silent_host s JOIN webhook_post p ON p.host = s.host
      WHERE s.host = %(host)s AND {DUE} AND p.made_at < %(before)s
        AND s.since <= %(before)s AND s.until > %(now)s AND s.failures >= {len(SILENCES)}
      LIMIT {AT_ONCE} FOR UPDATE OF p SKIP LOCKED) due
WHERE w.id = due.id"""  # noqa: S608 - constants
SET_ASIDE = f"""
UPDATE webhook_post w SET due_at = w.due_at + %(away)s::interval
FROM (SELECT p.id FROM webhook_post p
      WHERE {WAITING} AND p.due_at <= %(now)s AND p.asked_at <= %(asked)s
      LIMIT {AT_ONCE} FOR UPDATE SKIP LOCKED) p
WHERE w.id = p.id"""  # noqa: S608 - constants
ASKED_AGAIN = """
UPDATE webhook_post SET asked_at = %(now)s,
  due_at = CASE WHEN due_at > %(now)s + %(away)s::interval / 2
                THEN due_at - %(away)s::interval ELSE due_at END
WHERE id = ANY(%(posts)s::bigint[])"""


@dataclass(frozen=True)
class Claimed:
    """One post this process holds until its lease ends."""

    id: int
    cause: str
    method: str
    url: str
    host: str
    headers: str
    secret: str
    kind: str
    body: str
    seconds: int
    attempts: int


def is_due(now: datetime) -> bool:
    """Say whether something is to be posted to who may be called."""
    with connection.cursor() as cursor:
        cursor.execute(READY, _asked([], 1, now))
        return cursor.fetchone() is not None


def claim(busy: Collection[Claimed], now: datetime) -> list[Claimed]:
    """Claim for the hands that are free; `busy` is what the others hold."""
    if len(busy) >= HANDS:
        return []
    with connection.cursor() as cursor:
        values = _asked(busy, HANDS - len(busy), now)
        cursor.execute(CLAIM, values | {"lease": now + LEASE})
        return [Claimed(*row) for row in cursor.fetchall()]


def note_silence(host: str, error: str, now: datetime) -> None:
    """Leave an address alone that gave no answer, each time for longer.

    Where nobody called it for a while, how long it has been silent is counted anew.
    """
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"host": host, "error": error, "now": now, "asked": now - ASKED}
        cursor.execute(SILENT, values | {"silences": list(SILENCES)})


def note_answer(host: str) -> None:
    """Call an address again as often as others: it answered, whatever it said."""
    with connection.cursor() as cursor:
        cursor.execute(ANSWERED, [[host]])


def give_up(host: str, before: datetime, now: datetime) -> None:
    """Refuse what was made before that, for who is silent since then: nobody tries each."""
    values: dict[str, Any] = {"host": host, "before": before, "now": now, "asked": now - ASKED}
    with connection.cursor() as cursor:
        while True:
            cursor.execute(GIVE_UP, values)
            if cursor.rowcount < AT_ONCE:
                return


def ask(posts: Sequence[int], now: datetime) -> None:
    """Note that steps wait for posts still."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"posts": list(posts), "now": now, "away": AWAY}
        cursor.execute(ASKED_AGAIN, values)


def set_aside(now: datetime) -> None:
    """Set aside what nobody asks about any more, some at a time."""
    values: dict[str, Any] = {"now": now, "asked": now - ASKED, "away": AWAY}
    with connection.cursor() as cursor:
        while True:
            cursor.execute(SET_ASIDE, values)
            if cursor.rowcount < AT_ONCE:
                return


def _asked(busy: Collection[Claimed], room: int, now: datetime) -> dict[str, Any]:
    calls = Counter(post.host for post in busy)
    return {
        "hosts": list(calls),
        "calls": list(calls.values()),
        "room": room,
        "now": now,
        "asked": now - ASKED,
    }
