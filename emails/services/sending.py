"""A worker's shift: claims, begins a few mails at a time, writes what became of them.

The database is touched by the calling thread alone; the threads of the pool render and talk
SMTP. What they have finished is written, and as many mails begun, in one transaction, while the
other half is under way. A crash leaves in doubt what is under way: 25 mails at most.
"""

import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db import OperationalError, connection, transaction

from contacts.services.token_values import Columns, columns_of
from emails.models import Reason, State
from emails.services import claims, rates, runs, versions
from emails.services.claims import Claimed
from emails.services.hands import Hands
from emails.services.outcomes import Outcome, are_plain, commit, given_back, write
from emails.services.slices import Slice, begin
from emails.services.workspace import Workspace

# Mails in *sending* at a time: what a crash leaves in doubt.
AT_ONCE = 25
# What was finished is written after this long, even when others hang.
PATIENCE = 0.25
# A claim is no more than this much work: what a dead worker held waits for its lease to end.
CLAIM_SECONDS = 2.0
SMALLEST, LARGEST = 50, 2_000
# Nothing is claimed after this long; another task goes on.
SHIFT_SECONDS = 30.0
# A mail with a slot is begun so much before.
LOOK_AHEAD = 0.02


class Pace:
    """How many mails a second this process manages, measured on its last claims."""

    def __init__(self) -> None:
        self.rate = 100.0

    def limit(self) -> int:
        """Return how many deliveries are two seconds of work."""
        return int(min(max(self.rate * CLAIM_SECONDS, SMALLEST), LARGEST))

    def note(self, count: int, seconds: float) -> None:
        """Learn from a claim."""
        if count >= SMALLEST and seconds > 0:
            self.rate = (self.rate + count / seconds) / 2


_pace = Pace()


def send_batch(now: datetime, *, transactional: bool) -> bool:
    """Send what is due for a while; say whether more may be due."""
    hands = Hands.of_this_process()
    if hands.resting():
        return False
    return Shift(hands, now, transactional=transactional).work()


def send_claimed(claimed: list[Claimed], now: datetime) -> None:
    """Send just these."""
    shift = Shift(Hands.of_this_process(), now, transactional=False)
    shift.more = False
    shift.take(claimed)
    shift.work()


