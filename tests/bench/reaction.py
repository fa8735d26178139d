"""From an event to the next step, while everybody waits for one: percentiles of what is felt."""

import os
import random
import signal
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from campaigns.graph.plan import Plan
from campaigns.models import Step, StepState
from campaigns.services.advancing import advance
from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from tests.bench.bench import Bench

ENGINES = 2
RATE, SECONDS = 100, 10
SEEN = "SELECT contact_id FROM step_log WHERE node_id = %s"


def react(bench: Bench, plan: Plan) -> None:
    """Record events of people who wait, and watch when they have taken the next step."""
    nodes = {node.name: node.id for node in plan.nodes.values()}
    while advance(clock.now())[0]:
        pass
    waiting = Step.objects.filter(node=nodes["n0"], state=StepState.WAITING)
    assert waiting.count() == bench.size
    events.type_id("shop.visited")
    chosen = random.Random(2).sample(
        list(waiting.values_list("contact_id", flat=True)[: 200 * RATE]),
        min(RATE * SECONDS, bench.size),
    )
    connection.close()
    workers = [_fork(_engine) for _number in range(ENGINES)] + [_fork(_dispatcher)]
    try:
        felt = sorted(_watch(chosen, nodes["n1"]))
    finally:
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    name = f"event to next step, {bench.size:,} waiting"
    for share in (50, 95):
        limit = 2.0 if share == 95 else None
        bench.metric(f"{name}, p{share}", felt[len(felt) * share // 100], "s", limit=limit,
                     at_least=1 if limit else None)  # fmt: skip


def _watch(chosen: list[int], following: int) -> list[float]:
    """Record one event after the other; return how long each took to be acted on."""
    begun, told, felt = time.perf_counter(), dict[int, float](), dict[int, float]()
    ahead = list(chosen)
    while len(felt) < len(chosen):
        assert time.perf_counter() - begun < 120, f"{len(felt)} of {len(chosen)} events felt"
        while ahead and time.perf_counter() - begun > len(told) / RATE:
            contact, now = ahead.pop(), clock.now()
            events.record("shop.visited", [Fact(contact, now)], now=now)
            told[contact] = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [following])
            moment = time.perf_counter()
            for (contact,) in cursor.fetchall():
                felt.setdefault(contact, moment - told[contact])
        time.sleep(0.005)
    return list(felt.values())


def _engine() -> int:
    return advance(clock.now())[0]


def _dispatcher() -> int:
    return _kept.round(clock.now())


_kept = Dispatcher()


def _fork(work: Callable[[], Any]) -> int:
    """Start a process that works until it is killed, as workers do."""
    child = os.fork()
    if child:
        return child
    try:
        while True:
            if not work():
                time.sleep(0.05)
    finally:
        os._exit(1)
