"""Contacts going through a campaign: 40 % conditions, 30 % tags, 20 % points, 10 % waits.

The limit is whole-set SQL, one statement a node for everybody, without claims or guarantees,
that writes the same rows: log, next steps, effects, events, change sets, figures.
"""

import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from campaigns.graph.plan import Plan, plan_of
from campaigns.models import StepLog, Visit
from campaigns.services.drafts import create
from campaigns.services.publishing import publish
from kernel import clock
from kernel.queues import queues
from segments.models import Segment
from tests.bench.bench import Bench
from tests.bench.by_hand.campaigns import enter_by_hand, go_by_hand
from tests.bench.reaction import react
from tests.engine import go, start

ENGINES = 2
# (kind, key, config) of ten steps in a row; conditions lead on whatever they find.
Step = tuple[str, str, dict[str, Any]]
STEPS: list[Step] = [
    ("condition", "", {"filter": {"all": [{"field": "country", "op": "is", "value": "FR"}]}}),
    ("action", "tags.change", {"add": ["one"]}),
    ("action", "points.adjust", {"delta": 5}),
    ("condition", "", {"filter": {"all": [{"field": "points", "op": "gte", "value": 3}]}}),
    ("action", "tags.change", {"add": ["two"]}),
    ("condition", "", {"filter": {"any": [{"field": "city", "op": "is", "value": "Lyon"}]}}),
    ("wait", "", {"for": "1h"}),
    ("action", "points.adjust", {"delta": -2}),
    ("condition", "", {"filter": {"all": [{"field": "locale", "op": "is", "value": "fr"}]}}),
    ("action", "tags.change", {"add": ["three"]}),
]
ASKING: list[Step] = [
    ("decision", "shop.visited", {"within": "30d"}),
    ("action", "points.adjust", {"delta": 1}),
]


def run(bench: Bench) -> None:
    bench.on("campaigns", load)
    now = clock.now()
    plan = publish_one("Engine", now, STEPS)
    entered = bench.measure(lambda: _enter(plan))
    walked = _walk(bench, clock.now())
    done = StepLog.objects.filter(node__in=plan.nodes).count()
    assert done == bench.size * len(STEPS), f"{done} of {bench.size * len(STEPS)} steps"
    rows = _rows()
    steps, limit, entry_limit = bench.size * len(STEPS), None, None
    if bench.limits:
        bench.on("campaigns", load)
        by_hand = publish_one("By hand", now, STEPS)
        entry_limit = bench.size / bench.measure(lambda: enter_by_hand(by_hand, now))
        limit = steps / bench.measure(lambda: go_by_hand(by_hand, now))
        assert _rows() == rows, f"not the same rows: {rows} and, by hand, {_rows()}"
    bench.metric("contact-steps", steps / walked, "per s", limit=limit, at_least=0.4)
    rate = bench.size / entered
    bench.metric("entries", rate, "per s", limit=entry_limit, at_least=0.4)
    bench.metric("a million members enter in", 1_000_000 / rate, "s", limit=60, at_least=1)
    bench.on("campaigns", load)
    asking = publish_one("Asking", now, ASKING)
    _enter(asking)
    react(bench, asking)


def load(size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact (email, first_name, country, city, locale, attrs, version,"
            " created_at, updated_at) SELECT 'p' || n || '@example.com', 'Name' || n,"
            " (ARRAY['FR', 'DE', 'BR', 'US'])[1 + n %% 4], (ARRAY['Lyon', 'Paris'])[1 + n %% 2],"
            " (ARRAY['fr', 'de', 'en'])[1 + n %% 3], '{}', 1, now(), now()"
            " FROM generate_series(1, %s) n",
            [size],
        )
        cursor.execute(
            "INSERT INTO contact_state (contact_id, points) SELECT id, id % 10 FROM contact"
        )
    everybody = Segment.objects.create(name="Everybody", state=Segment.State.READY)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO member (segment_id, contact_id, added_at, manual)"
            " SELECT %s, id, now(), 1 FROM contact",
            [everybody.pk],
        )


def publish_one(name: str, now: datetime, steps: Sequence[Step]) -> Plan:
    """Publish steps in a row, for everybody."""
    nodes = [
        {"id": f"n{place}", "kind": kind, "config": config, **({"key": key} if key else {})}
        for place, (kind, key, config) in enumerate(steps)
    ]
    edges = [{"from": "start", "to": "n0"}]
    for place, (kind, _key, _config) in enumerate(steps[:-1]):
        branches = {"condition": ("yes", "no"), "decision": ("yes",)}.get(kind, ("next",))
        edges += [
            {"from": f"n{place}", "to": f"n{place + 1}", "branch": branch} for branch in branches
        ]
    sources = [{"segment": str(Segment.objects.get().pk)}]
    campaign = create({"name": name, "sources": sources, "graph": {"nodes": nodes, "edges": edges}})
    with transaction.atomic():
        published = publish(campaign.pk, now).published_id
    assert published
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tag (name, created_at) SELECT unnest(ARRAY['one', 'two', 'three']), now()"
            " ON CONFLICT DO NOTHING"
        )
    return plan_of(published)


def _enter(plan: Plan) -> None:
    """Let the members in, as the job queued at the publication does."""
    kind = queues.get("kernel.jobs")
    assert kind
    jobs = kind()
    while jobs.due(clock.now()):
        jobs.work(clock.now())
    assert Visit.objects.filter(campaign=plan.campaign).exists()


def _walk(bench: Bench, now: datetime) -> float:
    """Let the engines run up to the wait, then on from it."""
    seconds = 0.0
    for moment in (now, now + timedelta(hours=2)):
        engines = [start(moment) for _number in range(ENGINES)]
        seconds += bench.measure(partial(_race, engines))
    return seconds


def _race(engines: Sequence[subprocess.Popen[bytes]]) -> None:
    for engine in engines:
        go(engine)
    assert [engine.wait() for engine in engines] == [0] * len(engines)


def _rows() -> dict[str, int]:
    counted = {}
    with connection.cursor() as cursor:
        for table in ("visit", "step", "step_log", "contact_tag", "event"):
            cursor.execute(f"SELECT count(*) FROM {table}")
            counted[table] = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(sum(cardinality(contact_ids)), 0) FROM change")
        counted["changed contacts"] = int(cursor.fetchone()[0])
        cursor.execute("SELECT sum(points) FROM contact_state")
        counted["points"] = cursor.fetchone()[0]
    return counted
