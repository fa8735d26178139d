"""Engines killed at random moments: every step once, every effect once, nobody stuck."""

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Step, StepLog, StepState, Visit
from campaigns.services import held
from campaigns.services.advancing import advance
from contacts.models import ContactState, ContactTag
from kernel import clock, events
from tests.journey import bring, graph, node, people, points, run
from tests.settle import settle

FULL = bool(os.environ.get("RELAIS_FULL_SIZE"))
CONTACTS, KILLS, AT_ONCE, LONGEST = (5_000, 60, 5, 0.15) if FULL else (600, 9, 3, 0.1)
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
WAY = graph(
    [
        points("one"),
        node("tag", "action", "tags.change", add=["seen"]),
        node("french", "condition", filter=FRENCH),
        points("two", 10),
        node("half", "split", weights={"a": 1, "b": 1}),
        points("a", 100),
        points("b", 100),
        node("meet", "condition", filter=FRENCH),
        node("rest", "wait", **{"for": "1h"}),
        points("three", 1_000),
        node("asked", "decision", "shop.visited", within="1h"),
        points("silent", 10_000),
    ],
    "start>one", "one>tag", "tag>french", "french:yes>two", "french:no>half", "two>half",
    "half:a>a", "half:b>b", "a>meet", "b>meet", "meet:yes>rest", "meet:no>rest", "rest>three",
    "three>asked", "asked:no>silent",
)  # fmt: skip
# French people (every second one) take one step more.
EXPECTED = {"FR": 11_111, "DE": 11_101}
STEPS = {"FR": 11, "DE": 10}


def engine(moment):
    """Fork an engine: the parent has no connection that the child could share."""
    child = os.fork()
    if child:
        return child
    try:
        while True:
            advance(moment)
    finally:
        os._exit(1)


def kill_at_random(moment, kills):
    """Let a few engines run beside each other, kill each; return how often work was left."""
    drawn, interrupted = random.Random(kills), 0
    for _round in range(kills // AT_ONCE):
        connection.close()
        for child in [engine(moment) for _number in range(AT_ONCE)]:
            time.sleep(drawn.random() * LONGEST)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        interrupted += Step.objects.filter(state=StepState.DUE, due_at__lte=moment).exists()
    return interrupted


@pytest.mark.skipif(FULL, reason="runs at full size instead")
def test_each_step_and_each_effect_happen_once(real, api, monkeypatch):
    go_through_kills(api, monkeypatch)


@pytest.mark.faults
def test_each_step_and_each_effect_happen_once_at_full_size(real, api, monkeypatch):
    go_through_kills(api, monkeypatch)


def go_through_kills(api, monkeypatch):
    # Many small batches, so that few engines die idle.
    monkeypatch.setattr(held, "BATCH", 100 if FULL else 40)
    contacts = people(CONTACTS)
    campaign = run(api, WAY)
    for first in range(0, CONTACTS, 5_000):
        bring(api, campaign, contacts[first : first + 5_000])
    events.type_id("shop.visited")
    now = clock.now() + timedelta(seconds=1)
    interrupted = begun = 0
    for hours in (0, 2, 4):
        done = StepLog.objects.count()
        interrupted += kill_at_random(now + timedelta(hours=hours), KILLS // 3)
        begun += StepLog.objects.count() > done
        settle(now + timedelta(hours=hours))
    assert begun, "all were killed before they did anything"
    assert interrupted, "all were done before they were killed"
    totals = ContactState.objects.filter(contact__in=contacts).values_list(
        "contact__country", "points"
    )
    assert [(c, p) for c, p in totals if p != EXPECTED[c]] == []
    assert ContactTag.objects.filter(contact__in=contacts).count() == CONTACTS
    assert StepLog.objects.count() == CONTACTS // 2 * sum(STEPS.values())
    assert not Step.objects.exists()
    assert not Visit.objects.filter(left_at=None).exists()
