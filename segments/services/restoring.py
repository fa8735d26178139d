"""Takes decisions by hand back: members are what they were, whoever had decided that."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from kernel import changes, filters
from kernel.locks import lock_contacts
from segments.models import Member, Segment
from segments.services.members import COUNT, INSIDE, NOBODY, Standing
from segments.services.records import Moves, record

STANDING = """
SELECT s.id, coalesce(m.manual, -1), array_agg(c.id ORDER BY c.id)
FROM unnest(%(segments)s::int[]) s(id) CROSS JOIN unnest(%(contacts)s::bigint[]) c(id)
LEFT JOIN member m ON m.segment_id = s.id AND m.contact_id = c.id
GROUP BY 1, 2 ORDER BY 1, 2"""
LOCK = """
SELECT contact_id FROM member
WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s) AND manual = %(manual)s
ORDER BY contact_id FOR UPDATE"""
ABSENT = """
SELECT id FROM unnest(%(contacts)s::bigint[]) c(id) WHERE NOT EXISTS (
  SELECT 1 FROM member WHERE segment_id = %(segment)s AND contact_id = c.id) ORDER BY id"""
BACK = {
    "forget": """
DELETE FROM member WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s)""",
    "decide": """
UPDATE member SET manual = %(manual)s
WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s)""",
    "put": """
INSERT INTO member (segment_id, contact_id, added_at, manual)
SELECT %(segment)s, contact_id, %(at)s, %(manual)s
FROM unnest(%(contacts)s::bigint[]) contact_id ORDER BY contact_id ON CONFLICT DO NOTHING""",
}


def standing(segments: Sequence[int], contacts: Sequence[int]) -> dict[str, Standing]:
    """Return, by segment, how these contacts stand in it."""
    found: dict[str, dict[str, list[int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"segments": list(segments), "contacts": list(contacts)})
        for segment, manual, people in cursor.fetchall():
            found.setdefault(str(segment), {})[str(manual)] = people
    return dict(found)


def moved(segment: Segment, kept: Standing, put: Member.Origin) -> set[int]:
    """Return those who did not stand before as they were put."""
    same = NOBODY if _gone(segment, put) else put
    return {contact for was, people in kept.items() if int(was) != same for contact in people}


def restore(
    segment: Segment, kept: Standing, contacts: Collection[int], put: Member.Origin, now: datetime
) -> list[int]:
    """Put those of these contacts back who still stand as they were put; return those."""
    lock_contacts(sorted(contacts))
    moves, back = Moves(), list[int]()
    entered = put == Member.Origin.ADDED
    for was, people in kept.items():
        wanted = [contact for contact in people if contact in contacts]
        mine = _still(segment, wanted, int(was), put)
        _write(segment, mine, int(was), put, now)
        back += mine
        if (int(was) in INSIDE) != entered:
            for contact in mine:
                moves.add(segment.pk, contact, entered=not entered)
    delta = len(moves.entered) - len(moves.left)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [segment.pk, delta, delta])
    record(moves, now, depth=0, reads=[f"segment:{segment.pk}"])
    if segment.is_dynamic:
        # The filter has the word again, and may have changed its mind.
        changes.announce(sorted(back), sorted(filters.reads(segment.filter)))
    return sorted(back)


def let_filter_decide(segment: Segment, contacts: Sequence[int], now: datetime) -> list[int]:
    """Withdraw what was decided by hand about these contacts; return of whom there was anything.

    They are evaluated like whoever changed: who stays, comes or goes follows within seconds.
    """
    stood = standing([segment.pk], contacts).get(str(segment.pk), {})
    back = list[int]()
    for put, was in ((Member.Origin.ADDED, Member.Origin.FILTER), (Member.Origin.REMOVED, NOBODY)):
        people = stood.get(str(int(put)), [])
        if people:
            back += restore(segment, {str(int(was)): people}, set(people), put, now)
    return sorted(back)


def _still(segment: Segment, people: list[int], was: int, put: Member.Origin) -> list[int]:
    """Return who stands as they were put, and did not before."""
    gone = _gone(segment, put)
    if not people or was == (NOBODY if gone else put):
        return []
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"segment": segment.pk, "contacts": people, "manual": int(put)}
        cursor.execute(ABSENT if gone else LOCK, values)
        return [row[0] for row in cursor.fetchall()]


def _write(
    segment: Segment, people: list[int], was: int, put: Member.Origin, now: datetime
) -> None:
    statement = "forget" if was == NOBODY else "put" if _gone(segment, put) else "decide"
    # Without a filter, all are in by hand.
    manual = was if segment.is_dynamic or was == Member.Origin.REMOVED else Member.Origin.ADDED
    values: dict[str, Any] = {"segment": segment.pk, "contacts": people}
    values |= {"manual": int(manual), "at": now}
    with connection.cursor() as cursor:
        cursor.execute(BACK[statement], values)


def _gone(segment: Segment, put: Member.Origin) -> bool:
    """Say whether who was put like this has no row: nothing could bring them back."""
    return put == Member.Origin.REMOVED and not segment.is_dynamic
