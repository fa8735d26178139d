"""Two thousand made-up contacts with fields, companies, tags, stages and consents."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from contacts.models import (
    Company,
    Consent,
    ConsentRecord,
    Contact,
    ContactState,
    ContactTag,
    Field,
    Identifier,
    Tag,
)
from contacts.services.fields.store import create as create_field
from dashboard.demo.marking import mark
from dashboard.demo.words import (
    COMPANIES,
    DOMAINS,
    FIRST,
    LAST,
    PLACES,
    SHARES,
    SOURCE,
    STAGES,
    TAGS,
)
from stages.models import Stage

NUMBER = 2_000
SPAN = timedelta(days=182)
LEVELS = ("beginner", "intermediate", "advanced", "expert")
NIVEAUX = ("débutant", "intermédiaire", "avancé", "expert")
FIELDS: tuple[dict[str, Any], ...] = (
    {
        "alias": "ski_level",
        "label": "Ski level",
        "labels": {"en": "Ski level", "fr": "Niveau de ski"},
        "type": "select",
        "options": [
            {"value": level, "label": level, "labels": {"en": level, "fr": french}}
            for level, french in zip(LEVELS, NIVEAUX, strict=True)
        ],
    },
    {
        "alias": "boot_size",
        "label": "Boot size",
        "labels": {"en": "Boot size", "fr": "Pointure"},
        "type": "number",
    },
    {
        "alias": "birthday",
        "label": "Birthday",
        "labels": {"en": "Birthday", "fr": "Anniversaire"},
        "type": "date",
    },
)


def bring(now: datetime, chance: Random) -> list[Contact]:
    """Make everybody; returns them, the oldest first."""
    aliases = _fields(now)
    companies, stages = _companies(now), _stages(now)
    people = [_person(place, now, chance, aliases) for place in range(NUMBER)]
    people.sort(key=lambda contact: contact.created_at)
    for contact in people:
        if chance.random() < 0.14:
            contact.company_id = chance.choice(companies)
    made = Contact.objects.bulk_create(people)
    mark("contact", [contact.pk for contact in made], now)
    Identifier.objects.bulk_create(
        Identifier(kind="email", value=contact.email.lower(), contact=contact)
        for contact in made
        if contact.email
    )
    ContactState.objects.bulk_create(_states(made, stages, chance))
    _tags(made, now, chance)
    _consents(made, chance)
    return made


def _fields(now: datetime) -> set[str]:
    taken = set(Field.objects.filter(object="contact").values_list("alias", flat=True))
    mine = [create_field(values, now) for values in FIELDS if values["alias"] not in taken]
    mark("field", [row.pk for row in mine], now)
    return {row.alias for row in mine}


def _companies(now: datetime) -> list[int]:
    known = set(Company.objects.values_list("name_key", flat=True))
    fresh = [Company(name=name) for name in COMPANIES if name.lower() not in known]
    made = Company.objects.bulk_create(fresh)
    mark("company", [row.pk for row in made], now)
    return list(Company.objects.filter(name__in=COMPANIES).values_list("pk", flat=True))


def _stages(now: datetime) -> list[int]:
    made = [Stage.objects.create(name=name, weight=weight) for name, weight in STAGES]
    mark("stage", [row.pk for row in made], now)
    return [row.pk for row in made]


def _person(place: int, now: datetime, chance: Random, aliases: set[str]) -> Contact:
    country, language, zone, cities = chance.choices(PLACES, SHARES)[0]
    first, last = chance.choice(FIRST[language]), chance.choice(LAST[language])
    city, postcode = chance.choice(cities)
    # More came lately than half a year ago.
    came = now - SPAN * (chance.random() ** 1.4) - timedelta(minutes=2)
    values = {
        "ski_level": chance.choices(LEVELS, (20, 38, 30, 12))[0],
        "boot_size": chance.randint(36, 47),
        "birthday": date(
            chance.randint(1955, 2004), chance.randint(1, 12), chance.randint(1, 28)
        ).isoformat(),
    }
    given = {key: value for key, value in values.items() if key in aliases}
    kept = {key: value for key, value in given.items() if chance.random() < 0.7}
    reachable = chance.random() < 0.965
    address = f"{_plain(first)}.{_plain(last)}{place}@{chance.choice(DOMAINS)}"
    return Contact(
        email=address if reachable else None,
        first_name=first,
        last_name=last,
        city=city,
        postcode=postcode,
        country=country,
        locale=language,
        timezone=zone,
        attrs=kept,
        created_at=came,
        updated_at=came,
    )


def _plain(name: str) -> str:
    bare = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", bare)


def _states(people: list[Contact], stages: list[int], chance: Random) -> Iterator[ContactState]:
    for contact in people:
        stage = chance.choices([None, *stages], (18, 28, 24, 24, 6))[0]
        points = max(0, round(chance.gauss(25, 22)))
        yield ContactState(contact=contact, points=points, stage_id=stage)


def _tags(people: list[Contact], now: datetime, chance: Random) -> None:
    known = set(Tag.objects.values_list("name_key", flat=True))
    made = Tag.objects.bulk_create(Tag(name=name) for name in TAGS if name not in known)
    mark("tag", [row.pk for row in made], now)
    tags = list(Tag.objects.filter(name__in=TAGS).values_list("pk", flat=True))
    ContactTag.objects.bulk_create(
        ContactTag(contact=contact, tag_id=tag, added_at=contact.created_at)
        for contact in people
        for tag in chance.sample(tags, chance.choices((0, 1, 2), (55, 33, 12))[0])
    )


def _consents(people: list[Contact], chance: Random) -> None:
    given = [
        (contact, chance.choices(("granted", "refused"), (94, 6))[0])
        for contact in people
        if contact.email and chance.random() < 0.86
    ]
    said = {"purpose": "email_marketing", "topic_id": 0}
    Consent.objects.bulk_create(
        Consent(contact=contact, state=state, at=contact.created_at, **said)
        for contact, state in given
    )
    ConsentRecord.objects.bulk_create(
        ConsentRecord(
            contact_id=contact.pk,
            state=state,
            at=contact.created_at,
            recorded_at=contact.created_at,
            source=SOURCE,
            text="Oui, je veux recevoir la lettre de la maison.",
            **said,
        )
        for contact, state in given
    )
