"""Random filters: every kind of condition and operator alike often, nested a few levels."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random
from typing import Any

from kernel import clock
from tests.filters.behaviours import a_time, an_event
from tests.filters.histories import Things, a_condition, some
from tests.filters.people import (
    BIRTHDAYS,
    COLOURS,
    COUNTRIES,
    EMAILS,
    FAR,
    INSTANTS,
    NUMBERS,
    SECTORS,
    SITES,
    SIZES,
    TAGS,
    TEXTS,
    TIMES,
    TONGUES,
    ZONES,
)
from tests.filters.standings import a_standing

Tree = dict[str, Any]
# What the oracle knows by their codes.
LANDS, LANGUAGES = ("France", "allemagne", "Brazil"), ("French", "allemand")
WORDS = tuple(f"{a}_{b}" for a in ("last", "this", "next") for b in ("week", "month", "year"))
DAY_SPANS = ("0d", "1d", "7d", "30d", "1w", "400d")
CLOCK_SPANS = ("1h", "3h", "90m", "24h", "900h")
EMPTY = ("is_empty", "is_not_empty")
DATES = ("on", "not_on", "before", "after", "between", "anniversary")
ROLLING = ("within_last", "within_next", "more_than_ago")
NUMERIC = ("eq", "ne", "gt", "gte", "lt", "lte", "between")
PARTIAL = ("contains", "starts_with", "ends_with")


def tree(rng: Random, things: Things, depth: int = 0) -> Tree:
    """Return a filter; half of them plain, for a deep tree hides a wrong condition easily."""
    if depth >= 3 or rng.random() < 0.5:
        return condition(rng, things)
    parts = [tree(rng, things, depth + 1) for _part in range(rng.randint(1, 3))]
    return {rng.choice(("all", "any", "none")): parts}


def condition(rng: Random, things: Things) -> Tree:
    """Return one condition of any kind."""

    def a_day() -> Any:
        return _period(rng, has_clock=True)

    kinds: list[Callable[[], Tree]] = [
        lambda: _text(rng, "country", COUNTRIES),
        lambda: _text(rng, "city", TEXTS),
        lambda: _text(rng, "plan", ("free", "pro", "TEAM")),
        lambda: _text(rng, "note", TEXTS),
        lambda: _text(rng, "company.name", ("acme", "ÉCLAIR")),
        lambda: _text(rng, "email", EMAILS),
        lambda: _text(rng, "story", TEXTS),
        lambda: _text(rng, "site", SITES),
        lambda: _text(rng, "land", (*COUNTRIES, *LANDS)),
        lambda: _text(rng, "tongue", (*TONGUES, *LANGUAGES)),
        lambda: _text(rng, "zone", ZONES),
        lambda: _text(rng, "company.sector", SECTORS),
        lambda: _order(rng, "company.size", SIZES),
        lambda: _date(rng, "company.since", has_clock=False),
        lambda: _order(rng, "activity_rank", (0, 1, 5)),
        lambda: _order(rng, "budget", NUMBERS),
        lambda: _order(rng, "points", (0, 1, 10)),
        lambda: _order(rng, "call_at", TIMES),
        lambda: {"field": "vip", "op": "is", "value": rng.random() < 0.5},
        lambda: _date(rng, "birthday", has_clock=False),
        lambda: _date(rng, "renewal", has_clock=True),
        lambda: _date(rng, "created_at", has_clock=True),
        lambda: _choices(rng, "colours", COLOURS),
        lambda: _choices(rng, "tags", TAGS),
        lambda: _date(rng, "pause.email", has_clock=False),
        lambda: _reference(rng, "owner", [things.owner]),
        lambda: _reference(rng, "company.owner", [things.owner]),
        lambda: _reference(rng, "stage", [1, 2]),
        *[lambda: an_event(rng, things, a_day)] * 8,
        *[lambda: a_condition(rng, things, lambda: a_time(rng, a_day))] * 6,
        *[lambda: a_standing(rng, things)] * 4,
        lambda: {
            "segment": some(rng, things.segments),
            "op": rng.choice(("in", "not_in")),
        },
    ]
    return rng.choice(kinds)()


def _on(rng: Random, field: str, op: str, value: Any) -> Tree:
    found = {"field": field, "op": op, "value": value}
    if op.startswith("not_") or op in {"is_not", "ne", "has_none"}:
        found |= rng.choice(({}, {"with_value": True}, {"with_value": False}))
    return found


def _text(rng: Random, field: str, values: Sequence[str]) -> Tree:
    op = rng.choice(("is", "in", "matches", *PARTIAL, "is_empty"))
    if op == "is_empty":
        return {"field": field, "op": rng.choice(EMPTY)}
    value: Any = rng.choice(values)
    if op == "in":
        value = some(rng, values)
    elif op == "matches":
        value = rng.choice(("^N", "e$", "[0-9]+", "a.b"))
    elif op in PARTIAL:
        start = rng.randrange(len(value))
        parts = (value[start:], value[: start + 1], value.upper(), "%", "_", "\\")
        value = rng.choice(parts)
    negated = "is_not" if op == "is" else f"not_{op}"
    return _on(rng, field, rng.choice((op, negated)), value)


def _order(rng: Random, field: str, values: Sequence[Any]) -> Tree:
    op = rng.choice((*NUMERIC, "is_empty"))
    if op == "is_empty":
        return {"field": field, "op": rng.choice(EMPTY)}
    pair = sorted((rng.choice(values), rng.choice(values)))
    return _on(rng, field, op, pair if op == "between" else pair[0])


def _date(rng: Random, field: str, *, has_clock: bool) -> Tree:
    op = rng.choice((*DATES, *ROLLING, "is_empty"))
    if op == "is_empty":
        return {"field": field, "op": rng.choice(EMPTY)}
    if op in ROLLING:
        return _on(rng, field, op, rng.choice(DAY_SPANS + (CLOCK_SPANS if has_clock else ())))
    if op == "anniversary":
        near = {"before": rng.choice((0, 1, 9, 40)), "after": rng.choice((0, 1, 9, 40))}
        return _on(rng, field, op, dict(some(rng, list(near.items()))))
    value: Any = _period(rng, has_clock=has_clock)
    if op == "between":
        value = [value, _period(rng, has_clock=has_clock)]
    return _on(rng, field, op, value)


def _period(rng: Random, *, has_clock: bool) -> Any:
    shifts = ("days", "weeks", "months", "years")
    found = [
        rng.choice((*BIRTHDAYS, *FAR)).isoformat(),
        rng.choice(("today", "yesterday", "tomorrow")),
        rng.choice(WORDS),
        {rng.choice(shifts): rng.choice((-40, -7, -1, 0, 1, 2, 30))},
    ]
    if has_clock:
        at = rng.choice(INSTANTS) + timedelta(milliseconds=rng.choice((-1, 0, 0, 1)))
        found += [clock.iso(at), {"hours": rng.choice((-24, -3, -1, 0, 1, 26))}]
    return rng.choice(found)


def _choices(rng: Random, field: str, values: Sequence[str]) -> Tree:
    op = rng.choice(("has_any", "has_all", "has_none", "is_empty"))
    if op == "is_empty":
        return {"field": field, "op": rng.choice(EMPTY)}
    return _on(rng, field, op, some(rng, values))


def _reference(rng: Random, field: str, values: Sequence[int]) -> Tree:
    op = rng.choice(("is", "is_not", "in", "not_in", "is_empty"))
    if op == "is_empty":
        return {"field": field, "op": rng.choice(EMPTY)}
    return _on(rng, field, op, some(rng, values) if op.endswith("in") else rng.choice(values))
