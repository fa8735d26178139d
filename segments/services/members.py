"""Members by hand: who is added or removed by hand stays so, whatever the filter says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection

from kernel import withholding
from kernel.locks import lock_contacts
from segments.models import Member, Segment
from segments.services.records import Moves, record

# Who has no row yet gets one; the others' rows are locked first, so that whoever changes them at
# the same moment, such as an evaluation, has told of it before we do.
WRITE = """
INSERT INTO member (segment_id, contact_id, added_at, manual)
SELECT %(segment)s, contact_id, %(at)s, %(manual)s
FROM unnest(%(contacts)s::bigint[]) contact_id ORDER BY contact_id
ON CONFLICT DO NOTHING RETURNING contact_id"""
LOCK = """
SELECT contact_id, manual FROM member
WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s)
ORDER BY contact_id FOR UPDATE"""
# The row says since when one is a member; a filter could bring back who was removed, so that
# their row stays and says no.
DECIDE = """
UPDATE member SET manual = %(manual)s,
  added_at = CASE WHEN manual = 2 THEN %(at)s ELSE added_at END
WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s) AND manual <> %(manual)s"""
REMOVE = """
DELETE FROM member WHERE segment_id = %(segment)s AND contact_id = ANY(%(contacts)s)
RETURNING contact_id, manual"""
COUNT = """
INSERT INTO member_delta (segment_id, delta) SELECT %s, %s WHERE %s <> 0"""

# Who has no row stands as nothing: `-1`.
NOBODY = -1
INSIDE = frozenset({Member.Origin.FILTER, Member.Origin.ADDED})
# How contacts stood, as text for JSON → those.
Standing = Mapping[str, Sequence[int]]


@dataclass(frozen=True)
class Changed:
    """How many contacts entered and left, and how all stood whose standing changed."""

    added: int
    removed: int
    before: Standing = field(default_factory=dict)
    # How many were kept out, for their processing is restricted.
    restricted: int = 0

    def told(self) -> dict[str, int]:
        """Return the numbers as clients read them; nobody kept out goes without saying."""
        kept_out = {"restricted": self.restricted} if self.restricted else {}
        return {"added": self.added, "removed": self.removed, **kept_out}


def change(
    segment: Segment,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
    *,
    now: datetime,
    depth: int = 0,
    bulk: bool = False,
) -> Changed:
    """Add and remove contacts by hand; those that don't exist are left out.

    Whoever is restricted comes into no segment that follows a filter, by no hand either.
    """
    wanted, unwanted = set(add), set(remove)
    known = set(lock_contacts(wanted | unwanted))
    kept_out = _restricted(wanted & known) if segment.is_dynamic else set()
    wanted -= kept_out
    moves = Moves()
    added = _decide(segment, sorted(wanted & known), Member.Origin.ADDED, now)
    removed = _remove(segment, sorted(unwanted & known), now)
    for contact in sorted(contact for contact, was in added.items() if was not in INSIDE):
        moves.add(segment.pk, contact, entered=True)
    for contact in sorted(contact for contact, was in removed.items() if was in INSIDE):
        moves.add(segment.pk, contact, entered=False)
    delta = len(moves.entered) - len(moves.left)
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [segment.pk, delta, delta])
    record(moves, now, depth=depth, bulk=bulk, reads=[f"segment:{segment.pk}"])
    before = dict[str, list[int]]()
    for contact, was in sorted([*added.items(), *removed.items()]):
        before.setdefault(str(was), []).append(contact)
    return Changed(len(moves.entered), len(moves.left), before, len(kept_out))


def _restricted(contacts: Iterable[int]) -> set[int]:
    found = withholding.withheld(contacts)
    return {contact for contact, what in found.items() if what == withholding.RESTRICTED}


def _remove(segment: Segment, contacts: Sequence[int], now: datetime) -> dict[int, int]:
    """Take them out, for good where a filter could bring them back; return how they stood."""
    if segment.is_dynamic:
        return _decide(segment, contacts, Member.Origin.REMOVED, now)
    return dict(_run(REMOVE, segment, contacts))


def _decide(
    segment: Segment, contacts: Sequence[int], manual: int, now: datetime
) -> dict[int, int]:
    """Write what a hand decided; return how those stood of whom that is news."""
    before = dict[int, int]()
    left = list(contacts)
    while left:
        values: dict[str, Any] = {"at": now, "manual": int(manual)}
        fresh = [row[0] for row in _run(WRITE, segment, left, values)]
        before |= dict.fromkeys(fresh, NOBODY)
        left = sorted(set(left) - set(fresh))
        found = dict(_run(LOCK, segment, left))
        _run(DECIDE, segment, sorted(found), values)
        before |= {contact: was for contact, was in found.items() if was != manual}
        # Whose row was taken away in between is tried again.
        left = sorted(set(left) - set(found))
    return before


def _run(
    statement: str, segment: Segment, contacts: Sequence[int], values: dict[str, Any] | None = None
) -> list[Any]:
    if not contacts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {**(values or {}), "segment": segment.pk, "contacts": list(contacts)}
        )
        return cursor.fetchall() if cursor.description else []


def keep_all(segment: int) -> None:
    """Make everybody a member by hand: the segment gives up its filter."""
    Member.objects.filter(segment_id=segment, manual=Member.Origin.FILTER).update(
        manual=Member.Origin.ADDED
    )
    Member.objects.filter(segment_id=segment, manual=Member.Origin.REMOVED).delete()
