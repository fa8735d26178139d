"""The condition on behaviour: an event happened so often, in such a period, of such a kind."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.clock import parse_duration
from kernel.events import MACHINE, event_types, kind_of, type_id
from kernel.filters import event_offers
from kernel.filters.activity import said_activity
from kernel.filters.contract import ContactFilter, Mode, Reading, contact_filters
from kernel.filters.event_settings import check_count, check_meant, check_period, check_where
from kernel.filters.offers import Offer
from kernel.filters.operands import a_text
from kernel.filters.pieces import Now, Sql, Value, When, from_text
from kernel.filters.problems import refuse
from kernel.filters.wording import said_duration
from kernel.models import EventKind
from kernel.permissions import Actor
from kernel.subjects import beyond
from kernel.subjects import names as subject_names

# Numbers of events, by operator; what holds for zero events holds for whoever has none.
COUNTS = {"eq": "=", "ne": "<>", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}
OPPOSITE = {"eq": "ne", "ne": "eq", "gte": "lt", "gt": "lte", "lte": "gt", "lt": "gte"}
HOLDS: dict[str, Callable[[int, int], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}
ONCE = {("gte", 1), ("gt", 0), ("ne", 0)}
NEVER = {("eq", 0), ("lt", 1), ("lte", 0)}


@dataclass(frozen=True, slots=True)
class Ago:
    """The instant so long before the present."""

    age: timedelta
    cast: str = "timestamptz"
    moves: bool = True
    zoned: bool = False

    def at(self, when: When) -> datetime:
        """Return the instant."""
        return when.now - self.age


def seen_keys() -> set[str]:
    """Return the keys of all events there are: registered ones, and those clients have sent."""
    return {*event_types.keys(), *EventKind.objects.values_list("key", flat=True)}


@contact_filters.register
class Behaviour(ContactFilter):
    """How often an event of one type happened to a contact, in which period; machines don't count.

    `count` has `op` (`eq ne gt gte lt lte`) and `value`; without it, at least once; 0 is never.
    `within` rolls with the clock: `90s 10m 1h 3d 2w`. Without `where` and `within` the answer is
    known for ever; with `where`, as far back as events are kept.
    """

    key = "kernel.event"
    label = _lazy("Behaviour")
    names = "event"
    keys = frozenset({"event", "where", "count", "within"})
    examples = (
        {"event": "emails.opened", "where": {"email": 7}, "within": "30d"},
        {"event": "shop.visited", "count": {"op": "gte", "value": 2}, "where": {"shop": "Nice"}},
        {"event": "emails.clicked", "count": {"op": "eq", "value": 0}},
    )
    cost = 5

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.event: str = config["event"]
        number = config.get("count") or {"op": "gte", "value": 1}
        self.op, self.number = number["op"], int(number["value"])
        age = config.get("within")
        self.since = Ago(parse_duration(age)) if age else None

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check type, conditions, number and period."""
        event = a_text(config["event"], "event")
        if reading.verify and event not in reading.once(seen_keys):
            raise refuse("event", "unknown_event", _("No event of this type is known."))
        check_where(event, config)
        check_count(config, set(COUNTS))
        check_period(config)
        if reading.verify:
            check_meant(config)
        condition = cls(config)
        if reading.verify and reading.user is not None:
            condition.check_reach(reading.user)
        return condition

    def check_reach(self, user: Actor) -> None:
        """Refuse to tell somebody about an object they may not see."""
        for kind, number in self.uses():
            if beyond(kind, [number], user):
                raise refuse(f"where.{kind}", "not_found", _("There is no such object."))

    def predicate(self, mode: Mode) -> Sql:
        """Count in the summary where it knows the answer, else in the log."""
        if self._summarised():
            return self._from_activity(mode)
        rows = self._rows()
        if mode is Mode.BATCH:
            return self._of_one(rows)
        # Whoever has no event is in no group: what holds for none is said by its opposite.
        none_too = HOLDS[self.op](0, self.number)
        op = OPPOSITE[self.op] if none_too else self.op
        having: Sql = ()
        if (op, self.number) not in ONCE:
            having = (f" GROUP BY e.contact_id HAVING count(*) {COUNTS[op]} ", Value(self.number))
        word = "NOT IN" if none_too else "IN"
        return ("c.id ", word, " (SELECT e.contact_id FROM event e WHERE ", *rows, *having, ")")

    def _of_one(self, rows: Sql) -> Sql:
        mine: Sql = ("e.contact_id = c.id AND ", *rows)
        if (self.op, self.number) in ONCE:
            return ("EXISTS (SELECT 1 FROM event e WHERE ", *mine, ")")
        if (self.op, self.number) in NEVER:
            return ("NOT EXISTS (SELECT 1 FROM event e WHERE ", *mine, ")")
        return (
            "(SELECT count(*) FROM (SELECT 1 FROM event e WHERE ",
            *mine,
            f" LIMIT {self.number + 1}) e) {COUNTS[self.op]} ",
            Value(self.number),
        )

    def _rows(self) -> Sql:
        sql: Sql = (f"e.type_id = {type_id(self.event)} AND e.verdict IS DISTINCT FROM {MACHINE}",)
        if self.since:
            sql = (*sql, " AND e.occurred_at >= ", Now(self.since))
        return (*sql, *self._where())

    def _where(self) -> Sql:
        conditions = self.config.get("where")
        if not conditions:
            return ()
        return (" AND ", *from_text(*kind_of(self.event).where(conditions)))

    def _summarised(self) -> bool:
        kind = event_types.get(self.event)
        plain = not self.since and not self.config.get("where")
        return bool(plain and kind and kind.counted)

    def _from_activity(self, mode: Mode) -> Sql:
        """Ask `contact_activity`, which outlives the log: *never* and *ever* stay true."""
        none_too = HOLDS[self.op](0, self.number)
        op = OPPOSITE[self.op] if none_too else self.op
        rows: Sql = (
            f"FROM contact_activity a WHERE a.type_id = {type_id(self.event)}"
            f" AND a.count {COUNTS[op]} ",
            Value(self.number),
        )
        if mode is Mode.BATCH:
            word = "NOT EXISTS" if none_too else "EXISTS"
            return (f"{word} (SELECT 1 ", *rows, " AND a.contact_id = c.id)")
        word = "NOT IN" if none_too else "IN"
        return (f"c.id {word} (SELECT a.contact_id ", *rows, ")")

    def reads(self) -> set[str]:
        """Every event of the type may change the answer."""
        return {f"event:{self.event}"}

    def uses(self) -> list[tuple[str, int]]:
        """Name the object of `where`, such as the email."""
        subject = kind_of(self.event).subject
        wanted = (self.config.get("where") or {}).get(subject) if subject else None
        items = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
        return [(subject, int(item)) for item in items]

    def edges(self, before: When, after: When) -> Sql | None:
        """Return whoever has an event that left the period in between."""
        if not self.since:
            return None
        plain = Behaviour({**self.config, "within": None})
        return (
            "c.id IN (SELECT e.contact_id FROM event e WHERE e.occurred_at >= ",
            Value(self.since.at(before), "timestamptz"),
            " AND e.occurred_at < ",
            Value(self.since.at(after), "timestamptz"),
            " AND ",
            *plain._rows(),
            ")",
        )

    def actual(self, contact: int, when: When) -> str:
        """Say how often it happened, as far back as is known."""
        return said_activity(self.event, contact, when)

    @classmethod
    def offer(cls, user: Actor) -> Offer:
        """Offer every type of event."""
        return Offer(list(event_offers.offered(seen_keys(), user)), event_offers.operators())

    def sentence(self) -> str:
        """Say type, object, number and period."""
        kind = event_types.get(self.event)
        words = [str(kind.label) if kind else self.event]
        subjects = self.uses()
        if subjects:
            known = subject_names(subjects[0][0], [number for _kind, number in subjects])
            words.append(", ".join(known.get(number, f"#{number}") for _kind, number in subjects))
        words.append(self._said_number())
        if self.since:
            words.append(_("within %(period)s") % {"period": said_duration(self.config["within"])})
        return " ".join(words)

    def _said_number(self) -> str:
        if (self.op, self.number) in NEVER:
            return _("never")
        if (self.op, self.number) in ONCE:
            return _("at least once")
        return str(event_offers.COUNTS[self.op]) % {"count": self.number}
