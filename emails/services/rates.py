"""Rate tokens, reserved in the claim: every worker takes its turns from the same rows.

Limits of seconds and minutes are an even pace: a lane has one instant when its next mail may go,
by the clock of the database, so that no pause, restart or step of a clock saves turns up for a
burst. Turns are given for the next second only; who has none stays in the queue. A limit of a day
counts half hours and holds over any day.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection
from django.db.backends.utils import CursorWrapper

from emails.services.limits import EVERYTHING, Limit, in_force
from emails.services.turns import Turn

# Seconds ahead for which turns are given.
HORIZON = 1.0
# Less than the limit, as much as late mails may crowd their window.
PACE = 0.98
# Seconds ahead for which readers are told to ask again. Beyond it the round begins anew: who was
# promised a turn and was cancelled or paused since keeps others waiting no longer than this.
ROUND = 600.0
# Who has no turn though one is free asks again no sooner, in seconds.
LOOK_AGAIN = 0.05
DAY, HALF_HOUR = timedelta(days=1), timedelta(minutes=30)
# What broadcasts leave of a day's limit, so that confirmations still go.
KEPT_FOR_TRANSACTIONAL = 0.04

FREE = """
INSERT INTO sending_pace AS p (lane, free_at, promised_at)
SELECT lane, clock_timestamp(), clock_timestamp()
FROM unnest(%(lanes)s::text[]) lane ORDER BY lane
ON CONFLICT (lane) DO UPDATE SET lane = excluded.lane
RETURNING lane, extract(epoch FROM free_at - clock_timestamp())::float8,
          extract(epoch FROM promised_at - clock_timestamp())::float8"""
TAKE = """
UPDATE sending_pace p SET free_at = clock_timestamp() + make_interval(secs => u.free),
  promised_at = clock_timestamp() + make_interval(secs => u.promised)
