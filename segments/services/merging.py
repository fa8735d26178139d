"""What becomes of memberships when two contacts become one, or one is forgotten."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from kernel.changes import GONE, announce
from kernel.contactdata import PAIRS, Pairs, columns

# By hand wins over the filter; of two hands, the one that says no.
MERGE = f"""
INSERT INTO member (segment_id, contact_id, added_at, manual)
SELECT m.segment_id, p.winner, m.added_at, m.manual
FROM {PAIRS} JOIN member m ON m.contact_id = p.loser
WHERE m.manual <> 0 ORDER BY m.segment_id, p.winner
ON CONFLICT (segment_id, contact_id) DO UPDATE
  SET manual = greatest(member.manual, excluded.manual),
      added_at = least(member.added_at, excluded.added_at)"""  # noqa: S608 - a constant
COUNTED = """
INSERT INTO member_delta (segment_id, delta)
SELECT segment_id, %(sign)s * count(*) FROM member
WHERE contact_id = ANY(%(contacts)s) AND manual <> 2 GROUP BY 1"""

# Two memberships become one, or none where a hand said no; nobody left by an event.
UNITED = f"""
INSERT INTO segment_departure (segment_id, contact_id, at, members)
SELECT segment_id, winner, %(at)s, gone FROM (
  SELECT m.segment_id, p.winner, count(*) FILTER (WHERE m.manual <> 2)
    - CASE WHEN max(m.manual) = 1 OR max(m.manual) = 0 AND bool_or(m.contact_id = p.winner)
           THEN 1 ELSE 0 END gone
  FROM {PAIRS} CROSS JOIN LATERAL (VALUES (p.winner), (p.loser)) one(contact)
  JOIN member m ON m.contact_id = one.contact GROUP BY 1, 2) counted
WHERE gone > 0;
UPDATE segment_departure d SET contact_id = p.winner FROM {PAIRS} WHERE d.contact_id = p.loser"""  # noqa: S608 - a constant
FORGOTTEN = """
INSERT INTO segment_departure (segment_id, at, members)
SELECT segment_id, %(at)s, count(*) FROM member
WHERE contact_id = ANY(%(contacts)s) AND manual <> 2 GROUP BY 1;
UPDATE segment_departure SET contact_id = NULL WHERE contact_id = ANY(%(contacts)s)"""

# An evaluation that began before a contact went may still write it down as a member. Its lane is
# told, and this runs after that evaluation has ended.
TAKE = """
WITH taken AS (
  DELETE FROM member m WHERE contact_id = ANY(%(contacts)s::bigint[])
    AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = m.contact_id)
  RETURNING segment_id, contact_id, manual),
told AS (
  INSERT INTO segment_departure (segment_id, contact_id, at, members)
  SELECT t.segment_id, g.winner_id, %(at)s, count(*)
  FROM taken t LEFT JOIN merge g ON g.loser_id = t.contact_id
  WHERE t.manual <> 2 GROUP BY 1, 2)
INSERT INTO member_delta (segment_id, delta)
SELECT segment_id, -count(*) FROM taken WHERE manual <> 2 GROUP BY 1"""


def merge(pairs: Pairs, now: datetime) -> None:
    """Move what was decided by hand; repeating it is harmless."""
    both, gone = [contact for pair in pairs for contact in pair], [loser for _w, loser in pairs]
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"sign": -1, "contacts": both})
        cursor.execute(UNITED, {**columns(pairs), "at": now})
        cursor.execute(MERGE, columns(pairs))
        cursor.execute("DELETE FROM member WHERE contact_id = ANY(%s)", [gone])
        cursor.execute("DELETE FROM segment_evaluated WHERE contact_id = ANY(%s)", [gone])
        cursor.execute(COUNTED, {"sign": 1, "contacts": both})
    announce(gone, [GONE])


def forget(contacts: Sequence[int], now: datetime) -> None:
    """Delete every membership of contacts; how many went stays, without a name."""
    gone = list(contacts)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"sign": -1, "contacts": gone})
        cursor.execute(FORGOTTEN, {"at": now, "contacts": gone})
        cursor.execute("DELETE FROM member WHERE contact_id = ANY(%s)", [gone])
        cursor.execute("DELETE FROM segment_evaluated WHERE contact_id = ANY(%s)", [gone])
    announce(gone, [GONE])


def take_leftovers(contacts: Iterable[int], now: datetime) -> None:
    """Delete the memberships of those of these contacts that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"contacts": sorted(set(contacts)), "at": now})
