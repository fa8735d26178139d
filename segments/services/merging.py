"""What becomes of memberships when two contacts become one, or one is forgotten."""

from collections.abc import Iterable, Sequence

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

# An evaluation that began before a contact went may still write it down as a member. Its lane is
# told, and this runs after that evaluation has ended.
TAKE = """
WITH taken AS (
  DELETE FROM member m WHERE contact_id = ANY(%(contacts)s::bigint[])
    AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = m.contact_id)
  RETURNING segment_id, manual)
INSERT INTO member_delta (segment_id, delta)
SELECT segment_id, -count(*) FROM taken WHERE manual <> 2 GROUP BY 1"""


def merge(pairs: Pairs) -> None:
    """Move what was decided by hand; repeating it is harmless."""
    both, gone = [contact for pair in pairs for contact in pair], [loser for _w, loser in pairs]
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"sign": -1, "contacts": both})
        cursor.execute(MERGE, columns(pairs))
        cursor.execute("DELETE FROM member WHERE contact_id = ANY(%s)", [gone])
        cursor.execute("DELETE FROM segment_evaluated WHERE contact_id = ANY(%s)", [gone])
        cursor.execute(COUNTED, {"sign": 1, "contacts": both})
    announce(gone, [GONE])


def forget(contacts: Sequence[int]) -> None:
    """Delete every membership of contacts."""
    gone = list(contacts)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"sign": -1, "contacts": gone})
        cursor.execute("DELETE FROM member WHERE contact_id = ANY(%s)", [gone])
        cursor.execute("DELETE FROM segment_evaluated WHERE contact_id = ANY(%s)", [gone])
    announce(gone, [GONE])


def take_leftovers(contacts: Iterable[int]) -> None:
    """Delete the memberships of those of these contacts that are gone."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"contacts": sorted(set(contacts))})
