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
from tests.filters.oracle import Person

Happened = tuple[str, datetime, dict[str, str], int | None]
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
}
# What the oracle needs to know of each: how values compare.
COMPARED = {
    **{alias: kind for alias, kind in TYPES.items() if kind not in {"select", "text"}},
    **dict.fromkeys(("plan", "note", "country", "city", "company.name"), "text"),
    "points": "number",
    "tags": "tags",
    "owner": "reference",
    "created_at": "datetime",
    "stage": "reference",
}
CUSTOM_EVENTS = ("shop.visited", "shop.bought")
COUNTED = "filters.counted"
TEXTS = ("Nice", "Orléans", "ÉVRY", "100%", "a_b", "back\\slash", "nice", "n", "'; --")
COUNTRIES = ("FR", "DE", "BR")
COLOURS = ("red", "green", "blue")
TAGS = ("news", "vip", "old")
DAYS = tuple(date(2027, 2, 28) + timedelta(n) for n in (-400, -31, -8, -7, -1, 0, 1, 2, 7, 30))
BIRTHDAYS = (*DAYS, date(2000, 2, 29), date(1999, 2, 28), date(1990, 3, 1), date(1990, 12, 31))
INSTANTS = tuple(NOW + timedelta(hours=n) for n in (-800, -49, -24, -3, -1, 0, 1, 2, 26, 200))
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
        "birthday": maybe(BIRTHDAYS),
        "renewal": maybe(INSTANTS),
        "call_at": maybe(TIMES),
        "vip": maybe((True, False)),
        "colours": maybe([set(rng.sample(COLOURS, rng.randint(1, 3)))]),
        "points": rng.choice((0, 1, 10)),
        "stage": maybe((1, 2)),
        "owner": rng.random() < 0.5,
        "company.name": maybe(("Acme", "Éclair")),
        "created_at": rng.choice(INSTANTS),
        "tags": {name for name in TAGS if rng.random() < 0.4},
        "events": [_an_event(rng) for _number in range(rng.randint(0, 5))],
    }


def _an_event(rng: Random) -> Happened:
    return (
        rng.choice((*CUSTOM_EVENTS, COUNTED)),
        rng.choice(INSTANTS[:6]),
        rng.choice(({}, {"shop": "Nice"}, {"shop": "Lyon", "way": "web"})),
        rng.choice((None, 1, 2, 3)),
    )


def store(drawn: list[dict[str, Any]], owner: User) -> list[Person]:
    """Write the people to the database and return them as the oracle knows them."""
    for alias, kind in TYPES.items():
        Field.objects.get_or_create(alias=alias, defaults={"type": kind, "label": alias})
    tags = {name: Tag.objects.get_or_create(name=name)[0] for name in TAGS}
    return [_store(values, owner, tags) for values in drawn]


def _store(values: dict[str, Any], owner: User, tags: dict[str, Tag]) -> Person:
    company = None
    if values["company.name"]:
        company, _made = Company.objects.get_or_create(name=values["company.name"])
    contact = Contact.objects.create(
        country=values["country"],
        city=values["city"],
        company=company,
        owner=owner if values["owner"] else None,
        created_at=values["created_at"],
        attrs={alias: kept(values[alias]) for alias in TYPES if values[alias] is not None},
    )
    ContactState.objects.create(contact=contact, points=values["points"], stage_id=values["stage"])
    for name in values["tags"]:
        ContactTag.objects.create(contact=contact, tag=tags[name], added_at=NOW)
    for kind, at, data, verdict in values["events"]:
        events.record(kind, [events.Fact(contact.pk, at, data=data, verdict=verdict)], now=at)
    _summarise(contact.pk, values["events"])
    known = {k: v for k, v in values.items() if v is not None and k not in {"tags", "events"}}
    known["owner"] = owner.pk if values["owner"] else None
    return Person(contact.pk, known, set(values["tags"]), list(values["events"]))


def _summarise(contact: int, happened: list[Any]) -> None:
    """Keep the summary the dispatcher would keep, of what no machine did."""
    times = sorted(at for kind, at, _data, verdict in happened if kind == COUNTED and verdict != 3)
    if times:
        ContactActivity.objects.create(
            contact_id=contact,
            type_id=events.type_id(COUNTED),
            count=len(times),
            first_at=times[0],
            last_at=times[-1],
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
