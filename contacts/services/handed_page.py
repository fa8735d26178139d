"""Handed-out data as people read them: titles instead of keys, words, local dates, nested lists."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue, catalogue
from contacts.models import Topic
from contacts.services.handed_words import fixed, title
from contacts.services.origins import Origin, impersonal
from contacts.values import display
from kernel import moments
from kernel.contactdata import contact_data
from kernel.events import CustomEvent, kind_of
from kernel.zone import workspace_zone

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What somebody said came from where, in the keys of exports.
SOURCES = frozenset({"source", "comment", "cause", "reference"})
NAMED_BY = frozenset({"identifiers", "former_identifiers"})
FIRST = "contacts.own"
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Shown:
    """One value: a text, or items, or pairs of a title and a value."""

    text: str = ""
    items: list["Shown"] = field(default_factory=list)
    pairs: list[tuple[str, "Shown"]] = field(default_factory=list)


@dataclass(frozen=True)
class Table:
    """Rows of one kind under a heading, which is empty where the section says it."""

    title: str
    rows: list[Shown]


@dataclass(frozen=True)
class Happened:
    """An event: when, what in words, and what else a client's own one said."""

    when: datetime
    what: str
    beside: Shown | None = None


@dataclass(frozen=True)
class Section:
    """What one app knows."""

    key: str
    label: str
    tables: list[Table]
    events: list[Happened] = field(default_factory=list)


def sections(known: Mapping[str, Any]) -> list[Section]:
    """Write what every app told (`contacts.services.erase.everything`), without what is empty."""
    writer = _Writer(
        catalogue(),
        impersonal(set(_sources(known))),
        {str(pk): name for pk, name in Topic.objects.values_list("pk", "name")},
    )
    # Who somebody is comes before what happened to them.
    kinds = sorted(contact_data, key=lambda kind: kind.key != FIRST)
    found = (writer.section(kind.key, str(kind.label), known[kind.key]) for kind in kinds)
    return [section for section in found if section.tables or section.events]


def _sources(value: Any, key: str = "") -> Iterator[str]:
    """Find whatever may name where something came from."""
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _sources(one, name)
    elif isinstance(value, list):
        for one in value:
            yield from _sources(one, key)
    elif key in SOURCES and isinstance(value, str):
        yield value


@dataclass(frozen=True)
class _Writer:
    """Writes values in the language and the zone in force."""

    fields: Catalogue
    came: Mapping[str, Origin]
    topics: Mapping[str, str]

    def section(self, key: str, label: str, told: Mapping[str, Any]) -> Section:
        events = [self.happened(one) for one in told.get("events", ())]
        tables = [
            Table("" if title(name) == label else title(name), rows)
            for name, value in told.items()
            if name != "events" and (rows := self.rows(name, value))
        ]
        return Section(key.replace(".", "-"), label, tables, events)

    def happened(self, event: Mapping[str, Any]) -> Happened:
        when = datetime.fromisoformat(event["occurred_at"])
        if kind_of(event["type"]) is not CustomEvent:
            return Happened(when, capfirst(event["words"]))
        # Its key is all its words are: what it says stands in its data.
        beside = self.shown("data", event["data"]) if event["data"] else None
        return Happened(when, event["words"], beside)

    def rows(self, name: str, value: Any) -> list[Shown]:
        if name == "contact":
            return [self.contact(value)] if value else []
        things = value if isinstance(value, list) else [value]
        if name in NAMED_BY:
            return [Shown(self.identifier(one)) for one in things]
        return [self.shown(name, one) for one in things if one not in EMPTY]

    def contact(self, values: Mapping[str, Any]) -> Shown:
        """Write the fields by the names the workspace gave them."""
        language, zone = get_language() or "en", str(workspace_zone())
        pairs = []
        for alias, value in values.items():
            spec = self.fields.get(alias)
            if value in EMPTY or alias == "version":
                continue
            if spec and not isinstance(value, Mapping):
                pairs.append((spec.name, Shown(display(spec, value, language, zone))))
            else:
                pairs.append((title(alias), self.shown(alias, value)))
        return Shown(pairs=pairs)

    def identifier(self, one: str) -> str:
        kind, _colon, value = one.partition(":")
        called = self.fields.called(kind)
        return _("%(name)s: %(value)s") % {"name": called, "value": value}

    def shown(self, key: str, value: Any) -> Shown:
        if isinstance(value, Mapping):
            if value.keys() <= {"id", "name"} and value.get("name"):
                return Shown(str(value["name"]))
            told = ((name, one) for name, one in value.items() if one not in EMPTY)
            return Shown(
                pairs=[(self.titled(key, name), self.shown(name, one)) for name, one in told]
            )
        if isinstance(value, list):
            return Shown(items=[self.shown(key, one) for one in value if one not in EMPTY])
        return Shown(self.text(key, value))

    def titled(self, key: str, name: str) -> str:
        """Name what was lost in a merge by its field, and leave what clients sent as they did."""
        if key in {"data", "event", "values"}:
            return name
        return self.fields.called(name) if key == "lost" else title(name)

    def text(self, key: str, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, int | float | Decimal):
            exact, locale = Decimal(str(value)), moments.locale_of(get_language() or "en")
            return str(format_decimal(exact, locale=locale, decimal_quantization=False))
        return self.written(key, str(value))

    def written(self, key: str, text: str) -> str:
        if key == "topic":
            return self.topics.get(text, text)
        if (words := fixed(key, text)) is not None:
            return words
        if key in SOURCES and (origin := self.came.get(text)):
            return origin.words
        return _dated(text)


def _dated(text: str) -> str:
    """Write instants and days as people do; whatever is neither stays."""
    try:
        if INSTANT.fullmatch(text):
            return moments.moment(datetime.fromisoformat(text))
        if DAY.fullmatch(text):
            return moments.day(date.fromisoformat(text))
    except ValueError:
        pass
    return text
