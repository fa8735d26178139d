"""The period in which what happened counts: rolling, absolute, or relative to today."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kernel.clock import parse_duration
from kernel.filters.operands import a_text
from kernel.filters.periods import Written, period
from kernel.filters.pieces import Moment, Now, Sql, Value, When, joined
from kernel.filters.problems import refuse
from kernel.filters.sayings import said_period
from kernel.filters.wording import said_duration

KEYS = ("within", "after", "before")


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


@dataclass(frozen=True)
class Span:
    """The bounds instants lie between, each with the sign it is compared by; none is for ever."""

    bounds: tuple[tuple[str, Moment], ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is any bound."""
        return bool(self.bounds)

    def sql(self, column: str) -> Sql:
        """Compare an instant with all of them."""
        return joined([(f"{column} {sign} ", Now(moment)) for sign, moment in self.bounds], " AND ")

    def passed(self, column: str, before: When, after: When) -> Sql | None:
        """Return SQL for instants that a bound passed over in between; None when none moves."""
        ends = [
            sorted((moment.at(before), moment.at(after)))
            for _sign, moment in self.bounds
            if moment.moves
        ]
        if not ends:
            return None
        parts: list[Sql] = [
            (
                f"{column} BETWEEN ",
                Value(low, "timestamptz"),
                " AND ",
                Value(high, "timestamptz"),
            )
            for low, high in ends
        ]
        return ("(", *joined(parts, " OR "), ")")


def check(config: Mapping[str, Any]) -> None:
    """Refuse a period that cannot be read."""
    if (within := config.get("within")) is not None:
        try:
            parse_duration(a_text(within, "within"))
        except ValueError as error:
            message = _("A duration such as 90s, 10m, 1h, 3d or 2w is expected.")
            raise refuse("within", "invalid", message) from error
    for key in ("after", "before"):
        if config.get(key) is not None:
            period(config[key], key, clock=True)


def check_meant(config: Mapping[str, Any]) -> None:
    """Refuse a period without length, which nobody means when it is written."""
    if config.get("within") and not parse_duration(config["within"]):
        raise refuse("within", "out_of_range", _("The number is out of range."))
    if config.get("after") is None or config.get("before") is None:
        return
    first = period(config["after"], "after", clock=True).end.fixed
    last = period(config["before"], "before", clock=True).start.fixed
    # Days of the calendar alone can be compared whenever it is.
    if type(first) is type(last) is date and (last - first).days < 2:
        raise refuse("before", "out_of_range", _("The period ends before it begins."))


def span(config: Mapping[str, Any]) -> Span:
    """Read the checked period of a condition; days, words and shifts are those of fields."""
    return Span(tuple(_bounds(config)))


def _bounds(config: Mapping[str, Any]) -> Iterator[tuple[str, Moment]]:
    if age := config.get("within"):
        yield ">=", Ago(parse_duration(age))
    if (given := config.get("after")) is not None:
        found = period(given, "after", clock=True)
        # What comes after a day begins with the next; an instant itself is not after it.
        yield ">" if found.is_instant else ">=", Written(found.end, "instant")
    if (given := config.get("before")) is not None:
        yield "<", Written(period(given, "before", clock=True).start, "instant")


def reach(config: Mapping[str, Any], when: When) -> timedelta | None:
    """Say how far back a period that moves with time goes; None where its beginning does not."""
    check(config)
    begins = [m.at(when) for sign, m in span(config).bounds if sign != "<" and m.moves]
    return max(when.now - max(begins), timedelta(0)) if begins else None


def said(config: Mapping[str, Any]) -> list[str]:
    """Say the period."""
    words = []
    if age := config.get("within"):
        words.append(_("within %(period)s") % {"period": said_duration(age)})
    for key, phrase in (("after", _("after %(period)s")), ("before", _("before %(period)s"))):
        if (given := config.get(key)) is not None:
            words.append(phrase % {"period": said_period(given)})
    return words
