"""Segments: first build, rebuild without change, and a thousand changed contacts.

The limits are written as one would by hand, a statement a segment, with the same log rows and
without locks, notes or versions.
"""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from kernel import changes, clock
from kernel.dispatcher import Dispatcher
from segments.models import Segment
from segments.services import auditing, building, editing, plan
from segments.services.turns import Turn
from tests.bench.bench import Bench
from tests.bench.by_hand.segments import build_by_hand, compare_by_hand, react_by_hand
from tests.bench.population import TYPES, populate
from tests.bench.traffic.segments import A_SECOND, latencies

SEGMENTS = 100
READ = ("contact", "contact_state", "contact_activity", "event")
CHANGED = 1_000
# Tables with their partitions and indexes, into the memory of the system.
WARM = """
SELECT count(pg_prewarm(oid, 'read')) FROM pg_class
WHERE relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace
  AND relname ~ '^(contact|event|member)(_|$)'"""


def run(bench: Bench) -> None:
    now = clock.now()
    _first_build(bench, "first build, one segment", [_field(3)], now)
    _first_build(bench, f"first build, {SEGMENTS} segments", _trees(), now)
    _rebuild(bench, now)
    _changes(bench, now)
    _traffic(bench)


def _first_build(bench: Bench, name: str, trees: list[Any], now: datetime) -> None:
    limit, expected = None, 0
    if bench.limits or len(trees) == 1:
        rows = _begin(bench, trees, now)
        by_hand = bench.measure(lambda: build_by_hand(rows, now))
        expected = _members()
        limit = expected / by_hand
    _begin(bench, trees, now)
    ours = bench.measure(lambda: building.build(Turn()))
    members = _members()
    # Windows that roll have moved a little meanwhile.
    few = members // 1_000
    assert limit is None or abs(members - expected) <= few, f"{members}, by hand {expected}"
    bench.metric(name, members / ours, "members/s", limit=limit, at_least=0.5)


def _begin(bench: Bench, trees: list[Any], now: datetime) -> list[Segment]:
    """Make the segments anew; read what they read, which the copy of a large set leaves on disk."""
    bench.on("people", populate)
    plan.forget()
    rows = _create(trees, now)
    with connection.cursor() as cursor:
        for table in READ:
            cursor.execute(f"SELECT count(*) FROM {table} WHERE {table} IS NOT NULL")
    return rows


def _rebuild(bench: Bench, now: datetime) -> None:
    """Nobody has changed: what the schedule costs every ten minutes."""
    rows = list(Segment.objects.order_by("pk"))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) member")
    by_hand = bench.measure(lambda: compare_by_hand(rows, now))
    ours = bench.measure(lambda: auditing.rebuild(None, Turn()))
    assert not Segment.objects.exclude(corrected=0).exists()
    bench.metric("rebuild without change", ours, "s", limit=by_hand, at_least=0.5)


def _changes(bench: Bench, now: datetime) -> None:
    """A thousand contacts of one lane change what every segment reads."""
    rows = list(Segment.objects.order_by("pk"))
    reads = sorted({name for row in rows for name in row.reads})
    contacts = [16 * number for number in range(1, CHANGED + 1) if 16 * number <= bench.size]
    dispatcher = Dispatcher()
    for few in (contacts[:10], contacts):
        # The first time the packs are prepared, as they are in a dispatcher that runs.
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE change")
        _change(few)
        changes.announce(few, reads)
        ours = bench.measure(lambda: dispatcher.drain(0, now))
    moved = _moved()
    assert moved > CHANGED, "the change sets were not handled"
    _change(contacts)
    by_hand = bench.measure(lambda: react_by_hand(rows, contacts, now))
    print(f"  {moved:,} moves of {len(contacts):,} contacts in {len(rows)} segments")
    bench.metric(f"{CHANGED:,} changed in {len(rows)} segments", ours, "s", limit=by_hand)


def _traffic(bench: Bench) -> None:
    """From a change to its members, the 95th of a hundred, while others change, too.

    Of a database in memory: read from a slow disk, each person costs some twenty pages.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
        cursor.execute(WARM)
    found = latencies(bench.size)
    print(f"  {len(found):,} events told, half of them within {found[len(found) // 2]:.3f} s")
    p95 = found[len(found) * 95 // 100]
    bench.metric(f"change to members at {A_SECOND}/s, p95", p95, "s", limit=2.0, at_least=1.0)
    _audit(bench)


def _audit(bench: Bench) -> None:
    """After the traffic the rebuild has nothing to correct."""
    dispatcher = Dispatcher()
    while dispatcher.round(clock.now()):
        pass
    took = bench.measure(lambda: auditing.rebuild(None, Turn()))
    wrong = sum(Segment.objects.values_list("corrected", flat=True))
    assert wrong == 0, f"{wrong} members were corrected"
    bench.metric("rebuild after the traffic, nothing to correct", took, "s")


def _change(contacts: list[int]) -> None:
    """Rotate plans and numbers, so that contacts move in and out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contact SET country = CASE country WHEN 'FR' THEN 'DE' ELSE 'FR' END,"
            " attrs = attrs || jsonb_build_object('n0', 99 - (attrs ->> 'n0')::int,"
            " 's0', CASE attrs ->> 's0' WHEN 'pro' THEN 'free' ELSE 'pro' END)"
            " WHERE id = ANY(%s)",
            [contacts],
        )


def _field(number: int) -> Any:
    """Return the n-th filter: columns, custom fields, negations, dates, lists, behaviour."""
    n = number % 10
    country = {"field": "country", "op": "is", "value": ["FR", "DE", "BR", "US"][number % 4]}
    plan = {"field": "s0", "op": "is", "value": ["free", "basic", "pro", "team"][n % 4]}
    kinds = [
        {"all": [country, {"field": "n0", "op": "gte", "value": number}]},
        {"all": [plan, {"field": "points", "op": "gt", "value": 50 + number}]},
        {"all": [{"none": [country, plan]}, {"field": "n4", "op": "eq", "value": n}]},
        {"any": [{"field": "n2", "op": "gt", "value": 99_000 - number * 100}]},
        {"all": [{"field": "m0", "op": "has_any", "value": ["red"]}, country, plan]},
        {"all": [{"field": "t0", "op": "starts_with", "value": f"city{n}"}]},
        {"all": [{"field": "d0", "op": "after", "value": f"2026-{1 + n:02}-01"}, plan]},
        {"all": [{"field": "s3", "op": "is_not", "value": "p"}, country, plan]},
        {"all": [{"field": "d3", "op": "within_last", "value": f"{number + 1}d"}]},
    ]
    if n < len(kinds):
        return kinds[n]
    event = {"event": TYPES[number // 10], "within": "30d"}
    if number % 20 == 9:
        return {"all": [event | {"count": {"op": "gte", "value": 2}}]}
    never = {"event": TYPES[number // 10], "count": {"op": "eq", "value": 0}}
    return {"all": [never, country]}


def _trees() -> list[Any]:
    return [_field(number) for number in range(SEGMENTS)]


def _create(trees: list[Any], now: datetime) -> list[Segment]:
    with transaction.atomic():
        return [
            editing.create({"name": f"Segment {place}", "filter": tree}, now=now)
            for place, tree in enumerate(trees)
        ]


def _members() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM member")
        return int(cursor.fetchone()[0])


def _moved() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(cardinality(contact_ids)), 0) FROM change")
        return int(cursor.fetchone()[0])