FROM unnest(%(lanes)s::text[], %(frees)s::float8[], %(promises)s::float8[]) u(lane, free, promised)
WHERE p.lane = u.lane"""
# What a step back of the clock left in the future counts as used now.
USED = """
SELECT lane, sum(used)::int FROM sending_quota
WHERE lane = ANY(%(lanes)s) AND slot > %(since)s GROUP BY lane"""
COUNT = """
INSERT INTO sending_quota AS q (lane, slot, used)
SELECT lane, %(slot)s, used FROM unnest(%(lanes)s::text[], %(counts)s::int[]) u(lane, used)
ORDER BY lane ON CONFLICT (lane, slot) DO UPDATE SET used = q.used + excluded.used"""
FORGET = "DELETE FROM sending_quota WHERE slot < %s"
# A run that is paused keeps its rows in the queue, and nobody waiting.
PRECEDENCE = """
SELECT EXISTS (SELECT 1 FROM (
    SELECT 0 id UNION ALL
    SELECT id FROM email_run WHERE finished_at IS NULL AND state = 'sending') r
  WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.run_id = r.id AND d.state = 0
                AND d.transactional AND d.due_at <= %s))"""


@dataclass
class Turns:
    """The turns of this claim; holds the rows of its lanes, those that have a limit."""

    limits: Mapping[str, Limit]
    now: datetime
    # Seconds from now: when the next mail may go; until when turns were promised.
    free: dict[str, float] = field(default_factory=dict)
    promised: dict[str, float] = field(default_factory=dict)
    # What is left of the day.
    left: dict[str, int] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)
    # Broadcasts stand back for it, so what was promised to their readers does not concern it.
    transactional: bool = False
    refused: Counter[str] = field(default_factory=Counter)

    @classmethod
    def open(cls, limits: Mapping[str, Limit], now: datetime, *, transactional: bool) -> "Turns":
        """Begin with the lane of all; nobody else gives its turns until this transaction ends."""
        turns = cls(limits, now, transactional=transactional)
        turns._take({EVERYTHING})
        return turns

    def _take(self, names: Iterable[str]) -> None:
        """Take the rows of lanes: first that of all, then those of domains, always in order."""
        lanes = sorted(self.limits.keys() & set(names) - self.free.keys())
        if not lanes:
            return
        with connection.cursor() as cursor:
            cursor.execute(FREE, {"lanes": lanes})
            if not self.free:
                self.began = time.monotonic()
            # What the database counts from its now is counted from the beginning here.
            late = time.monotonic() - self.began
            for lane, free, promised in cursor.fetchall():
                self._begin(self.limits[lane], free, promised, late)
            cursor.execute(USED, {"lanes": lanes, "since": self.now - DAY - HALF_HOUR})
            used = dict(cursor.fetchall())
        kept = 0 if self.transactional else KEPT_FOR_TRANSACTIONAL
        for lane in lanes:
            if day := self.limits[lane].day:
                most = max(int(day * (1 - kept)), 1)
                self.left[lane] = max(most - used.get(lane, 0), 0)

    def _begin(self, limit: Limit, free: float, promised: float, late: float) -> None:
        # Further ahead than turns are ever given: the clock was set back.
        stepped = free > HORIZON + limit.interval / PACE
        self.free[limit.lane] = late + (0.0 if stepped else max(free, 0.0))
        self.promised[limit.lane] = late + _within_round(promised)

    def room(self, wanted: int) -> int:
        """Return how many mails may be claimed of all domains together."""
        limit = self.limits.get(EVERYTHING)
        if not limit:
            return wanted
        room = min(wanted, self.left.get(EVERYTHING, wanted))
        if not limit.interval:
            return room
        ahead = HORIZON - self.free[EVERYTHING]
        return min(room, int(ahead * PACE / limit.interval) + 1 if ahead > 0 else 0)

    def give(self, domains: Mapping[int, str]) -> dict[int, float]:
        """Give turns to deliveries by their domains; return when each may go, in seconds."""
        self._take(domains.values())
        given: dict[int, float] = {}
        for first, number in sorted(self._wishes(domains)):
            slot = self._slot(domains[number], first)
            if slot is not None:
                given[number] = slot
        return given

    def again(self, domain: str) -> datetime:
        """Return when a delivery of this domain that got no turn asks again."""
        limit = self.limits.get(domain)
        if limit is None or (limit.day and self.left[domain] < 1):
            return self.now + (HALF_HOUR if limit else timedelta())
        if self.transactional:
            return self.now + timedelta(seconds=self._opens(domain, limit))
        self.promised[domain] = _within_round(self.promised[domain] + limit.interval / PACE)
        return self.now + timedelta(seconds=self.promised[domain])

    def _opens(self, domain: str, limit: Limit) -> float:
        """Return in how many seconds the next turns of a domain are given, by their order."""
        place = self.refused[domain]
        self.refused[domain] += 1
        ahead = max(self.free[lane] for lane in (EVERYTHING, domain) if lane in self.free)
        return max(ahead + place * limit.interval / PACE - HORIZON, LOOK_AGAIN)

    def close(self, given: Iterable[str]) -> None:
        """Write down what was taken, by the domains of those who got a turn."""
        taken = Counter(given)
        taken[EVERYTHING] = taken.total()
        lanes = sorted(self.free)
        spent = time.monotonic() - self.began
        with connection.cursor() as cursor:
            cursor.execute(
                TAKE,
                {
                    "lanes": lanes,
                    "frees": [self.free[lane] - spent for lane in lanes],
                    "promises": [self.promised[lane] - spent for lane in lanes],
                },
            )
            counted = sorted(lane for lane in self.left if taken[lane])
            if counted:
                counts = [taken[lane] for lane in counted]
                _count(cursor, counted, counts, self.now)
                cursor.execute(FORGET, [self.now - 2 * DAY])

    def turn(self, slot: float, domain: str) -> Turn | None:
        """Return when a delivery of this domain may go; None where only days are counted."""
        lanes = tuple(
            (lane, self.limits[lane].interval)
            for lane in (EVERYTHING, domain)
            if lane in self.limits and self.limits[lane].interval
        )
        return Turn(self.began + slot, lanes) if lanes else None

    def _wishes(self, domains: Mapping[int, str]) -> Iterator[tuple[float, int]]:
        """Say for each delivery when its domain would have it."""
        places: Counter[str] = Counter()
        for number, domain in domains.items():
            limit = self.limits.get(domain)
            step = limit.interval / PACE if limit else 0.0
            yield self.free.get(domain, 0.0) + places[domain] * step, number
            places[domain] += 1

    def _slot(self, domain: str, first: float) -> float | None:
        lanes = [lane for lane in (EVERYTHING, domain) if lane in self.limits]
        slot = max([first, *(self.free[lane] for lane in lanes)])
        if slot > HORIZON or any(self.left.get(lane, 1) < 1 for lane in lanes):
            return None
        for lane in lanes:
            self.free[lane] = slot + self.limits[lane].interval / PACE
            if lane in self.left:
                self.left[lane] -= 1
        return slot


def stands_back(now: datetime) -> bool:
    """Say whether transactional mail waits, which takes its turns first."""
    with connection.cursor() as cursor:
        cursor.execute(PRECEDENCE, [now])
        return bool(cursor.fetchone()[0])


def give_back(domains: Iterable[str], now: datetime) -> None:
    """Return turns of the day that nobody used."""
    counts = Counter(domains)
    counts[EVERYTHING] = counts.total()
    lanes = sorted(lane for lane, limit in in_force().items() if limit.day and counts[lane])
    if lanes:
        with connection.cursor() as cursor:
            _count(cursor, lanes, [-counts[lane] for lane in lanes], now)


def _within_round(promised: float) -> float:
    return max(promised, HORIZON) if promised <= ROUND else HORIZON


def _count(cursor: CursorWrapper, lanes: list[str], counts: list[int], now: datetime) -> None:
    cursor.execute(COUNT, {"lanes": lanes, "counts": counts, "slot": _half_hour(now)})


def _half_hour(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
