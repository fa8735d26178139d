"""Random filters over random people: SQL for all, SQL for a few and plain Python agree (REL-33)."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from kernel import events, filters, preferences
from kernel.events import EventType
from segments.models import Member, Segment
from tests.filters.histories import Things, make_things
from tests.filters.oracle import Person, World, means
from tests.filters.people import COMPARED, COUNTED, CUSTOM_EVENTS, NOW, a_person, store, summarise
from tests.filters.trees import tree

pytestmark = pytest.mark.django_db
PEOPLE, TREES = 20, 30
ZONES = ("UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Kiritimati", "Africa/Cairo")
# Also around nights that lack an hour: in Los Angeles, Paris, and Cairo, whose midnight it is.
MOMENTS = (
    NOW,
    datetime(2027, 3, 14, 9, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 30, tzinfo=UTC),
    datetime(2027, 4, 29, 21, 30, tzinfo=UTC),
)
PASSED = (timedelta(minutes=1), timedelta(hours=1), timedelta(hours=3), timedelta(days=3))


def at_random(rounds: int) -> settings:
    return settings(
        max_examples=rounds,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )


@pytest.fixture(autouse=True)
def counted(db):
    class Counted(EventType):
        key = COUNTED
        label = "Counted"

    events.event_types.register(Counted)
    for key in (*CUSTOM_EVENTS, COUNTED):
        events.type_id(key)
    yield
    events.event_types._entries.pop(COUNTED)


@at_random(7)
@given(seed=st.integers(0, 2**32))
def test_all_forms_of_a_filter_mean_what_the_contract_says(alice, seed):
    agree(Random(seed), alice)


@pytest.mark.long
@at_random(80)
@given(seed=st.integers(0, 2**32))
def test_all_forms_of_many_filters_mean_what_the_contract_says(alice, seed):
    agree(Random(seed), alice)


def agree(rng: Random, owner: User) -> None:
    with transaction.atomic():
        world, people, things = populate(rng, owner)
        for _number in range(TREES):
            compare(tree(rng, things), people, world)
        transaction.set_rollback(True)


@at_random(4)
@given(seed=st.integers(0, 2**32))
def test_nobody_whom_time_moves_is_missed_by_the_edges(alice, seed):
    move_on(Random(seed), alice)


@pytest.mark.long
@at_random(40)
@given(seed=st.integers(0, 2**32))
def test_nobody_of_many_whom_time_moves_is_missed_by_the_edges(alice, seed):
    move_on(Random(seed), alice)


def move_on(rng: Random, owner: User) -> None:
    with transaction.atomic():
        world, people, things = populate(rng, owner)
        ids = [person.id for person in people]
        for _number in range(TREES):
            drawn, later = tree(rng, things), world.now + rng.choice(PASSED)
            before = filters.matching(drawn, ids, world.now)
            moved = before ^ filters.matching(drawn, ids, later)
            assert moved <= found_by_edges(drawn, world.now, later), drawn
        transaction.set_rollback(True)


def populate(rng: Random, owner: User) -> tuple[World, list[Person], Things]:
    zone = rng.choice(ZONES)
    preferences.put("workspace.timezone", zone)
    segments = [Segment.objects.create(name=name).pk for name in ("one", "two")]
    things = make_things(owner.pk, segments)
    people = store([a_person(rng) for _number in range(PEOPLE)], rng, things, owner)
    summarise(people)
    for place, person in enumerate(people):
        if place % 3 == 0:
            inside = segments[place % 2]
            Member.objects.create(
                segment_id=inside, contact_id=person.id, added_at=NOW, manual=place % 4 // 2 * 2
            )
            person.segments = set() if place % 4 // 2 else {inside}
    return World(rng.choice(MOMENTS), ZoneInfo(zone), COMPARED), people, things


def compare(tree: dict[str, Any], people: list[Person], world: World) -> None:
    filters.check(tree)
    wanted = {person.id for person in people if means(tree, person, world)}
    few = filters.matching(tree, [person.id for person in people], world.now)
    assert few == wanted, tree
    assert everybody(tree, world.now) == wanted, tree
    assert filters.count(tree, world.now) == filters.Count(len(wanted), exact=True), tree
    told = filters.explain(tree, people[0].id, world.now)
    assert told["matches"] == (people[0].id in wanted), tree
    assert filters.sentence(tree)


def everybody(tree: dict[str, Any], now: Any) -> set[int]:
    found = filters.compile(tree, now=now, mode="set")
    return ids_of(found)


def found_by_edges(tree: dict[str, Any], before: Any, after: Any) -> set[int]:
    found = filters.edges(tree, before, after)
    return ids_of(found) if found else set()


def ids_of(found: filters.Predicate) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT c.id FROM contact c {found.joins} WHERE {found.sql}", found.params)
        return {row[0] for row in cursor.fetchall()}