class Shift:
    """Claimed mails on their way through the threads."""

    def __init__(self, hands: Hands, now: datetime, *, transactional: bool) -> None:
        self.hands = hands
        self.now = now
        self.transactional = transactional
        self.began = self.claimed_at = time.monotonic()
        self.workspace = Workspace.read()
        # Those claimed by version; a mail may not go before its slot.
        self.waiting: deque[tuple[int, list[Claimed]]] = deque()
        self.sources: deque[int] = deque()
        self.under_way = self.claimed = 0
        # Whether a source may have more; runs that may be over.
        self.more, self.found = True, False
        self.ending: set[int] = set()
        self.columns: dict[int, Columns] = {}

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=self.elapsed())

    def work(self) -> bool:
        """Claim, send and write until nothing is due or the shift is over."""
        try:
            while self._goes_on():
                self._turn(self._finished())
        finally:
            self._end()
        return self.more and not self.hands.resting()

    def _goes_on(self) -> bool:
        """See that there is work; say whether there is any."""
        too_late = time.monotonic() - self.claimed_at > CLAIM_SECONDS
        if self.waiting and (self.hands.resting() or too_late):
            self._give_back()
        while not self.waiting and self.more and self.elapsed() < SHIFT_SECONDS:
            self._claim()
        return bool(self.waiting or self.under_way)

    def _claim(self) -> None:
        """Take due deliveries of the next source; each has its turn before one has another."""
        if self.claimed:
            _pace.note(self.claimed, time.monotonic() - self.claimed_at)
        if self.hands.resting():
            self.more = False
            return
        if not self.sources:
            self.sources.extend(claims.sources())
            self.found = False
        if not self.sources:
            self.more = False
            return
        run = self.sources.popleft()
        share = max(_pace.limit() // (len(self.sources) + 1), SMALLEST)
        claimed, seen = claims.claim(run, share, self.moment(), transactional=self.transactional)
        self.found = self.found or seen == share
        if run and seen < share:
            self.ending.add(run)
        self.more = bool(self.sources) or self.found
        self.take(claimed)

    def take(self, claimed: list[Claimed]) -> None:
        """Line claimed deliveries up: by their turn, then by version."""
        self.claimed, self.claimed_at = len(claimed), time.monotonic()
        chosen = versions.choose(claimed)
        ordered = sorted(claimed, key=lambda row: (row.slot, chosen[row.id], row.id))
        groups = groupby(ordered, key=lambda row: chosen[row.id])
        self.waiting.extend((version, list(group)) for version, group in groups)

    def _give_back(self) -> None:
        at = self.moment()
        unused = [given_back(row, at) for _version, rows in self.waiting for row in rows]
        write(unused)
        self._return_turns(unused)
        self.waiting.clear()
        self.more = True

    def _return_turns(self, outcomes: list[Outcome]) -> None:
        """A day's limit does not count what was not tried."""
        unused = [row.claimed.domain for row in outcomes if row.claimed.domain and not row.tried]
        if unused:
            rates.give_back(unused, self.moment())

    def _finished(self) -> list[Outcome]:
        """Return what became of mails, as soon as half of them are finished.

        The other half keeps the threads busy while the database is asked.
        """
        early = self._next_slot() - LOOK_AHEAD - time.monotonic()
        if self.waiting and early <= 0 and self.under_way <= AT_ONCE // 2:
            return self._outcomes(0, 0)
        # The last ones are waited for together.
        enough = -(-self.under_way // 2) if self.waiting or self.more else self.under_way
        wait = min(PATIENCE, early) if self.waiting and early > 0 else PATIENCE
        return self._outcomes(max(enough, 1), wait)

    def _outcomes(self, enough: int, seconds: float) -> list[Outcome]:
        attempts = self.hands.collect(enough, seconds)
        self.under_way -= len(attempts)
        at, captures = self.moment(), self.hands.transport.captures
        return [attempt.outcome(at, captures=captures) for attempt in attempts]

    def _next_slot(self) -> float:
        return self.waiting[0][1][0].slot if self.waiting else 0.0

    def _turn(self, outcomes: list[Outcome]) -> None:
        """Write outcomes and begin as many mails as there is room for, in one commit."""
        before = list(self.waiting)
        try:
            parts = self._exchange(outcomes)
        except Exception as error:
            if connection.in_atomic_block:
                raise
            if isinstance(error, OperationalError):
                # It may be broken, and nothing of ours is open.
                connection.close()
            # What is out is written whatever happens; the rest begins in the next turn.
            self.waiting = deque(before)
            write(outcomes)
            if not isinstance(error, OperationalError):
                raise
            return
        for part in parts:
            self.under_way += len(part.recipients)
            self.hands.take(part)

    def _exchange(self, outcomes: list[Outcome]) -> list[Slice]:
        """Write and begin: by a single statement where all went well and all are alike."""
        taken = list(self._next())
        if len(taken) == 1 and taken[0][0] and are_plain(outcomes):
            return [self._begin(*taken[0], sent=outcomes)]
        with transaction.atomic():
            if outcomes:
                commit(outcomes)
                self._return_turns(outcomes)
            parts = [self._begin(version, rows) for version, rows in taken if version]
            self._skip([row for version, rows in taken if not version for row in rows])
        return parts

    def _next(self) -> Iterator[tuple[int, list[Claimed]]]:
        """Take mails whose turn it is, as many as there is room for, by their version."""
        room, soon = AT_ONCE - self.under_way, time.monotonic() + LOOK_AHEAD
        while room > 0 and self.waiting and self._next_slot() <= soon:
            version, rows = self.waiting.popleft()
            count = sum(1 for row in rows[:room] if row.slot <= soon)
            now, later = rows[:count], rows[count:]
            if later:
                self.waiting.appendleft((version, later))
            room -= count
            yield version, now

    def _skip(self, rows: list[Claimed]) -> None:
        """Leave out those whose email is no longer published."""
        if not rows:
            return
        at, gone = self.moment(), Reason.UNPUBLISHED
        commit([Outcome(row, State.SKIPPED, at, gone, tried=False) for row in rows])

    def _begin(self, version: int, rows: list[Claimed], sent: Sequence[Outcome] = ()) -> Slice:
        """Begin mails of one version in one statement."""
        compiled = versions.load(version, self.workspace.zone)
        if version not in self.columns:
            self.columns[version] = columns_of(compiled.message.uses)
        columns = self.columns[version]
        return begin(compiled, columns, rows, self.workspace, self.moment(), sent)

    def _end(self) -> None:
        """Write what is still under way, whatever ended the shift, and close finished runs."""
        while self.under_way:
            write(self._outcomes(self.under_way, PATIENCE))
        for run in self.ending:
            runs.finish(run, self.moment())
