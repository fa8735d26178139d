"""Decisions under race: what happens while they register, at the last second, behind a backlog."""

import random
import threading
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Outcome, StepLog
from campaigns.services.advancing import advance
from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from tests.journey import bring, figures, graph, node, people, points, run, totals
from tests.settle import settle

VISITED = "shop.visited"


def deciding(**config):
    return graph(
        [points("first"), node("asked", "decision", VISITED, **config), points("yes", 10),
         points("no", 100)],
        "start>first", "first>asked", "asked:yes>yes", "asked:no>no",
    )  # fmt: skip


def in_threads(*works):
    """Run works beside each other, each on a connection of its own, until told to stop."""
    stop, faults = threading.Event(), []

    def keep(work):
        try:
            while not stop.is_set():
                if not work():
                    time.sleep(0.01)
        except Exception as fault:  # noqa: BLE001 - told to the test below
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=keep, args=(work,)) for work in works]
    for thread in threads:
        thread.start()

    def finish():
        stop.set()
        for thread in threads:
            thread.join()
        assert faults == []

    return finish


def engine(now=None):
    moved, _wake = advance(now or clock.now())
    return moved


def dispatcher():
    return Dispatcher().round(clock.now())


def test_an_event_at_any_moment_of_the_registration_is_noticed(real, api):
    contacts = people(60)
    campaign = run(api, deciding(since="visit"))
    events.type_id(VISITED)
    finish = in_threads(engine, engine, dispatcher, dispatcher)
    drawn = random.Random(7)
    for start in range(0, len(contacts), 6):
        some = contacts[start : start + 6]
        bring(api, campaign, some)
        for contact in some:
            time.sleep(drawn.random() * 0.02)
            now = clock.now()
            events.record(VISITED, [Fact(contact, now)], now=now)
    until = time.monotonic() + 20
    while figures(api, campaign)["yes"].get("done", 0) < 60 and time.monotonic() < until:
        time.sleep(0.05)
    finish()
    assert figures(api, campaign)["asked"] == {"done": 60, "yes": 60}
    assert totals(contacts) == [11] * 60


def test_a_backlog_of_the_dispatcher_makes_no_false_no(real, api):
    contacts = people(60)
    campaign = run(api, deciding(within="1h"))
    bring(api, campaign, contacts)
    settle()
    happened = clock.now() + timedelta(minutes=30)
    facts = [Fact(contact, happened) for contact in contacts[::2]]
    events.record(VISITED, facts, now=happened)
    later = clock.now() + timedelta(hours=1, seconds=5)
    finish = in_threads(lambda: engine(later), lambda: engine(later), dispatcher)
    until = time.monotonic() + 20
    while figures(api, campaign)["asked"].get("waiting") and time.monotonic() < until:
        time.sleep(0.05)
    finish()
    settle(later)
    assert totals(contacts) == [11, 101] * 30
    counted = Counter(StepLog.objects.filter(node__name="asked").values_list("contact_id"))
    assert set(counted.values()) == {1}


@pytest.mark.django_db
@pytest.mark.parametrize(("late", "outcome"), [(-0.1, "yes"), (0.0, "yes"), (1.0, "no")])
def test_in_the_last_second_what_happened_wins(api, late, outcome):
    [zoe] = people(1)
    campaign = run(api, deciding(within="10m"))
    bring(api, campaign, [zoe])
    start = (clock.now() + timedelta(seconds=1)).replace(microsecond=700_000)
    advance(start)
    last = (start + timedelta(minutes=10)).replace(microsecond=0) + timedelta(seconds=0.95)
    happened = last + timedelta(seconds=late)
    events.record(VISITED, [Fact(zoe, happened)], now=happened)
    for _round in range(4):
        advance(start + timedelta(minutes=10, seconds=5))
    assert figures(api, campaign)["asked"] == {"done": 1, outcome: 1}
    settle(start + timedelta(minutes=11))
    assert StepLog.objects.filter(node__name="asked").count() == 1


@pytest.mark.django_db
def test_nobody_takes_a_no_while_older_hits_lie_on_the_spool(api, monkeypatch, settings, tmp_path):
    from tracking import spool

    settings.RELAIS_DATA = tmp_path
    [zoe] = people(1)
    campaign = run(api, deciding(within="10m"))
    bring(api, campaign, [zoe])
    settle()
    folder = spool.folder()
    unread = folder / f"{int(clock.now().timestamp() * 1000):013}-1-abc.ready"
    unread.write_bytes(b"")
    later = clock.now() + timedelta(minutes=11)
    for _round in range(3):
        advance(later)
    assert figures(api, campaign)["asked"] == {"waiting": 1}
    unread.unlink()
    advance(later)
    assert figures(api, campaign)["asked"] == {"done": 1, "no": 1}
    assert StepLog.objects.get(node__name="asked").outcome == Outcome.NO
