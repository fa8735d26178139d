"""Decisions under race: what happens while they register, and behind a backlog."""

import random
import threading
import time
from collections import Counter
from datetime import timedelta

from django.db import connection, transaction

from campaigns.models import CampaignNode, Outcome, Step, StepLog
from campaigns.services.advancing import advance
from campaigns.services.deciding import register
from campaigns.services.held import claim_new
from campaigns.services.running import running
from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from tests.journey import VISITED, bring, deciding, figures, people, run, totals
from tests.settle import settle


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


def test_an_event_told_while_the_look_back_commits_is_noticed(real, api):
    """The look-back's snapshot is too old for it, and the row does not wait yet."""
    [zoe] = people(1)
    campaign = run(api, deciding())
    bring(api, campaign, [zoe])
    engine()
    asked = CampaignNode.objects.get(campaign=int(campaign), name="asked")
    events.type_id(VISITED)

    def tell():
        events.record(VISITED, [Fact(zoe, clock.now())], now=clock.now())
        Dispatcher().round(clock.now())
        connection.close()

    telling = threading.Thread(target=tell)
    with transaction.atomic():
        node = running(int(campaign)).nodes[asked.pk]
        deciding_now = claim_new(asked.pk)
        assert len(deciding_now) == 1
        register(node, deciding_now, clock.now())
        telling.start()
        telling.join(0.5)
    telling.join()
    assert Step.objects.get().outcome == Outcome.YES
    settle()
    assert totals([zoe]) == [11]


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
