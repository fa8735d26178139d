"""What rules lead to, worked out anew from the log: plain loops, nothing of the product's own."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kernel.events import type_id
from kernel.models import Event
from points.models import PointRule

MACHINE = 3


def recomputed(rules: list[PointRule], countries: Mapping[int, str]) -> dict[int, dict[int, int]]:
    """Return points by group (0 is the total) and contact, of whoever has any."""
    scores: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for rule in rules:
        found = Event.objects.filter(type_id=type_id(rule.event)).order_by("id")
        people = defaultdict(list)
        for event in found:
            if event.verdict != MACHINE and _meets(rule, event, countries):
                people[event.contact_id].append(event)
        for contact, events in people.items():
            scores[rule.group_id or 0][contact] += _points(rule, events)
    return {
        group: {contact: points for contact, points in people.items() if points}
        for group, people in scores.items()
        if any(people.values())
    }


def _meets(rule: PointRule, event: Event, countries: Mapping[int, str]) -> bool:
    shop = rule.where.get("shop")
    wanted = rule.filter["all"][0]["value"] if rule.filter else None
    in_shop = shop is None or (event.data or {}).get("shop") == shop
    return in_shop and (wanted is None or countries[event.contact_id] == wanted)


def _points(rule: PointRule, events: list[Event]) -> int:
    given, days, subjects = 0, defaultdict(int), set()
    for event in events[rule.nth - 1 :]:
        day = event.occurred_at.astimezone(UTC).date()
        room = [
            rule.most is None or given + abs(rule.delta) <= rule.most,
            rule.most_a_day is None or days[day] + abs(rule.delta) <= rule.most_a_day,
            rule.repeat != "contact" or not given,
            rule.repeat != "subject" or event.subject_id not in subjects,
        ]
        if all(room):
            given += abs(rule.delta)
            days[day] += abs(rule.delta)
            subjects.add(event.subject_id)
    return given if rule.delta > 0 else -given


@dataclass
class Row:
    """What an event was given once; it may expire."""

    event: int
    contact: int
    points: int
    expires_at: datetime | None
    expired: bool = False


class Faded:
    """What a score comes to that fades: each point lost by it spares one that is taken back."""

    def __init__(self, days: int, loss: int, floor: int, *, percent: bool) -> None:
        self.days, self.loss, self.floor, self.percent = days, loss, floor, percent
        self.points: dict[int, int] = defaultdict(int)
        # Since when, and by how many days it was counted then.
        self.since: dict[int, tuple[datetime, int] | None] = defaultdict(lambda: None)
        self.lost: dict[int, int] = defaultdict(int)
        self.settled: dict[int, int] = defaultdict(int)
        self.rows: list[Row] = []

    def give(
        self, event: int, contact: int, gifts: list[tuple[int, int | None]], now: datetime
    ) -> None:
        for points, days in gifts:
            due = None if days is None else now + timedelta(days=days)
            self.rows.append(Row(event, contact, points, due))
            self.points[contact] += points
        self.since[contact] = (now, self.days)

    def strike(self, event: int) -> None:
        for row in [row for row in self.rows if row.event == event]:
            self.rows.remove(row)
            if not row.expired:
                self._take(row)

    def expire(self, now: datetime) -> None:
        for row in self.rows:
            if not row.expired and row.expires_at is not None and row.expires_at <= now:
                row.expired = True
                self._take(row)

    def night(self, now: datetime) -> None:
        for contact in list(self.points):
            if self.points[contact] <= self.floor:
                self.since[contact] = None
                continue
            since, days = self.since[contact] or (now, self.days)
            if days != self.days:
                since = now
            period = timedelta(days=self.days)
            while since + period <= now and self.points[contact] > self.floor:
                since += period
                self._lose(contact)
            above = self.points[contact] > self.floor
            self.since[contact] = (since, self.days) if above else None

    def _lose(self, contact: int) -> None:
        points = self.points[contact]
        wanted = -(-points * self.loss // 100) if self.percent else self.loss
        loss = min(wanted, points - self.floor)
        self.points[contact] -= loss
        self.lost[contact] += loss

    def _take(self, row: Row) -> None:
        spared = 0
        if row.points > 0:
            spared = min(row.points, self.lost[row.contact] - self.settled[row.contact])
        self.settled[row.contact] += spared
        self.points[row.contact] -= row.points - spared
