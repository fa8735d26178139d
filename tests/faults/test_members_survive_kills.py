"""Writers, dispatchers and rebuilds at once, killed by force: members equal the oracle (REL-20)."""

import random
import time
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kernel import clock, events
from kernel.invariants import broken
from kernel.jobs import enqueue
from kernel.models import Event
from segments.models import Member, Segment
from segments.services import auditing, editing, following
from segments.services.turns import Turn
from tests.faults.size import size
from tests.filters.oracle import Person, World, means
from tests.segments import crowd
from tests.segments.crowd import FRENCH, VISITED, as_they_are, kept
from tests.segments.scene import person
from tests.settle import settle

PEOPLE, STEADY, KILLS, SECONDS = size(150, 2_000), size(20, 200), size(8, 60), size(6, 90)
TYPES = {"country": "text", "city": "text", "tags": "tags"}
TREES = [
    {"all": [FRENCH]},
    {"any": [{"field": "tags", "op": "has_any", "value": ["vip"]}, {"none": [FRENCH]}]},
    {"all": [{"event": VISITED, "count": {"op": "gte", "value": 2}}, FRENCH]},
    {"event": VISITED, "within": "2s"},
    {"field": "city", "op": "is", "value": "Nice"},
]


@pytest.fixture
def real(transactional_db, tmp_path, monkeypatch):
    """Real transactions, a clock that moves; event types are numbered anew."""
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    events._ids.clear()
    events.type_id(VISITED)
    yield
    events._ids.clear()


def test_members_are_right_whoever_is_killed(real):
    steady = [person(country="FR", city="Nice") for _number in range(STEADY)]
    people = [person(country="FR") for _number in range(PEOPLE)]
    rows = [editing.create({"name": str(tree), "filter": tree}, now=clock.now()) for tree in TREES]
    follower = {"all": [{"segment": [rows[0].pk], "op": "not_in"}, TREES[4]]}
    rows.append(editing.create({"name": "follower", "filter": follower}, now=clock.now()))
    edited = editing.create({"name": "edited", "filter": TREES[0]}, now=clock.now())
    settle()
    run_and_kill(people, by_hand=rows[4].pk, edited=edited.pk)
    clock.move(timedelta(hours=2))
    enqueue(following.FOLLOW, {}, now=clock.now())
    settle()
    compare([*rows, edited], by_hand=rows[4].pk)
    # At rest the audit finds nothing to correct, and every promise about the tables holds.
    assert set(auditing.rebuild(None, Turn()).values()) == {0}
    assert broken(lambda name: name.startswith("segments.")) == []
    # Who never stopped to match was never taken out and put back.
    told = Event.objects.filter(contact_id__in=steady, subject_id__in=[rows[0].pk, rows[4].pk])
    assert told.filter(type_id=events.type_id("segments.entered")).count() == 2 * STEADY
    assert not told.filter(type_id=events.type_id("segments.left")).exists()


def run_and_kill(people: list[int], *, by_hand: int, edited: int) -> None:
    """Let everybody work; kill a dispatcher or a rebuild now and then, and start it again."""
    rng = random.Random(7)
    works = [crowd.dispatch, crowd.dispatch, crowd.rebuild]
    victims = [crowd.fork(work, seed) for seed, work in enumerate(works)]
    others = [
        crowd.fork(crowd.write(people), 10),
        crowd.fork(crowd.write(people), 11),
        crowd.fork(crowd.decide(by_hand, people), 12),
        crowd.fork(crowd.edit(edited), 13),
    ]
    try:
        for number in range(KILLS):
            time.sleep(SECONDS / KILLS)
            place = rng.randrange(len(works))
            crowd.end(victims[place])
            victims[place] = crowd.fork(works[place], 100 + number)
    finally:
        crowd.end(*victims, *others)


def compare(rows: list[Segment], *, by_hand: int) -> None:
    people, world = as_they_are(), World(clock.now(), ZoneInfo("UTC"), TYPES)
    for row in rows:
        row.refresh_from_db()
        assert row.state == Segment.State.READY
        stored = kept(row.pk)
        wanted = {one.id for one in people if belongs(one, row, stored, world)}
        found = {contact for contact, manual in stored.items() if manual != Member.Origin.REMOVED}
        assert found == wanted, row.filter
        for one in people:
            one.segments |= {row.pk} if one.id in wanted else set()
    assert set(kept(by_hand).values()) >= {Member.Origin.ADDED, Member.Origin.REMOVED}


def belongs(one: Person, row: Segment, stored: dict[int, int], world: World) -> bool:
    manual = stored.get(one.id, Member.Origin.FILTER)
    if manual != Member.Origin.FILTER:
        return manual == Member.Origin.ADDED
    return means(row.filter, one, world)
