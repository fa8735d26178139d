"""People, segments and everything that can change about them, each also as the oracle knows it."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from contacts.models import Tag
from contacts.services import tags as tag_services
from kernel import clock, preferences
from kernel.jobs import enqueue
from kernel.usage import InUse
from segments.models import Member, Segment
from segments.services import editing, members
from tests.filters import histories, people, standings
from tests.filters.histories import make_things
from tests.filters.oracle import Person, World, means
from tests.filters.people import COMPARED, a_person, store
from tests.filters.trees import tree
from tests.segments.happenings import Happenings
from tests.settle import settle

PEOPLE, SEGMENTS = 12, 10
ADDED, REMOVED = Member.Origin.ADDED, Member.Origin.REMOVED
ZONES = ("UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Kiritimati")


class Scene(Happenings):
    """What there is, and what may happen to it."""

    def __init__(self, rng: Random, owner: User) -> None:
        self.rng, self.owner, self.zone = rng, owner, "UTC"
        self.things = make_things(owner.pk, [])
        drawn = [a_person(rng) for _number in range(PEOPLE)]
        self.people = store(drawn, rng, self.things, owner)
        self.filters: dict[int, Any] = {}
        self.by_hand: dict[tuple[int, int], int] = {}
        for number in range(SEGMENTS):
            filter_ = self.tree()
            made = editing.create({"name": f"S{number}", "filter": filter_}, now=clock.now())
            self.filters[made.pk] = filter_
        settle()

    def tree(self) -> Any:
        """Draw a filter over the segments there are."""
        things = histories.Things(
            self.owner.pk,
            list(self.filters) or [0],
            self.things.emails,
            self.things.imports,
            self.things.campaigns,
            self.things.topics,
            self.things.listed,
            self.things.categories,
            self.things.filed,
        )
        while True:
            found = tree(self.rng, things)
            if self.filters or "'segment'" not in str(found):
                return found

    def changes(self) -> list[Callable[[], None]]:
        often = [self.change_a_field, self.let_something_happen, self.let_time_pass]
        return [
            *often * 2,
            self.change_several_at_once,
            self.put_or_take_a_tag,
            self.decide_by_hand,
            self.edit_a_filter,
            self.adjust_points,
            self.move_the_ledger,
            self.import_somebody,
            self.file_an_email_elsewhere,
            self.enter_or_leave_a_campaign,
            self.change_a_company,
            self.rename_or_delete_a_tag,
            self.move_the_workspace,
            self.answer,
            self.close_or_open,
            self.change_the_list,
        ]

    def rename_or_delete_a_tag(self) -> None:
        """What a filter names is refused; a new name may be one that filters wait for."""
        known = list(Tag.objects.order_by("pk"))
        if not known:
            return
        tag = self.rng.choice(known)
        free = sorted({*people.TAGS, "other"} - set(Tag.objects.values_list("name", flat=True)))
        name = self.rng.choice(free) if free and self.rng.random() < 0.6 else None
        old = tag.name
        try:
            if name:
                tag_services.rename(tag, name)
            else:
                tag_services.delete(tag)
        except InUse:
            return
        for person in self.people:
            if old in person.tags:
                person.tags = (person.tags - {old}) | ({name} if name else set())

    def let_time_pass(self) -> None:
        clock.move(timedelta(minutes=self.rng.choice((1, 50, 600, 3_000, 50_000))))
        enqueue("segments.follow", {}, now=clock.now())

    def move_the_workspace(self) -> None:
        self.zone = self.rng.choice(ZONES)
        preferences.put("workspace.timezone", self.zone)

    def change_the_list(self) -> None:
        standings.change_the_list(self.rng, self.things)

    def decide_by_hand(self) -> None:
        segment = Segment.objects.get(pk=self.rng.choice(list(self.filters)))
        person = self.rng.choice(self.people).id
        adds = self.rng.random() < 0.5
        chosen = {"add" if adds else "remove": [person]}
        members.change(segment, **chosen, now=clock.now())
        self.by_hand[segment.pk, person] = ADDED if adds else REMOVED

    def edit_a_filter(self) -> None:
        """Give a segment a filter that reads none of the others, so that no circle closes."""
        segment = Segment.objects.get(pk=self.rng.choice(list(self.filters)))
        fresh = self.tree()
        while "'segment'" in str(fresh):
            fresh = self.tree()
        editing.edit(segment, {"filter": fresh}, now=clock.now())
        self.filters[segment.pk] = fresh

    def compare(self, after: str) -> None:
        """Demand that the members of every segment are those the oracle names."""
        world = World(clock.now(), ZoneInfo(self.zone), COMPARED)
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
