"""Events: immutable facts about contacts, and the contract that says what can happen.

Types register in each app's `events.py`; recording an event and its change set is one statement.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, ClassVar

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import changes, comparisons
from kernel.changes import CHUNK
from kernel.documents import dumps
from kernel.locks import LANES
from kernel.partitions import ensure_partitions
from kernel.registry import Plugin, Registry

# Retention classes, the LIST partitions of the event table.
WEB, MESSAGE, RECORD = 1, 2, 3


class EventType(Plugin):
    """Something that can happen to a contact."""

    retention: ClassVar[int] = RECORD
    # Kind of the object the event is about (`email`), for the API and the builder.
    subject: ClassVar[str] = ""
    # Names of `where` conditions a decision or filter may set, each with a key of `data`.
    conditions: ClassVar[Mapping[str, str]] = {}
    # Those that are numbers, which can be compared and added up, each with a key of `data`.
    numbers: ClassVar[Mapping[str, str]] = {}
    # Where values of some of these are looked up, and which among those of the object alone.
    choices: ClassVar[Mapping[str, str]] = {}
    choices_of_subject: ClassVar[Collection[str]] = ()
    # Those that are addresses: in a plain one `*` stands for anything.
    patterns: ClassVar[Collection[str]] = ()
    # Those whose key holds a list, such as the fields that changed.
    lists: ClassVar[Collection[str]] = ()
    # Those that name an object by its id, each with the kind; one that is named is not deleted.
    naming: ClassVar[Mapping[str, str]] = {}
    # Whether first, last and count outlive retention in `contact_activity`.
    counted: ClassVar[bool] = True
    # Whether it shows that the person is active (opened, clicked, visited, submitted …).
    active: ClassVar[bool] = False
    # What brought that activity about, for the activity rank: `site`, `shop`, or `message`, which
    # its cause tells apart into broadcasts, campaigns and single messages.
    operation: ClassVar[str] = ""
    # Whether the API may record it: what the product itself sees happen, it may not.
    open_to_api: ClassVar[bool] = False
    # Whether a verdict (human, likely, machine) is given, so that machines don't count.
    judged: ClassVar[bool] = False
    # Purpose of the consent (`open_tracking`) without which it cannot be measured.
    consent: ClassVar[str] = ""

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Tell the event to a person, in one line."""
        if subject_name:
            return _("%(what)s: %(subject)s") % {"what": cls.label, "subject": subject_name}
        return str(cls.label)

    @classmethod
    def where(cls, conditions: Mapping[str, Any]) -> tuple[str, list[Any]]:
        """Return SQL over the event alias `e` for checked `where` conditions, with parameters.

        `KeyError` names a condition this type doesn't have.
        """
        parts, values = [], list[Any]()
        for name, wanted in conditions.items():
            sql, more = cls.condition(name, wanted)
            parts.append(sql)
            values += more
        return " AND ".join(parts) or "true", values

    @classmethod
    def condition(cls, name: str, wanted: Any) -> tuple[str, list[Any]]:
        """Write one of them: a value or a list of values it equals one of, or a comparison.

        The subject's kind is matched by id (`{"email": 7}`), what `conditions` lists by the text
        of its key in `data`, what `numbers` lists as a number.
        """
        if name == cls.subject:
            items = wanted if isinstance(wanted, list) else [wanted]
            return "e.subject_id = ANY(%s::bigint[])", [[int(item) for item in items]]
        if name in cls.lists:
            return comparisons.listed(cls.conditions[name], wanted)
        is_number = name in cls.numbers
        key = cls.numbers[name] if is_number else cls.conditions[name]
        if isinstance(wanted, Mapping):
            return comparisons.compared(key, wanted)
        if name in cls.patterns:
            return comparisons.any_pattern(key, wanted)
        return (comparisons.any_number if is_number else comparisons.any_text)(key, wanted)


event_types: Registry[EventType] = Registry(EventType)


class CustomEvent(EventType):
    """What a client tells us happened, under a key of its own: any key of its data is matched."""

    key = "kernel.custom"
    label = _lazy("Custom event")
    active = True
    operation = "own"
    open_to_api = True

    @classmethod
    def condition(cls, name: str, wanted: Any) -> tuple[str, list[Any]]:
        """Look at any key of the data."""
        if isinstance(wanted, Mapping):
            return comparisons.compared(name, wanted)
        return comparisons.any_text(name, wanted)


def kind_of(key: str) -> type[EventType]:
    """Return the registered type, or that of custom events."""
    return event_types.get(key) or CustomEvent


_ids: dict[str, int] = {}


