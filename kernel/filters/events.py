"""The condition on behaviour: an event happened so often, in such a period, of such a kind."""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.events import MACHINE, event_types, kind_of, type_id
from kernel.exchanging import Exchange
from kernel.filters import comparing, event_offers, event_settings, spans
from kernel.filters.activity import said_activity
from kernel.filters.contract import ContactFilter, Mode, Reading, contact_filters
from kernel.filters.event_settings import exchanged_where
from kernel.filters.event_words import sentence
from kernel.filters.measures import COUNTS, Often, measured
from kernel.filters.offers import Offer
from kernel.filters.operands import a_text
from kernel.filters.pieces import Sql, Value, When, from_text
from kernel.filters.problems import refuse
from kernel.filters.spans import span
from kernel.ids import read_id
from kernel.models import EventKind
from kernel.permissions import Actor
from kernel.subjects import beyond


def seen_keys() -> set[str]:
    """Return the keys of all events there are: registered ones, and those clients have sent."""
    return {*event_types.keys(), *EventKind.objects.values_list("key", flat=True)}


@contact_filters.register
class Behaviour(ContactFilter):
    """How often an event of one type happened to a contact, in which period; machines don't count.

    `count` has `op` (`eq ne gt gte lt lte`) and `value`; without it, at least once; 0 is never.
    In its place, `total` adds a number of the events up: `of` which, `op` (`between`, too) and
    `value`; without events it is 0, and so is what an event lacks. Sums mix currencies unless
    `where` names one.

    `within` rolls with the clock: `90s 10m 1h 3d 2w`. `after` and `before` take what dates do: a
    day, an instant, a word such as `this_month`, a shift such as `{"days": -30}`; after a day
    begins with the next one. All that are given must hold. `which` asks about the `first` or the
    `last` of all events of the type instead: whether it lies in the period.

    `where` compares with what the events hold, each by a value, a list of values, or an operator:
    `{"op": "contains", "value": "/prices"}`. Texts have `is is_not in not_in contains not_contains
    starts_with not_starts_with ends_with not_ends_with matches not_matches is_empty is_not_empty`,
    without minding case but in `matches`; numbers have `eq ne gt gte lt lte between is_empty
    is_not_empty`. Negations mean events without the value, too. A plain value minds case.

    Without `where` and a period the answer is known for ever, and that of `which`; else as far
    back as events are kept.
    """

    key = "kernel.event"
    label = _lazy("Behaviour")
    names = "event"
    keys = frozenset({"event", "where", "count", "total", "which", *spans.KEYS})
    examples = (
        {"event": "emails.opened", "where": {"email": 7}, "within": "30d"},
        {"event": "shop.visited", "count": {"op": "gte", "value": 2}, "where": {"shop": "Nice"}},
        {"event": "emails.clicked", "count": {"op": "eq", "value": 0}},
        {
            "event": "pages.viewed",
            "where": {"url": {"op": "contains", "value": "/prices"}},
            "after": {"days": -30},
        },
        {
            "event": "orders.placed",
            "where": {"currency": "EUR", "amount": {"op": "gte", "value": 10}},
            "total": {"of": "amount", "op": "between", "value": [100, 500]},
            "after": "2026-06-30",
            "before": "2026-10-01",
        },
        {"event": "emails.opened", "which": "last", "before": {"months": -6}},
    )
    cost = 5

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.event: str = config["event"]
        self.measure = measured(kind_of(self.event), config)
        self.span = span(config)
        self.which: str | None = config.get("which")
        if comparing.is_risky(config.get("where")):
            self.risky, self.cost = True, 9

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check type, conditions, number and period."""
        event = a_text(config["event"], "event")
        if reading.verify and event not in reading.once(seen_keys):
            raise refuse("event", "unknown_event", _("No event of this type is known."))
        event_settings.check(event, config)
        if reading.verify:
            event_settings.refuse_hidden(config.get("where"))
            event_settings.check_meant(config)
        condition = cls(config)
        if reading.verify and reading.user is not None:
            condition.check_reach(reading.user)
        return condition

    def check_reach(self, user: Actor) -> None:
        """Refuse to tell somebody about an object they may not see."""
        for kind, number in self._about():
            if beyond(kind, [number], user):
                raise refuse(f"where.{kind}", "not_found", _("There is no such object."))

    def predicate(self, mode: Mode) -> Sql:
        """Count in the summary where it knows the answer, else in the log."""
        if self.which:
            return self._summary(mode, self.span.sql(f"a.{self.which}_at"), outside=False)
        if isinstance(self.measure, Often) and self._summarised():
            none_too = self.measure.holds_for_none
            least = self.measure.opposite() if none_too else self.measure
            number: Sql = (f"a.count {COUNTS[least.op]} ", Value(least.number))
            return self._summary(mode, number, outside=none_too)
        rows = self._rows()
        if mode is Mode.BATCH:
            return self.measure.of_one(("e.contact_id = c.id AND ", *rows))
        # Whoever has no event is in no group: what holds for none is said by its opposite.
        none_too = self.measure.holds_for_none
        measure = self.measure.opposite() if none_too else self.measure
        word = "NOT IN" if none_too else "IN"
        found: Sql = ("SELECT e.contact_id FROM event e WHERE ", *rows, *measure.having())
        return (f"c.id {word} (", *found, ")")

    def _rows(self, *, timed: bool = True) -> Sql:
        sql: Sql = (f"e.type_id = {type_id(self.event)} AND e.verdict IS DISTINCT FROM {MACHINE}",)
        if timed and self.span:
            sql = (*sql, " AND ", *self.span.sql("e.occurred_at"))
        if conditions := self.config.get("where"):
            sql = (*sql, " AND ", *from_text(*kind_of(self.event).where(conditions)))
        return sql

    def _summarised(self) -> bool:
        kind = event_types.get(self.event)
        plain = not self.span and not self.config.get("where")
        return bool(plain and kind and kind.counted)

    def _summary(self, mode: Mode, asked: Sql, *, outside: bool) -> Sql:
        """Ask `contact_activity`, which outlives the log: *never* and *ever* stay true."""
        rows: Sql = (
            f"FROM contact_activity a WHERE a.type_id = {type_id(self.event)} AND ",
            *asked,
        )
        if mode is Mode.BATCH:
            word = "NOT EXISTS" if outside else "EXISTS"
            return (f"{word} (SELECT 1 ", *rows, " AND a.contact_id = c.id)")
        word = "NOT IN" if outside else "IN"
        return (f"c.id {word} (SELECT a.contact_id ", *rows, ")")

    def reads(self) -> set[str]:
        """Every event of the type may change the answer."""
        return {f"event:{self.event}"}

    def uses(self) -> list[tuple[str, int]]:
        """Name the object of `where`, such as the email, and others it names."""
        where = self.config.get("where") or {}
        named = kind_of(self.event).naming
        return self._about() + [
            (named[name], number)
            for name, wanted in where.items()
            if name in named
            for number in _ids(wanted)
        ]

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Name other objects in `where`."""
        where = config.get("where")
        if not isinstance(where, Mapping):
            return dict(config)
        return {**config, "where": exchanged_where(config["event"], where, exchange)}

    def _about(self) -> list[tuple[str, int]]:
        """Name what the event is to be about."""
        subject = kind_of(self.event).subject
        wanted = (self.config.get("where") or {}).get(subject) if subject else None
        items = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
        return [(subject, int(item)) for item in items]

    def edges(self, before: When, after: When) -> Sql | None:
        """Return whoever has an event that entered or left the period in between."""
        if self.which:
            passed = self.span.passed(f"a.{self.which}_at", before, after)
            return self._summary(Mode.SET, passed, outside=False) if passed else None
        passed = self.span.passed("e.occurred_at", before, after)
        if passed is None:
            return None
        rows = self._rows(timed=False)
        return ("c.id IN (SELECT e.contact_id FROM event e WHERE ", *passed, " AND ", *rows, ")")

    def actual(self, contact: int, when: When) -> str:
        """Say how often it happened, as far back as is known."""
        return said_activity(self.event, contact, when)

    @classmethod
    def offer(cls, user: Actor) -> Offer:
        """Offer every type of event."""
        return Offer(list(event_offers.offered(seen_keys(), user)), event_offers.operators())

    def sentence(self) -> str:
        """Say type, object, number and period."""
        return sentence(self.config, self.measure, self._about())


def _ids(wanted: Any) -> list[int]:
    """Return the ids among what a condition compares with."""
    value = wanted.get("value") if isinstance(wanted, Mapping) else wanted
    items = value if isinstance(value, list) else [value]
    return [number for item in items if (number := read_id(item)) is not None]
