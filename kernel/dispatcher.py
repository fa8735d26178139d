"""Drains change sets lane by lane and lets subscribers react, each contact's changes in order."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import OperationalError, connection, transaction

from kernel import successions
from kernel.changes import Change, Changes, Row
from kernel.locks import LANE_LOCK, LANES, try_lock
from kernel.models import ParkedChange
from kernel.subscribers import Subscriber, in_order

logger = logging.getLogger(__name__)

# Contacts taken from a lane in one transaction: measured best between 500 and 2,000.
TAKE = 1_000
ROWS = 500

# One look at all lanes, each from its low-water mark: idling costs one statement.
WAITING = """
SELECT w.bulk, w.lane FROM unnest(%s::boolean[], %s::smallint[], %s::bigint[]) w(bulk, lane, low)
WHERE EXISTS (SELECT 1 FROM change c WHERE c.bulk = w.bulk AND c.lane = w.lane AND c.id > w.low)"""
EVERY_LANE = [(bulk, lane) for bulk in (False, True) for lane in range(LANES)]
CANDIDATES = """
SELECT id, greatest(cardinality(contact_ids), 1) FROM change
WHERE bulk = %s AND lane = %s AND id > %s ORDER BY id LIMIT %s"""
CLAIM = """
DELETE FROM change WHERE bulk = %s AND lane = %s AND id = ANY(%s)
RETURNING id, depth, contact_ids, type_id, event_ids, subject_ids, occurred_ats, reads"""


@dataclass
class Dispatcher:
    """One dispatcher process's memory: the low-water marks that spare the dead head of a lane."""

    low: dict[tuple[bool, int], int] = field(default_factory=dict)
    wake: set[str] = field(default_factory=set)

    def round(self, now: datetime) -> int:
        """Go once over the lanes with work; bulk lanes only when the interactive ones are empty."""
        waiting = self._waiting()
        for is_bulk in (False, True):
            left, handled = [lane for bulk, lane in waiting if bulk == is_bulk], 0
            while left:
                handled += self._drain(left, now, bulk=is_bulk)
            if handled:
                return handled
        return 0

    def forget(self) -> None:
        """Start again from the head: a lower id may have been committed later."""
        self.low.clear()

    def drain(self, lane: int, now: datetime, *, bulk: bool = False) -> int:
        """Handle one batch of a lane in one transaction; return how many change sets it took."""
        return self._drain([lane], now, bulk=bulk)

    def _drain(self, left: list[int], now: datetime, *, bulk: bool) -> int:
        """Take lanes off a list until there is a batch, and handle it in one transaction.

        Where little happens, one evaluation serves all lanes; where much does, each has its own.
        """
        taken: list[int] = []
        rows: list[Row] = []
        try:
            with transaction.atomic():
                while left and sum(len(row[2]) for row in rows) < TAKE:
                    lane = left.pop(0)
                    # The lock in its own statement: the claim's snapshot must be younger than it.
                    if try_lock(LANE_LOCK, lane):
                        taken.append(lane)
                        rows += self._claim(lane, bulk)
                left_here = successions.forwarded(sorted(rows, key=_number), bulk=bulk)
                for changes in _by_depth(bulk, left_here):
                    self._react(changes, now)
        except OperationalError as error:
            # Deadlock, serialisation or a cut connection: the rows are still there.
            logger.warning("Lanes %s are tried again: %s", taken, error)
            for lane in taken:
                self.low.pop((bulk, lane), None)
            connection.close_if_unusable_or_obsolete()
            return 0
        return len(rows)

    def _waiting(self) -> list[tuple[bool, int]]:
        lows = [self.low.get(key, 0) for key in EVERY_LANE]
        bulks, lanes = zip(*EVERY_LANE, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [list(bulks), list(lanes), lows])
            found: list[tuple[bool, int]] = cursor.fetchall()
        return found

    def _claim(self, lane: int, bulk: bool) -> list[Row]:  # noqa: FBT001
        with connection.cursor() as cursor:
            cursor.execute(CANDIDATES, [bulk, lane, self.low.get((bulk, lane), 0), ROWS])
            chosen, contacts = list[int](), 0
            for number, size in cursor.fetchall():
                if chosen and contacts + size > TAKE:
                    break
                chosen.append(number)
                contacts += size
            cursor.execute(CLAIM, [bulk, lane, chosen])
            rows: list[Row] = sorted(cursor.fetchall())
        if rows:
            self.low[bulk, lane] = rows[-1][0]
        return rows

    def _react(self, changes: Changes, now: datetime) -> None:
        for subscriber in in_order():
            try:
                with transaction.atomic():
                    subscriber.react(changes, now)
            except OperationalError:
                raise
            except Exception as error:
                logger.exception("%s failed on a change set", subscriber.key)
                _halve(subscriber, changes, now, error)
        self.wake |= changes.wake


def _number(row: Row) -> int:
    return row[0]


def _by_depth(bulk: bool, rows: list[Row]) -> Iterator[Changes]:  # noqa: FBT001
    """Group rows by depth, lowest first: reactions must know how deep they are."""
    for depth in sorted({row[1] for row in rows}):
        mine = [row for row in rows if row[1] == depth]
        yield Changes(
            depth=depth,
            bulk=bulk,
            changes=[change for row in mine for change in _explode(row)],
            everyone=frozenset(read for row in mine if not row[2] for read in row[7]),
        )


def _explode(row: Row) -> Iterator[Change]:
    _number, _depth, contacts, kind, events, subjects, times, reads = row
    shared = tuple(reads)
    for place, contact in enumerate(contacts):
        if events is None:
            yield Change(contact, shared)
        else:
            yield Change(contact, shared, events[place], kind, subjects[place], times[place])


def _halve(subscriber: Subscriber, changes: Changes, now: datetime, error: Exception) -> None:
    """Find the contacts a subscriber cannot digest, park them, and let the rest go on."""
    parts = list(_parts(changes))
    if len(parts) <= 1:
        ParkedChange.objects.create(
            row={
                "depth": changes.depth,
                "reads": sorted(changes.reads() | changes.everyone),
                "events": [change.event for change in changes.changes if change.event],
            },
            subscriber=subscriber.key,
            error=f"{type(error).__name__}: {error}"[:2000],
            parked_at=now,
            contacts=changes.contacts(),
        )
        return
    for part in parts:
        try:
            with transaction.atomic():
                subscriber.react(part, now)
        except OperationalError:
            raise
        except Exception as again:  # noqa: BLE001 - every error is parked with its contact
            _halve(subscriber, part, now, again)


def _parts(changes: Changes) -> Iterator[Changes]:
    """Cut changes in two by contact; what concerns everybody is a part of its own."""
    contacts = changes.contacts()
    middle = (len(contacts) + 1) // 2
    if changes.everyone:
        yield replace(changes, changes=[])
    for half in (set(contacts[:middle]), set(contacts[middle:])):
        if half:
            mine = [change for change in changes.changes if change.contact in half]
            yield replace(changes, changes=mine, everyone=frozenset())