@dataclass(frozen=True, slots=True)
class Fact:
    """One event to record."""

    contact: int
    occurred_at: datetime
    subject: int | None = None
    data: dict[str, Any] | None = None
    verdict: int | None = None


MACHINE = 3
# What a machine did is recorded and shown, but it drives nothing: it gets no change set.
# %(reads)s always holds `event:KEY`; the aggregates keep the arrays aligned in order of id.
RECORD_ROWS = f"""
facts AS MATERIALIZED (
  INSERT INTO event (retention, contact_id, type_id, subject_id, occurred_at, verdict, data)
  SELECT %(retention)s, contact_id, %(type)s, subject_id, occurred_at, verdict, data FROM fresh
  RETURNING id, contact_id, subject_id, occurred_at, verdict),
announced AS (
  INSERT INTO change (bulk, lane, depth, contact_ids, type_id, event_ids, subject_ids,
                      occurred_ats, reads, created_at)
  SELECT %(bulk)s, lane, %(depth)s, array_agg(contact_id ORDER BY id), %(type)s,
         array_agg(id ORDER BY id), array_agg(subject_id ORDER BY id),
         array_agg(occurred_at ORDER BY id), %(reads)s, %(at)s
  FROM (SELECT *, (contact_id %% {LANES})::smallint lane,
               row_number() OVER (PARTITION BY contact_id %% {LANES} ORDER BY id) / {CHUNK} part
        FROM facts WHERE verdict IS DISTINCT FROM {MACHINE}) parts
  WHERE %(depth)s <= {changes.DEEPEST}
  GROUP BY lane, part)
"""  # noqa: S608 - integers of ours

# The PostgreSQL types of what `parameters` returns, for statements that are prepared.
TYPES = {
    "retention": "smallint",
    "type": "smallint",
    "depth": "smallint",
    "bulk": "boolean",
    "reads": "text[]",
    "at": "timestamptz",
}

RECORD_FACTS = f"""
WITH fresh AS (
  SELECT contact_id, subject_id, occurred_at, verdict, nullif(data, '')::jsonb data
  FROM unnest(%(contacts)s::bigint[], %(subjects)s::bigint[], %(times)s::timestamptz[],
              %(verdicts)s::smallint[], %(documents)s::text[])
       WITH ORDINALITY AS f(contact_id, subject_id, occurred_at, verdict, data, place)
  ORDER BY place),
{RECORD_ROWS}
SELECT id FROM facts ORDER BY id"""  # noqa: S608 - constants


def type_id(key: str) -> int:
    """Return the number an event type is stored under, giving it one at first use."""
    if key in _ids:
        return _ids[key]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM event_type WHERE key = %s", [key])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO event_type (key) VALUES (%s)"
                " ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
                [key],
            )
            row = cursor.fetchone()
    # A rollback may take the number back, so it is remembered no sooner than it is certain.
    transaction.on_commit(partial(_ids.__setitem__, key, int(row[0])))
    return int(row[0])


def number_types(**_signal: object) -> None:
    """Give every registered type its number; called after each migration (or flush)."""
    _ids.clear()
    for key in event_types.keys():  # noqa: SIM118 - a registry, not a dictionary
        type_id(key)


def record(
    key: str,
    facts: Sequence[Fact],
    *,
    now: datetime,
    depth: int = 0,
    bulk: bool = False,
    reads: Sequence[str] = (),
) -> list[int]:
    """Record events of one type with their change sets in one statement; return their ids."""
    if not facts:
        return []
    ensure_partitions({fact.occurred_at for fact in facts})
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD_FACTS,
            {
                **parameters(key, now=now, depth=depth, bulk=bulk, reads=reads),
                "contacts": [fact.contact for fact in facts],
                "subjects": [fact.subject for fact in facts],
                "times": [fact.occurred_at for fact in facts],
                "verdicts": [fact.verdict for fact in facts],
                "documents": [dumps(fact.data) if fact.data else "" for fact in facts],
            },
        )
        return [row[0] for row in cursor.fetchall()]


def parameters(
    key: str, *, now: datetime, depth: int = 0, bulk: bool = False, reads: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what `RECORD_ROWS` needs, for callers that select their facts in SQL.

    Their statement begins with a CTE `fresh(contact_id, subject_id, occurred_at, verdict, data)`
    and goes on with `RECORD_ROWS`; they call `ensure_partitions({now})` first.
    """
    kind = kind_of(key)
    every = [f"event:{key}", *reads]
    changes.too_deep(depth, every)
    return {
        "retention": kind.retention,
        "type": type_id(key),
        "depth": depth,
        "bulk": bulk,
        "reads": every,
        "at": now,
    }
