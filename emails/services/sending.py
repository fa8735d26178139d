"""One worker's batch: claim, then slice after slice to the transport, outcomes written at once.

The database is touched by the calling thread alone; the threads of the pool render and talk
SMTP. A slice is at most 25 mails, so that a crash leaves few of them in doubt.
"""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import datetime, timedelta
from itertools import groupby

from emails.models import Reason, State
from emails.services import claims, runs, versions
from emails.services.claims import Claimed
from emails.services.hands import Hands, Report
from emails.services.outcomes import Outcome, given_back, write
from emails.services.slices import begin
from emails.services.workspace import Workspace

SLICE = 25
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
        if count >= SLICE and seconds > 0:
            self.rate = (self.rate + count / seconds) / 2


_pace = Pace()


def send_batch(now: datetime, *, transactional: bool) -> bool:
    """Claim and send one batch; say whether more may be due."""
    hands = Hands.of_this_process()
    if hands.resting():
        return False
    limit, more = _pace.limit(), False
    open_sources = claims.sources()
    for place, run in enumerate(open_sources):
        share = max(limit // (len(open_sources) - place), SLICE)
        claimed, seen = claims.claim(run, share, now, transactional=transactional)
        _send(claimed, hands, now)
        limit -= len(claimed)
        more = more or seen == share
        if run and seen < share:
            runs.finish(run, now)
        if hands.resting():
            return False
    return more


def _send(claimed: list[Claimed], hands: Hands, now: datetime) -> None:
    if not claimed:
        return
    batch = _Batch(hands, now)
    for version, part in slices(claimed, hands.threads):
        batch.hand_over(version, part)
    batch.drain(0)
    _pace.note(len(claimed), batch.elapsed())


def slices(claimed: list[Claimed], threads: int) -> Iterator[tuple[int, list[Claimed]]]:
    """Cut a batch into slices of one version each, small enough that every thread has work."""
    size = min(SLICE, max(1, -(-len(claimed) // threads)))
    chosen = versions.choose(claimed)
    ordered = sorted(claimed, key=lambda delivery: (chosen[delivery.id], delivery.id))
    for version, group in groupby(ordered, key=lambda delivery: chosen[delivery.id]):
        rows = list(group)
        for start in range(0, len(rows), size):
            yield version, rows[start : start + size]


class _Batch:
    """The slices on their way: as many as there are threads, and not longer than the claim."""

    def __init__(self, hands: Hands, now: datetime) -> None:
        self.hands = hands
        self.now = now
        self.began = time.monotonic()
        self.workspace = Workspace.read()
        self.under_way: set[Future[Report]] = set()

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def moment(self) -> datetime:
        return self.now + timedelta(seconds=self.elapsed())

    def hand_over(self, version: int, part: list[Claimed]) -> None:
        """Start a slice as soon as a thread is free; too late, it goes back to the queue."""
        self.drain(self.hands.threads - 1)
        if self.hands.resting() or self.elapsed() > CLAIM_SECONDS:
            write(given_back(claimed, self.moment()) for claimed in part)
            return
        if not version:
            at = self.moment()
            write(Outcome(row, State.SKIPPED, at, Reason.UNPUBLISHED, tried=False) for row in part)
            return
        ready = begin(
            versions.load(version, self.workspace.zone), part, self.workspace, self.moment()
        )
        if ready.recipients:
            self.under_way.add(self.hands.take(ready))

    def drain(self, leave: int) -> None:
        """Write outcomes until no more than `leave` slices are under way."""
        while len(self.under_way) > leave:
            done, self.under_way = wait(self.under_way, return_when=FIRST_COMPLETED)
            for future in done:
                write(future.result().outcomes(self.moment()))
