"""Whatever changes, in whatever order, members are those that plain Python says (REL-33)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from contacts.services.tags import change_tags
from contacts.services.upsert import upsert
from kernel import clock, events
from kernel.invariants import broken
from kernel.jobs import enqueue
from points.services.adjust import adjust
from segments.models import Member, Segment
from segments.services import auditing, editing, members
from segments.services.turns import Turn
from tests.filters import people
from tests.filters.oracle import Person, World, means
from tests.filters.people import COMPARED, a_person, kept, store
from tests.filters.trees import tree
from tests.settle import settle

pytestmark = pytest.mark.django_db
PEOPLE, SEGMENTS, CHANGES = 12, 10, 25
ADDED, REMOVED = Member.Origin.ADDED, Member.Origin.REMOVED


@pytest.fixture(autouse=True)
def moving_clock(monkeypatch, tmp_path, db):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    for key in people.CUSTOM_EVENTS:
        events.type_id(key)


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
@given(seed=st.integers(0, 2**32))
def test_members_are_right_after_every_change(alice, seed):
    clock.move(people.NOW - clock.now())
    with transaction.atomic():
        scene = Scene(Random(seed), alice)
        scene.compare("at first")
        for _number in range(CHANGES):
            change = scene.rng.choice(scene.changes())
            change()
            settle()
            scene.compare(change.__name__)
        assert set(auditing.rebuild(None, Turn()).values()) == {0}
        assert not broken(lambda name: name.startswith("segments."))
        transaction.set_rollback(True)


class Scene:
    """People and segments, each of them also as the oracle knows them."""

    def __init__(self, rng: Random, owner: User) -> None:
        self.rng, self.owner = rng, owner
        self.people = store([a_person(rng) for _number in range(PEOPLE)], owner)
        self.filters: dict[int, Any] = {}
        self.by_hand: dict[tuple[int, int], int] = {}
        for number in range(SEGMENTS):
            filter_ = self.tree()
            made = editing.create({"name": f"S{number}", "filter": filter_}, now=clock.now())
            self.filters[made.pk] = filter_
        settle()

    def tree(self) -> Any:
        """Draw a filter over the segments there are; the summary of counted events is not ours."""
        while True:
            found = tree(self.rng, self.owner.pk, list(self.filters) or [0])
            if people.COUNTED not in str(found) and (self.filters or "'segment'" not in str(found)):
                return found

    def changes(self) -> list[Callable[[], None]]:
        return [
            self.change_a_field,
            self.change_a_field,
            self.change_several_at_once,
            self.put_or_take_a_tag,
            self.let_something_happen,
            self.let_something_happen,
            self.let_time_pass,
            self.decide_by_hand,
            self.edit_a_filter,
            self.adjust_points,
        ]

    def change_a_field(self) -> None:
        self.write([self.rng.choice(self.people)])

    def change_several_at_once(self) -> None:
        self.write(self.rng.sample(self.people, 5))

    def write(self, chosen: list[Person]) -> None:
        fresh = a_person(self.rng)
        aliases = ("country", "city", "plan", "budget", "birthday", "renewal", "vip", "colours")
        alias = self.rng.choice((*aliases, "call_at", "note", "company.name", "owner"))
        value = fresh[alias]
        if alias == "owner":
            value = self.owner.pk if value else None
        for person in chosen:
            person.values[alias] = value
        column = "company" if alias == "company.name" else alias
        rows = [{"id": person.id, column: _cleaned(value)} for person in chosen]
        upsert(rows, match="id", mode="update", now=clock.now())

    def put_or_take_a_tag(self) -> None:
        person, name = self.rng.choice(self.people), self.rng.choice(people.TAGS)
        if self.rng.random() < 0.5:
            change_tags([person.id], [name], [], clock.now())
            person.tags.add(name)
        else:
            change_tags([person.id], [], [name], clock.now())
            person.tags.discard(name)

    def let_something_happen(self) -> None:
        person, kind = self.rng.choice(self.people), self.rng.choice(people.CUSTOM_EVENTS)
        at = _milliseconds(clock.now()) - timedelta(hours=self.rng.choice((0, 0, 1, 30)))
        data = self.rng.choice(({}, {"shop": "Nice"}, {"shop": "Lyon", "way": "web"}))
        verdict = self.rng.choice((None, None, 1, 3))
        events.record(kind, [events.Fact(person.id, at, data=data, verdict=verdict)], now=at)
        person.events.append((kind, at, data, verdict))

    def let_time_pass(self) -> None:
        clock.move(timedelta(minutes=self.rng.choice((1, 50, 600, 3_000, 50_000))))
        enqueue("segments.follow", {}, now=clock.now())

    def decide_by_hand(self) -> None:
        segment = Segment.objects.get(pk=self.rng.choice(list(self.filters)))
        person = self.rng.choice(self.people).id
        if self.rng.random() < 0.5:
            members.change(segment, add=[person], now=clock.now())
            self.by_hand[segment.pk, person] = ADDED
        else:
            members.change(segment, remove=[person], now=clock.now())
            self.by_hand[segment.pk, person] = REMOVED

    def edit_a_filter(self) -> None:
        """Give a segment a filter that reads none of the others, so that no circle closes."""
        segment = Segment.objects.get(pk=self.rng.choice(list(self.filters)))
        fresh = self.tree()
        while "'segment'" in str(fresh):
            fresh = self.tree()
        editing.edit(segment, {"filter": fresh}, now=clock.now())
        self.filters[segment.pk] = fresh

    def adjust_points(self) -> None:
        person, delta = self.rng.choice(self.people), self.rng.choice((-1, 1, 9))
        adjust([person.id], delta, clock.now())
        person.values["points"] += delta

    def compare(self, after: str) -> None:
        world = World(clock.now(), ZoneInfo("UTC"), COMPARED)
        for person in self.people:
            person.segments = set()
        for segment, filter_ in self.filters.items():
            wanted = {person.id for person in self.people if self.belongs(person, segment, world)}
            rows = Member.objects.filter(segment_id=segment).exclude(manual=REMOVED)
            found = set(rows.values_list("contact_id", flat=True))
            assert found == wanted, (after, segment, filter_)

    def belongs(self, person: Person, segment: int, world: World) -> bool:
        """Decide in order of creation: a filter names earlier segments only."""
        by_hand = self.by_hand.get((segment, person.id))
        inside = by_hand == ADDED or (
            by_hand is None and means(self.filters[segment], person, world)
        )
        if inside:
            person.segments.add(segment)
        return inside


def _cleaned(value: Any) -> Any:
    """Write a value as `contacts.values.clean` returns it."""
    return kept(value) if isinstance(value, datetime | date | set) else value


def _milliseconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
