"""Dispatchers and workers are killed: every event gives its points once, triggers fire once."""

import random
import time

import pytest
from django.db import transaction

from contacts.models import Contact, ContactState
from kernel import clock, events
from kernel.events import Fact, record
from kernel.invariants import broken
from kernel.models import Event
from kernel.queues import queues
from points.models import Firing, PointRule, PointTrigger
from tests.faults.size import size
from tests.journey import VISITED, people
from tests.points.recomputing import recomputed
from tests.segments import crowd
from tests.settle import settle

PEOPLE, KILLS, SECONDS = size(120, 2_000), size(8, 60), size(5, 60)
BONUS, THRESHOLD = 1_000, 15


@pytest.fixture
def real(transactional_db):
    """Real transactions; event types are numbered anew."""
    events._ids.clear()
    events.type_id(VISITED)
    yield
    events._ids.clear()


def visit(contacts: list[int]):
    def work(rng: random.Random) -> None:
        with transaction.atomic():
            now = clock.now()
            facts = [Fact(contact, now) for contact in rng.choices(contacts, k=20)]
            record(VISITED, facts, now=now)
        time.sleep(0.01)

    return work


def act(_rng: random.Random) -> None:
    queue = queues.get("points.triggers")()
    if not (queue.due(clock.now()) and queue.work(clock.now())):
        time.sleep(0.01)


def test_points_are_right_whoever_is_killed(real):
    everybody = people(PEOPLE)
    rules = [
        PointRule.objects.create(name="every", event=VISITED, delta=5),
        PointRule.objects.create(name="once", event=VISITED, delta=7, repeat="contact", nth=3),
    ]
    step = {"id": 1, "key": "points.adjust", "config": {"delta": BONUS}}
    trigger = PointTrigger.objects.create(name="t", threshold=THRESHOLD, actions=[step])
    run_and_kill(everybody)
    settle()
    assert Event.objects.filter(type_id=events.type_id(VISITED)).count() > PEOPLE
    wanted = recomputed(rules, dict(Contact.objects.values_list("pk", "country")))[0]
    reached = {contact for contact, points in wanted.items() if points >= THRESHOLD}
    assert reached
    found = dict(ContactState.objects.exclude(points=0).values_list("contact_id", "points"))
    assert found == {c: p + BONUS * (c in reached) for c, p in wanted.items()}
    assert set(Firing.objects.values_list("contact_id", flat=True)) == reached
    told = Event.objects.filter(type_id=events.type_id("points.triggered"))
    assert told.count() == len(reached)
    assert trigger.pk == told.first().subject_id
    assert broken(lambda name: name.startswith("points.")) == []


def run_and_kill(everybody: list[int]) -> None:
    """Let dispatchers and workers work beside writers; kill one now and then, and start another."""
    rng = random.Random(7)
    works = [crowd.dispatch, crowd.dispatch, act, act]
    victims = [crowd.fork(work, seed) for seed, work in enumerate(works)]
    writers = [crowd.fork(visit(everybody), seed) for seed in (10, 11)]
    try:
        for number in range(KILLS):
            time.sleep(SECONDS / KILLS)
            place = rng.randrange(len(works))
            crowd.end(victims[place])
            victims[place] = crowd.fork(works[place], 100 + number)
    finally:
        crowd.end(*victims, *writers)
