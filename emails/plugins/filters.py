"""The condition on deliveries: selected for, sent, left out of, failed."""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from emails.models import Reason, State
from kernel.exchanging import NONE, Exchange, exchanged
from kernel.filters import (
    ContactFilter,
    Mode,
    Reading,
    Sql,
    Value,
    When,
    contact_filters,
    refuse,
    spans,
)
from kernel.filters.belonging import check_known, said_names
from kernel.filters.event_settings import check_count, check_meant
from kernel.filters.event_words import said_often
from kernel.filters.measures import often
from kernel.filters.offers import MANY, Asked, Offer, Subject, operator
from kernel.filters.operands import ids
from kernel.permissions import Actor
from kernel.subjects import may_list

# `selected` is everybody who was to get it, whatever became of it.
STATES: dict[str, tuple[Any, list[int]]] = {
    "selected": (_lazy("was selected for %(names)s"), [state.value for state in State]),
    "sent": (_lazy("was sent %(names)s"), [State.SENT]),
    "skipped": (_lazy("was left out of %(names)s"), [State.SKIPPED]),
    "failed": (_lazy("could not be sent %(names)s"), [State.FAILED]),
    "uncertain": (_lazy("may have been sent %(names)s"), [State.UNCERTAIN]),
}
LONGEST_REASON = 200
WHEN = "coalesce(d.sent_at, d.created_at)"


@contact_filters.register
class Delivered(ContactFilter):
    """Whom an email was to reach, and what became of that.

    `state` is `selected` (whatever became of it), `sent` (unless said), `skipped`, `failed` or
    `uncertain`; `reason` narrows to one reason. `count` says how often, and `within`, `after` and
    `before` say when, as for behaviour: when it was sent, else when the contact was selected.
    """

    key = "emails.delivery"
    label = _lazy("Email delivery")
    names = "delivery"
    keys = frozenset({"delivery", "state", "reason", "count", *spans.KEYS})
    examples = (
        {"delivery": {"email": [7]}, "state": "sent"},
        {"delivery": {"email": 7}, "state": "skipped", "reason": "no_consent"},
        {"delivery": {"email": [7, 9]}, "state": "selected", "after": {"days": -30}},
        {"delivery": {"email": [7, 9]}, "count": {"op": "gte", "value": 2}, "within": "30d"},
    )
    cost = 6

    def __init__(self, config: Mapping[str, Any], emails: list[int]) -> None:
        super().__init__(config)
        self.emails = emails
        self.state = str(config.get("state", "sent"))
        self.reason: str | None = config.get("reason")
        self.span = spans.span(config)
        self.often = often(config)

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check state and reason, and that the emails exist, for whoever wrote the condition."""
        subject = config["delivery"]
        if not isinstance(subject, Mapping) or set(subject) != {"email"}:
            message = _("An object with the key email is expected.")
            raise refuse("delivery", "invalid", message)
        emails = ids(subject["email"], "delivery.email")
        if config.get("state", "sent") not in STATES:
            message = _("One of these is expected: %(operators)s.")
            raise refuse("state", "invalid_choice", message % {"operators": ", ".join(STATES)})
        reason = config.get("reason")
        if reason is not None and not (isinstance(reason, str) and len(reason) <= LONGEST_REASON):
            raise refuse("reason", "invalid", _("A short text is expected."))
        spans.check(config)
        check_count(config)
        if reading.verify:
            check_meant(config)
        check_known("email", emails, subject["email"], "delivery.email", reading)
        return cls(config, emails)

    def predicate(self, mode: Mode) -> Sql:
        """Look into the ledger, by contact or by email."""
        rows = self._rows()
        if self.span:
            rows = (*rows, " AND ", *self.span.sql(WHEN))
        counted = self.often
        if mode is Mode.BATCH:
            return counted.of_rows((*rows, " AND d.contact_id = c.id"))
        # Whoever is in no row is in no group: what holds for none is said by its opposite.
        word, least = ("NOT IN", counted.opposite()) if counted.holds_for_none else ("IN", counted)
        return (f"c.id {word} (SELECT d.contact_id ", *rows, *least.having("d.contact_id"), ")")

    def edges(self, before: When, after: When) -> Sql | None:
        """Return whose mail was sent, or meant, at an instant that a bound passed over."""
        passed = self.span.passed(WHEN, before, after)
        if passed is None:
            return None
        return ("c.id IN (SELECT d.contact_id ", *self._rows(), " AND ", *passed, ")")

    def _rows(self) -> Sql:
        rows: Sql = (
            "FROM delivery d WHERE d.email_id = ANY (",
            Value(self.emails, "bigint[]"),
            ") AND d.state = ANY (",
            Value(STATES[self.state][1], "smallint[]"),
            ")",
        )
        if self.reason is not None:
            rows = (*rows, " AND d.reason = ", Value(self.reason, "text"))
        return rows

    def reads(self) -> set[str]:
        """Whatever moves in the ledger of these emails."""
        told = {"event:emails.sent", "event:emails.failed"}
        return told | {f"delivery:{number}" for number in self.emails}

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Name other emails."""
        subject = config["delivery"]
        if not isinstance(subject, Mapping) or "email" not in subject:
            return dict(config)
        emails = exchanged("email", subject["email"], exchange, without=NONE)
        return {**config, "delivery": {**subject, "email": emails}}

    def uses(self) -> list[tuple[str, int]]:
        """Name the emails."""
        return [("email", number) for number in self.emails]

    @classmethod
    def offer(cls, user: Actor) -> Offer:
        """Offer the emails, to whoever may see any."""
        if not may_list("email", user):
            return Offer()
        words = [operator(state, phrase, MANY) for state, (phrase, _states) in STATES.items()]
        subject = Subject(
            kind="delivery",
            key="email",
            label=str(cls.label),
            group="emails",
            icon="mail-fast",
            operators="delivery",
            choices="email",
            where=(Asked("reason", _("reason"), "delivery_reason"),),
        )
        return Offer([subject], {"delivery": words})

    def sentence(self) -> str:
        """Say it with the names."""
        names = said_names("email", self.emails)
        said = str(STATES[self.state][0]) % {"names": names}
        if self.reason:
            # A failure has the server's own words.
            known = self.reason in Reason.values
            said = f"{said} ({Reason(self.reason).label if known else self.reason})"
        return " ".join([said, *said_often(self.often), *spans.said(self.config)])
