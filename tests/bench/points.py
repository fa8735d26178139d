"""Points for an event of everybody: five rules with limits, a group, and two triggers.

The limit is what has to be written whoever does it: the events that tell it, the journal, the
scores and for whom triggers fired, each in one statement over everybody, with nothing judged.
"""

from django.db import connection

from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from points.models import Award, Firing, PointGroup, PointRule, PointTrigger, Score
from points.services import growing_old
from tests.bench.bench import Bench
from tests.bench.population import populate

EVENT, RULES, IN_GROUP = "bench.event1", 5, 2
JOURNAL = """
INSERT INTO point_award (rule_id, event_id, contact_id, group_id, occurred_at, points)
SELECT r, e.id, e.contact_id, CASE WHEN r <= %(grouped)s THEN %(group)s END, e.occurred_at, 5
FROM event e JOIN event_type t ON t.id = e.type_id, generate_series(1, %(rules)s) r
WHERE t.key = %(event)s AND e.occurred_at >= %(since)s ORDER BY e.id, r"""
TOTALS = "UPDATE contact_state SET points = points + 15"
SCORES = """
INSERT INTO point_score (group_id, contact_id, points)
SELECT %(group)s, id, 10 FROM contact ORDER BY id"""
FIRED = """
INSERT INTO point_firing (trigger_id, contact_id, fired_at, problem)
SELECT %(trigger)s, id, %(since)s, '' FROM contact ORDER BY id"""


def run(bench: Bench) -> None:
    bench.on("people", populate)
    limit = bench.measure(lambda: _by_hand(bench.size))
    bench.on("people", populate)
    _declare()
    _everybody(bench.size)
    took = bench.measure(_drain)
    assert Award.objects.exclude(points=0).count() == RULES * bench.size
    assert Firing.objects.count() == 2 * bench.size
    assert Score.objects.filter(points=10).count() == bench.size
    name = f"{RULES} rules and 2 triggers, an event of everybody"
    bench.metric(name, took, "s", limit=limit, at_least=0.15)
    bench.metric("the same, a second", bench.size / took, "events/s")
    _everybody(bench.size)
    again = bench.measure(_drain)
    bench.metric("the next event of everybody", again, "s", limit=limit, at_least=0.15)
    rows = Award.objects.count()
    gone = bench.measure(_grow_old)
    assert not Award.objects.exists()
    bench.metric("the journal is added up", rows / gone, "rows/s")


def _declare() -> None:
    group = PointGroup.objects.create(name="Skis")
    for number in range(RULES):
        PointRule.objects.create(
            name=f"Rule {number}",
            event=EVENT,
            delta=5,
            group=group if number < IN_GROUP else None,
            repeat=PointRule.Repeat.SUBJECT if number % 2 else PointRule.Repeat.ALWAYS,
            most_a_day=1_000_000,
        )
    PointTrigger.objects.create(name="Total", threshold=10)
    PointTrigger.objects.create(name="Skis", threshold=10, group=group)


def _everybody(size: int) -> None:
    now = clock.now()
    for first in range(1, size + 1, 5_000):
        contacts = range(first, min(first + 5_000, size + 1))
        events.record(EVENT, [Fact(contact, now) for contact in contacts], now=now)


def _drain() -> None:
    dispatcher = Dispatcher()
    while dispatcher.round(clock.now()):
        pass


def _grow_old() -> None:
    while growing_old.forget(clock.now(), clock.now()):
        pass


def _by_hand(size: int) -> None:
    """Write everything that follows, but the events that caused it."""
    now = clock.now()
    group = PointGroup.objects.create(name="Skis").pk
    triggers = [PointTrigger.objects.create(name="T", threshold=10).pk for _each in range(2)]
    values = {
        "rules": RULES,
        "grouped": IN_GROUP,
        "group": group,
        "event": EVENT,
        "since": now,
        "trigger": triggers[0],
    }
    _everybody(size)
    with connection.cursor() as cursor:
        cursor.execute(JOURNAL, values)
        cursor.execute(TOTALS)
        cursor.execute(SCORES, values)
        for trigger in triggers:
            cursor.execute(FIRED, {**values, "trigger": trigger})
    for _told in range(RULES):
        events.record(
            "points.adjusted",
            [Fact(c, now, data={"delta": 5, "points": 15}) for c in range(1, size + 1)],
            now=now,
        )
