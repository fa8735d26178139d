"""Random people and random filters about them, for comparing the SQL with the oracle."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from accounts.models import User
from contacts.models import Company, Contact, ContactState, ContactTag, Field, Tag
from kernel import clock, events
from kernel.models import ContactActivity
from tests.filters import histories, standings
from tests.filters.behaviours import COUNTED, CUSTOM_EVENTS, HELD
from tests.filters.histories import CLICKED, OPENED, YEAR, Things, a_click
from tests.filters.oracle import Person

Happened = tuple[str, datetime, dict[str, Any], int | None]
# No leap year, and in half of the zones already March.
NOW = datetime(2027, 2, 28, 22, 30, tzinfo=UTC)
TYPES = {
    "plan": "select",
    "note": "text",
    "budget": "number",
    "birthday": "date",
    "renewal": "datetime",
    "call_at": "time",
    "vip": "boolean",
    "colours": "multiselect",
    "story": "long_text",
    "site": "url",
    "land": "country",
    "tongue": "locale",
    "zone": "timezone",
}
COMPANY_TYPES = {"size": "number", "since": "date", "sector": "select"}
PLAIN = {"number", "date", "datetime", "time", "boolean", "multiselect"}
# What the oracle needs to know of each: how values compare.
COMPARED = {
    **{alias: kind if kind in PLAIN else "text" for alias, kind in TYPES.items()},
    **dict.fromkeys(("email", "country", "city", "company.name", "company.sector"), "text"),
    "company.size": "number",
    "company.since": "date",
    "company.owner": "reference",
    "pause.email": "date",
    "activity_rank": "number",
    "points": "number",
    "tags": "tags",
    "owner": "reference",
    "created_at": "datetime",
    "stage": "reference",
}
TEXTS = ("Nice", "Orléans", "ÉVRY", "100%", "a_b", "back\\slash", "nice", "n", "'; --")
COUNTRIES = ("FR", "DE", "BR")
TONGUES, ZONES = ("fr", "de", "en"), ("Europe/Paris", "America/Sao_Paulo")
EMAILS = ("ann@Example.com", "BOB@example.org", "eve.long+news@example.com")
SITES = ("https://example.com/", "http://Example.org/Page?a=1")
SECTORS, SIZES = ("Retail", "bank"), (Decimal(0), Decimal(12), Decimal("2.5"))
COLOURS = ("red", "green", "blue")
TAGS = ("news", "vip", "old")
DAYS = tuple(date(2027, 2, 28) + timedelta(n) for n in (-400, -31, -8, -7, -1, 0, 1, 2, 7, 30))
BIRTHDAYS = (*DAYS, date(2000, 2, 29), date(1999, 2, 28), date(1990, 3, 1), date(1990, 12, 31))
# What other systems write for *never* and *no end*.
FAR = (date.min, date.max)
ENDS = (datetime(1, 1, 1, 0, 0, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
INSTANTS = (*(NOW + timedelta(hours=n) for n in (-800, -49, -24, -3, -1, 0, 1, 2, 26, 200)), *ENDS)
# About to be a year old, or so already.
LONG_AGO = tuple(NOW - YEAR + timedelta(minutes=n) for n in (-9_000, -1, 0, 1, 50, 170, 4_000))
NUMBERS = (Decimal(0), Decimal(1), Decimal("2.5"), Decimal(100), Decimal(-3))
TIMES = ("08:00", "08:00:30", "12:15", "23:59")


def a_person(rng: Random) -> dict[str, Any]:
    """Return the values of one person; None is no value, for about a third of everything."""

    def maybe(values: Sequence[Any]) -> Any:
        return rng.choice(values) if rng.random() < 0.7 else None

    return {
        "country": maybe(COUNTRIES),
        "city": maybe(TEXTS),
        "plan": maybe(("free", "pro", "Team")),
        "note": maybe(TEXTS),
        "budget": maybe(NUMBERS),
        "birthday": maybe((*BIRTHDAYS, *FAR)),
        "renewal": maybe(INSTANTS),
        "call_at": maybe(TIMES),
        "vip": maybe((True, False)),
        "colours": maybe([set(rng.sample(COLOURS, rng.randint(1, 3)))]),
        "story": maybe(TEXTS),
        "site": maybe(SITES),
        "land": maybe(COUNTRIES),
        "tongue": maybe(TONGUES),
        "zone": maybe(ZONES),
        "email": maybe(EMAILS),
        "activity_rank": maybe((0, 1, 5)),
        "points": rng.choice((0, 1, 10)),
        "stage": maybe((1, 2)),
        "owner": rng.random() < 0.5,
        "company.name": maybe(("Acme", "Éclair")),
        "created_at": rng.choice(INSTANTS),
        "tags": {name for name in TAGS if rng.random() < 0.4},
        "pause.email": maybe((*DAYS, *FAR)),
        "events": [_an_event(rng) for _number in range(rng.randint(0, 5))],
    }


def _an_event(rng: Random) -> Happened:
    return (
        rng.choice((*CUSTOM_EVENTS, COUNTED)),
        rng.choice(INSTANTS[:6]),
        rng.choice(HELD),
        rng.choice((None, 1, 2, 3)),
    )


def some_companies(rng: Random, owner: User) -> dict[str, dict[str, Any]]:
    """Return two companies by name, with their owner and the values of their custom fields."""
    return {
        name: {
            "size": rng.choice((*SIZES, None)),
            "since": rng.choice((*DAYS, None)),
            "sector": rng.choice((*SECTORS, None)),
            "owner": rng.choice((owner.pk, None)),
        }
        for name in ("Acme", "Éclair")
    }


def fields_are_defined() -> None:
    for kind, types in (("contact", TYPES), ("company", COMPANY_TYPES)):
        for alias, type_ in types.items():
            Field.objects.get_or_create(
                object=kind, alias=alias, defaults={"type": type_, "label": alias}
            )


def store(drawn: list[dict[str, Any]], rng: Random, things: Things, owner: User) -> list[Person]:
    """Write the people to the database and return them as the oracle knows them."""
    fields_are_defined()
    tags = {name: Tag.objects.get_or_create(name=name)[0] for name in TAGS}
    companies = some_companies(rng, owner)
    rows = {
        name: Company.objects.create(
            name=name,
            attrs=_attrs({alias: values[alias] for alias in COMPANY_TYPES}),
            owner_id=values["owner"],
        )
        for name, values in companies.items()
    }
    standings.fill_the_list(rng, things)
    found = []
    for values in drawn:
        person = _store(values, owner, tags, rows)
        person.remembered = histories.draw(rng, things)
        person.remembered["written"] = NOW - timedelta(days=2)
        histories.keep(person.id, person.remembered, person.remembered["written"])
        person.remembered |= standings.draw(rng, things)
        person.remembered["wishes"]["pause"] = values["pause.email"]
        standings.keep(person.id, person.remembered, NOW - timedelta(days=2))
        works_at(person, values["company.name"], companies)
        for _number in range(rng.choice((0, 0, 1, 2, 3))):
            happened = (
                rng.choice((CLICKED, CLICKED, OPENED)),
                rng.choice((*INSTANTS[:6], *LONG_AGO)),
                a_click(rng, things),
                rng.choice((None, 3)),
            )
            record(person.id, happened)
            person.events.append(happened)
        found.append(person)
    return found


def works_at(person: Person, name: str | None, companies: dict[str, dict[str, Any]]) -> None:
    """Give the oracle the company of a person and what is known of it."""
    person.values["company.name"] = name
    for alias in (*COMPANY_TYPES, "owner"):
        person.values[f"company.{alias}"] = companies[name][alias] if name else None


def record(contact: int, happened: Happened) -> None:
    kind, at, data, verdict = happened
    rest = {key: value for key, value in data.items() if key != "email"}
    fact = events.Fact(contact, at, subject=data.get("email"), data=rest, verdict=verdict)
    events.record(kind, [fact], now=at)


def _attrs(values: dict[str, Any]) -> dict[str, Any]:
    return {alias: kept(value) for alias, value in values.items() if value is not None}


def _store(
    values: dict[str, Any], owner: User, tags: dict[str, Tag], companies: dict[str, Company]
) -> Person:
    contact = Contact.objects.create(
        email=values["email"],
        country=values["country"],
        city=values["city"],
        company=companies.get(values["company.name"]),
        owner=owner if values["owner"] else None,
        created_at=values["created_at"],
        attrs=_attrs({alias: values[alias] for alias in TYPES}),
    )
    ContactState.objects.create(
        contact=contact,
        points=values["points"],
        stage_id=values["stage"],
        activity_rank=values["activity_rank"],
    )
    for name in values["tags"]:
        ContactTag.objects.create(contact=contact, tag=tags[name], added_at=NOW)
    for happened in values["events"]:
        record(contact.pk, happened)
    known = {k: v for k, v in values.items() if v is not None and k not in {"tags", "events"}}
    known["owner"] = owner.pk if values["owner"] else None
    return Person(contact.pk, known, set(values["tags"]), list(values["events"]))


def summarise(people: list[Person]) -> None:
    """Keep the summary the dispatcher would keep, of what no machine did."""
    for person in people:
        for key in (COUNTED, CLICKED):
            mine = [at for kind, at, _data, judged in person.events if kind == key and judged != 3]
            if mine:
                ContactActivity.objects.create(
                    contact_id=person.id,
                    type_id=events.type_id(key),
                    count=len(mine),
                    first_at=min(mine),
                    last_at=max(mine),
                )


def kept(value: Any) -> Any:
    """Write a value as custom fields keep it."""
    if isinstance(value, datetime):
        return clock.iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return sorted(value) if isinstance(value, set) else value
