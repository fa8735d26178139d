"""One worker's batch: claim, then slice after slice to the transport, outcomes written at once.

The database is touched by the calling thread alone; the threads of the pool render and talk
SMTP. Whatever they have finished meanwhile is written in one transaction, and as many mails are
begun in one statement, so that the database is asked the less the busier it is. A crash leaves in
doubt what is under way: two small slices a thread.
"""

import time
from collections import deque
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta
from itertools import groupby

from emails.models import Reason, State
from emails.services import claims, runs, versions
from emails.services.claims import Claimed
from emails.services.hands import Hands, Report
from emails.services.outcomes import Outcome, given_back, write
from emails.services.slices import begin
from emails.services.values import Columns, columns_of
from emails.services.workspace import Workspace

SLICE = 10
# Slices a thread has: one under way, one ready.
AHEAD = 2
# A claim is no more than this much work: what a dead worker held waits for its lease to end.
CLAIM_SECONDS = 2.0
SMALLEST, LARGEST = 50, 2_000


class Pace:
    """How many mails a second this process manages, measured on its last batches."""

    def __init__(self) -> None:
        self.rate = 100.0

    def limit(self) -> int:
        """Return how many deliveries are two seconds of work."""
        return int(min(max(self.rate * CLAIM_SECONDS, SMALLEST), LARGEST))

    def note(self, count: int, seconds: float) -> None:
        """Learn from a batch."""
        if count >= SMALLEST and seconds > 0:
            self.rate = (self.rate + count / seconds) / 2


_pace = Pace()


def send_batch(now: datetime, *, transactional: bool) -> bool:
    """Claim and send one batch; say whether more may be due."""
    hands = Hands.of_this_process()
    if hands.resting():
        return False
    began, limit, more = time.monotonic(), _pace.limit(), False
    open_sources = claims.sources()
    for place, run in enumerate(open_sources):
        share = max(limit // (len(open_sources) - place), SMALLEST)
        claimed, seen = claims.claim(run, share, now, transactional=transactional)
        if claimed:
            batch = _Batch(hands, now)
            batch.send(claimed)
            _pace.note(len(claimed), batch.elapsed())
        limit -= len(claimed)
        more = more or seen == share
        if run and seen < share:
            runs.finish(run, now + timedelta(seconds=time.monotonic() - began))
        if hands.resting():
            return False
    return more


class _Batch:
    """The mails of one claim on their way through the threads."""

    def __init__(self, hands: Hands, now: datetime) -> None:
        self.hands = hands
        self.now = now
        self.began = time.monotonic()
        self.workspace = Workspace.read()
        self.waiting: deque[tuple[int, list[Claimed]]] = deque()
        self.under_way: set[Future[Report]] = set()
        self.columns: dict[int, Columns] = {}

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=self.elapsed())

    def send(self, claimed: list[Claimed]) -> None:
        """Send everybody their mail; whoever's turn comes too late goes back to the queue."""
        chosen = versions.choose(claimed)
        ordered = sorted(claimed, key=lambda row: (chosen[row.id], row.id))
        groups = groupby(ordered, key=lambda row: chosen[row.id])
        self.waiting.extend((version, list(group)) for version, group in groups)
        while self.waiting or self.under_way:
            if self.hands.resting() or self.elapsed() > CLAIM_SECONDS:
                self._give_back()
            self._begin()
            self._finish()

    def _give_back(self) -> None:
        at = self.moment()
        write(given_back(row, at) for _version, rows in self.waiting for row in rows)
        self.waiting.clear()

    def _begin(self) -> None:
        """Begin as many mails as there is room for, those of one version in one statement."""
        while self.waiting:
            room = self.hands.threads * AHEAD - len(self.under_way)
            if room <= 0:
                return
            version, rows = self.waiting.popleft()
            size = self._size(len(rows))
            now, later = rows[: room * size], rows[room * size :]
            if later:
                self.waiting.appendleft((version, later))
            self._hand_over(version, now, size)

    def _size(self, count: int) -> int:
        """Small enough that every thread has work."""
        return max(1, min(SLICE, -(-count // self.hands.threads)))

    def _hand_over(self, version: int, rows: list[Claimed], size: int) -> None:
        at = self.moment()
        if not version:
            write(Outcome(row, State.SKIPPED, at, Reason.UNPUBLISHED, tried=False) for row in rows)
            return
        compiled = versions.load(version, self.workspace.zone)
        if version not in self.columns:
            self.columns[version] = columns_of(compiled)
        ready = begin(compiled, self.columns[version], rows, self.workspace, at)
        for part in ready.cut(size):
            self.under_way.add(self.hands.take(part))

    def _finish(self) -> None:
        """Wait for a slice, and write what all finished ones came to."""
        if self.under_way:
            done, self.under_way = wait(self.under_way, return_when=FIRST_COMPLETED)
            at = self.moment()
            write(outcome for future in done for outcome in future.result().outcomes(at))
