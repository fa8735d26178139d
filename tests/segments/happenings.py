"""What may happen to one person or several, each time also as the oracle knows it."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from accounts.models import User
from campaigns.models import Visit
from contacts.models import Company, ImportContact
from contacts.services import company_records
from contacts.services.tags import change_tags
from contacts.services.upsert import upsert
from emails.models import Delivery
from emails.services.telling import moved
from kernel import changes, clock
from points.services.adjust import adjust
from tests.filters import behaviours, histories, people, standings
from tests.filters.histories import CLICKED, OPENED, a_click
from tests.filters.oracle import Person
from tests.filters.people import COMPANY_TYPES, a_person, kept, works_at


class Happenings:
    """Changes of people; what there is, the scene sets up."""

    rng: Random
    owner: User
    things: histories.Things
    people: list[Person]

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
                "owner": row.owner_id,
            }
        return found

    def change_a_company(self) -> None:
        row = self.rng.choice(list(Company.objects.order_by("pk")))
        fresh = people.some_companies(self.rng, self.owner)["Acme"]
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

    def let_something_happen(self) -> None:
        person, kind = (
            self.rng.choice(self.people),
            self.rng.choice((*people.CUSTOM_EVENTS, CLICKED, OPENED)),
        )
        at = _milliseconds(clock.now()) - timedelta(hours=self.rng.choice((0, 0, 1, 30)))
        data = self.rng.choice(behaviours.HELD)
        if kind in {CLICKED, OPENED}:
            data = a_click(self.rng, self.things)
        happened = (kind, at, data, self.rng.choice((None, None, 1, 3)))
        people.record(person.id, happened)
        person.events.append(happened)

    def move_the_ledger(self) -> None:
        """Deliveries change their state, as the sender tells of it."""
        person = self.rng.choice(self.people)
        # Who says something that is to be confirmed is written to, besides.
        mine = Delivery.objects.filter(contact_id=person.id, cause__startswith="api:")
        rows = list(mine.order_by("pk"))
        for place, row in enumerate(rows):
            row.state = self.rng.choice(histories.STATES)
            row.save(update_fields=["state"])
            email, _state, *rest = person.remembered["deliveries"][place]
            person.remembered["deliveries"][place] = (email, row.state, *rest)
            moved(row.email_id, [person.id])

    def file_an_email_elsewhere(self) -> None:
        category = self.rng.choice((None, *self.things.categories))
        histories.file_elsewhere(self.things, self.rng.choice(self.things.emails), category)

    def import_somebody(self) -> None:
        person, number = self.rng.choice(self.people), self.rng.choice(self.things.imports)
        what = person.remembered["imports"].setdefault(number, self.rng.randint(1, 3))
        ImportContact.objects.get_or_create(
            import_id=number, contact_id=person.id, defaults={"what": what}
        )
        changes.announce_everyone([f"import:{number}"])

    def enter_or_leave_a_campaign(self) -> None:
        person = self.rng.choice(self.people)
        for campaign in list(person.remembered["campaigns"]):
            reason = self.rng.choice(histories.ENDS)
            left_at = clock.now() if reason else None
            visits = Visit.objects.filter(campaign_id=campaign, contact_id=person.id)
            visits.update(left_at=left_at, reason=reason)
            person.remembered["campaigns"][campaign] = reason
            changes.announce([person.id], [f"campaign:{campaign}"])

    def answer(self) -> None:
        standings.answer(self.rng, self.things, self.rng.choice(self.people))

    def close_or_open(self) -> None:
        standings.close_or_open(self.rng, self.rng.choice(self.people))

    def adjust_points(self) -> None:
        person, delta = self.rng.choice(self.people), self.rng.choice((-1, 1, 9))
        adjust([person.id], delta, clock.now())
        person.values["points"] += delta


def _cleaned(value: Any) -> Any:
    """Write a value as `contacts.values.clean` returns it."""
    return kept(value) if isinstance(value, datetime | date | set) else value


def _milliseconds(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=at.microsecond // 1000 * 1000)
