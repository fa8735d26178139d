"""People, segments and everything that can change about them, each also as the oracle knows it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from campaigns.models import Visit
from contacts.models import Company, ImportContact, Tag
from contacts.services import company_records
from contacts.services import tags as tag_services
from contacts.services.tags import change_tags
from contacts.services.upsert import upsert
from emails.models import Delivery
from emails.services.telling import moved
from kernel import changes, clock, preferences
from kernel.jobs import enqueue
from kernel.usage import InUse
from points.services.adjust import adjust
from segments.models import Member, Segment
from segments.services import editing, members
from tests.filters import histories, people, standings
from tests.filters.histories import CLICKED, a_click, make_things
from tests.filters.oracle import Person, World, means
from tests.filters.people import COMPANY_TYPES, COMPARED, a_person, kept, store, works_at
from tests.filters.trees import tree
from tests.settle import settle

PEOPLE, SEGMENTS = 12, 10
ADDED, REMOVED = Member.Origin.ADDED, Member.Origin.REMOVED
ZONES = ("UTC", "Europe/Paris", "America/Los_Angeles", "Pacific/Kiritimati")


class Scene:
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
            self.enter_or_leave_a_campaign,
            self.change_a_company,
            self.rename_or_delete_a_tag,
            self.move_the_workspace,
            self.answer,
            self.close_or_open,
            self.change_the_list,
        ]

    def change_a_field(self) -> None:
        self.write([self.rng.choice(self.people)])

    def change_several_at_once(self) -> None:
        self.write(self.rng.sample(self.people, 5))

    def write(self, chosen: list[Person]) -> None:
        fresh = a_person(self.rng)
        fixed = ("company.name", "owner", "country", "city")
        alias = self.rng.choice((*people.TYPES, *fixed))
        value = fresh[alias]
        if alias == "owner":
            value = self.owner.pk if value else None
        for person in chosen:
            person.values[alias] = value
            if alias == "company.name":
                works_at(person, value, self.companies())
        column = "company" if alias == "company.name" else alias
        rows = [{"id": person.id, column: _cleaned(value)} for person in chosen]
        upsert(rows, match="id", mode="update", now=clock.now())

    def companies(self) -> dict[str, dict[str, Any]]:
        found = {}
        for row in Company.objects.all():
            since = row.attrs.get("since")
            found[row.name] = {
                **{alias: row.attrs.get(alias) for alias in COMPANY_TYPES},
                "since": date.fromisoformat(since) if since else None,
            }
        return found

    def change_a_company(self) -> None:
        row = self.rng.choice(list(Company.objects.order_by("pk")))
        fresh = people.some_companies(self.rng)["Acme"]
        values = {alias: _cleaned(value) for alias, value in fresh.items()}
        company_records.change(row.pk, values, clock.now())
        for person in self.people:
            works_at(person, person.values["company.name"], self.companies())

    def put_or_take_a_tag(self) -> None:
        person, name = self.rng.choice(self.people), self.rng.choice(people.TAGS)
        if self.rng.random() < 0.5:
            change_tags([person.id], [name], [], clock.now())
            person.tags.add(name)
        else:
            change_tags([person.id], [], [name], clock.now())
            person.tags.discard(name)

    def rename_or_delete_a_tag(self) -> None:
        """What a filter names is refused; a new name may be one that filters wait for."""
        tag = self.rng.choice(list(Tag.objects.order_by("pk")))
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

    def let_something_happen(self) -> None:
        person, kind = (
            self.rng.choice(self.people),
            self.rng.choice((*people.CUSTOM_EVENTS, CLICKED)),
        )
        at = _milliseconds(clock.now()) - timedelta(hours=self.rng.choice((0, 0, 1, 30)))
        data = self.rng.choice(({}, {"shop": "Nice"}, {"shop": "Lyon", "way": "web"}))
        if kind == CLICKED:
            data = a_click(self.rng, self.things)
        happened = (kind, at, data, self.rng.choice((None, None, 1, 3)))
        people.record(person.id, happened)
        person.events.append(happened)

    def let_time_pass(self) -> None:
        clock.move(timedelta(minutes=self.rng.choice((1, 50, 600, 3_000, 50_000))))
        enqueue("segments.follow", {}, now=clock.now())

    def move_the_workspace(self) -> None:
        self.zone = self.rng.choice(ZONES)
        preferences.put("workspace.timezone", self.zone)

    def move_the_ledger(self) -> None:
        """Deliveries change their state, as the sender tells of it."""
        person = self.rng.choice(self.people)
        # Who says something that is to be confirmed is written to, besides.
        mine = Delivery.objects.filter(contact_id=person.id, cause__startswith="api:")
        rows = list(mine.order_by("pk"))
        for place, row in enumerate(rows):
            row.state = self.rng.choice(histories.STATES)
            row.save(update_fields=["state"])
            email, _state, reason = person.remembered["deliveries"][place]
            person.remembered["deliveries"][place] = (email, row.state, reason)
            moved(row.email_id, [person.id])

    def import_somebody(self) -> None:
        person, number = self.rng.choice(self.people), self.rng.choice(self.things.imports)
        what = person.remembered["imports"].setdefault(number, self.rng.randint(1, 3))
        ImportContact.objects.get_or_create(
            import_id=number, contact_id=person.id, defaults={"what": what}
        )
        changes.announce_everyone([f"import:{number}"])

    def enter_or_leave_a_campaign(self) -> None:
        person = self.rng.choice(self.people)
        for campaign, under_way in list(person.remembered["campaigns"].items()):
            left_at = clock.now() if under_way else None
            Visit.objects.filter(campaign_id=campaign, contact_id=person.id).update(left_at=left_at)
            person.remembered["campaigns"][campaign] = not under_way
            changes.announce([person.id], [f"campaign:{campaign}"])

    def answer(self) -> None:
        standings.answer(self.rng, self.things, self.rng.choice(self.people))

    def close_or_open(self) -> None:
        standings.close_or_open(self.rng, self.rng.choice(self.people))

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

    def adjust_points(self) -> None:
        person, delta = self.rng.choice(self.people), self.rng.choice((-1, 1, 9))
        adjust([person.id], delta, clock.now())
        person.values["points"] += delta

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


def _cleaned(value: Any) -> Any:
    """Write a value as `contacts.values.clean` returns it."""
    return kept(value) if isinstance(value, datetime | date | set) else value


def _milliseconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
