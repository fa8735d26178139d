"""The one way to lock contacts: ascending, so that two writers can never deadlock."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.db import OperationalError, connection

T = TypeVar("T")
LANES = 16
# Advisory lock namespaces; the second number names the thing within it.
LANE_LOCK = 77
GATE_LOCK = 88
SEGMENT_LOCK = 89
PARTITION_LOCK = 90
CAMPAIGN_LOCK = 91
# Held by whoever works on what one number wrote to us.
REPLY_LOCK = 93
# Held by whoever claims pushes of a connection.
PUSH_LOCK = 92
# Shared by writers of contacts, alone for whoever changes what identifies them.
FIELDS_LOCK = 94
# Of it: what identifies contacts, and what identifies companies.
OF_CONTACTS, OF_COMPANIES = 1, 2
# Held by a session while it builds the index of a field.
BUILD_LOCK = 95
# Held by whoever asks whom a source of a campaign that follows time would let in.
SOURCE_LOCK = 98
# Shared by whoever stores settings that name other objects, alone for whoever deletes a named one.
USES_LOCK = 99
# Held by whoever asks for all duplicates to be merged.
DUPLICATES_LOCK = 100
# Held by whoever gives new types of events their numbers.
KINDS_LOCK = 97
# SQLSTATE of a deadlock and of a serialisation failure.
_COLLISIONS = frozenset({"40P01", "40001"})
# Of a statement that took too long, and of a lock that was waited for too long.
_OUT_OF_TIME = frozenset({"57014", "55P03"})


class Overtaken(Exception):  # noqa: N818 - it says what happened
    """Somebody else was quicker: the transaction is to be begun again."""


def collided(error: OperationalError) -> bool:
    """Say whether the server ended one of two transactions that waited for each other."""
    return getattr(error.__cause__, "pgcode", None) in _COLLISIONS


def out_of_time(error: OperationalError) -> bool:
    """Say whether the server ended a statement because it took, or waited, too long."""
    return getattr(error.__cause__, "pgcode", None) in _OUT_OF_TIME


def again(work: Callable[[], T], attempts: int = 5) -> T:
    """Do what is a transaction of its own, again when its locks collided with another writer's.

    Within a transaction of the caller's only the caller can begin again.
    """
    for left in reversed(range(attempts)):
        try:
            return work()
        except OperationalError as error:
            if not left or not collided(error) or connection.in_atomic_block:
                raise
    raise AssertionError  # the loop returns or raises


def lock_contacts(contacts: Iterable[int]) -> list[int]:
    """Lock contact rows until the transaction ends; return the ids that exist, ascending.

    `FOR NO KEY UPDATE` lets foreign-key inserts pass; a plain UPDATE … WHERE id = ANY would
    not lock in the order of ids.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE",
            # As text: a list would be parsed and planned number by number.
            ["{" + ",".join(map(str, sorted(set(contacts)))) + "}"],
        )
        return [row[0] for row in cursor.fetchall()]


def lock_free_contacts(contacts: Iterable[int]) -> list[int]:
    """Lock those of these contacts that nobody holds, waiting for none; return their ids.

    For whoever holds others already: in no order, so that waiting could be crosswise.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM contact WHERE id = ANY(%s::bigint[]) ORDER BY id"
            " FOR NO KEY UPDATE SKIP LOCKED",
            [sorted(set(contacts))],
        )
        return [row[0] for row in cursor.fetchall()]


def try_lock(namespace: int, number: int) -> bool:
    """Try an advisory lock that lasts until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [namespace, number])
        return bool(cursor.fetchone()[0])


def wait_lock(namespace: int, number: int) -> None:
    """Take an advisory lock that lasts until the transaction ends, waiting for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [namespace, number])


def share_lock(namespace: int, number: int) -> None:
    """Hold off whoever takes this lock alone, until the transaction ends; waiting for them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [namespace, number])


def wait_lanes(lanes: Iterable[int] = range(LANES)) -> None:
    """Take the locks of several lanes until the transaction ends, ascending, waiting for each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, lane)"
            " FROM (SELECT unnest(%s::int[]) lane ORDER BY 1 OFFSET 0) lanes",
            [LANE_LOCK, sorted(lanes)],
        )


def by_lane(contacts: Iterable[int]) -> list[list[int]]:
    """Part contacts by their lanes: held one after the other, they stop nobody for long."""
    parts: dict[int, list[int]] = {}
    for contact in sorted(set(contacts)):
        parts.setdefault(contact % LANES, []).append(contact)
    return [parts[lane] for lane in sorted(parts)]


def pass_lanes() -> None:
    """Wait until every transaction that holds a lane at this moment has ended.

    Outside a transaction each lock is given back at once, so that no lane waits for another.
    """
    with connection.cursor() as cursor:
        for lane in range(LANES):
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LANE_LOCK, lane])


def by_lanes(pairs: Iterable[tuple[int, int]], at_once: int) -> list[list[tuple[int, int]]]:
    """Part pairs of contacts so that whoever holds a part, of so many pairs, stops few lanes."""
    parts: dict[frozenset[int], list[tuple[int, int]]] = {}
    for pair in pairs:
        # Two lanes beside each other count as one: parts of one pair of lanes would be small.
        parts.setdefault(frozenset(contact % LANES // 2 for contact in pair), []).append(pair)
    return [
        part[at : at + at_once] for part in parts.values() for at in range(0, len(part), at_once)
    ]
