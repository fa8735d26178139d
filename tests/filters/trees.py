"""Random filters: every operator of every type, nested."""

from typing import Any

from hypothesis import strategies as st

from kernel import clock
from tests.filters.people import (
    BIRTHDAYS,
    COLOURS,
    COUNTED,
    COUNTRIES,
    CUSTOM_EVENTS,
    INSTANTS,
    NUMBERS,
    TAGS,
    TEXTS,
    TIMES,
)

Tree = dict[str, Any]
Trees = st.SearchStrategy[Tree]
NEGATED = st.fixed_dictionaries({}, optional={"with_value": st.booleans()})
WORDS = tuple(f"{a}_{b}" for a in ("last", "this", "next") for b in ("week", "month", "year"))
SMALL = st.integers(-40, 40)


def _on(field: str, **operators: st.SearchStrategy[Any]) -> Trees:
    """Draw a condition on a field: operators with their values, and the two on emptiness."""
    empty = st.sampled_from(("is_empty", "is_not_empty")).map(lambda op: {"field": field, "op": op})
    drawn = [empty] if field != "vip" else []
    for op, value in operators.items():
        one = value.map(lambda v, op=op: {"field": field, "op": op, "value": v})
        if op.startswith("not_") or op in {"is_not", "ne", "has_none"}:
            one = st.tuples(one, NEGATED).map(lambda pair: {**pair[0], **pair[1]})
        drawn.append(one)
    return st.one_of(drawn)


def _text(field: str, values: tuple[str, ...]) -> Trees:
    one = st.sampled_from(values)
    start = st.tuples(one, st.integers(1, 4)).map(lambda pair: pair[0][: pair[1]])
    part = start | st.sampled_from(("%", "_", "e", "\\"))
    operators: dict[str, st.SearchStrategy[Any]] = {
        "is": one,
        "contains": part,
        "starts_with": part,
        "ends_with": part,
        "matches": st.sampled_from(("^N", "e$", "[0-9]+", "a.b")),
        "in": st.lists(one, min_size=1, max_size=3),
    }
    negations = {"is_not" if op == "is" else f"not_{op}": v for op, v in operators.items()}
    return _on(field, **operators, **negations)


def _order(field: str, values: tuple[Any, ...]) -> Trees:
    one = st.sampled_from(values)
    pair = st.tuples(one, one).map(sorted)
    operators = dict.fromkeys(("eq", "ne", "gt", "gte", "lt", "lte"), one)
    return _on(field, **operators, between=pair)


def _dates(field: str, *, clock_too: bool) -> Trees:
    days = st.sampled_from(BIRTHDAYS).map(lambda day: day.isoformat())
    shifts = st.sampled_from(("days", "weeks", "months", "years"))
    shift = st.tuples(shifts, SMALL).map(lambda pair: {pair[0]: pair[1]})
    period = days | shift | st.sampled_from(("today", "yesterday", "tomorrow", *WORDS))
    span = st.sampled_from(("0d", "1d", "7d", "30d", "1w", "400d"))
    if clock_too:
        period |= st.sampled_from(INSTANTS).map(clock.iso)
        period |= st.integers(-30, 30).map(lambda hours: {"hours": hours})
        span |= st.sampled_from(("1h", "3h", "90m", "24h", "900h"))
    near = st.fixed_dictionaries(
        {}, optional={"before": st.integers(0, 40), "after": st.integers(0, 40)}
    )
    return _on(
        field,
        on=period,
        not_on=period,
        before=period,
        after=period,
        between=st.tuples(period, period).map(list),
        within_last=span,
        within_next=span,
        more_than_ago=span,
        anniversary=near,
    )


def _choices(field: str, values: tuple[str, ...]) -> Trees:
    some = st.lists(st.sampled_from(values), min_size=1, max_size=3)
    return _on(field, has_any=some, has_all=some, has_none=some)


def _reference(field: str, values: list[int]) -> Trees:
    one = st.sampled_from(values)
    some = st.lists(one, min_size=1, max_size=2)
    return _on(field, **{"is": one, "is_not": one, "in": some, "not_in": some})


def _event() -> Trees:
    number = st.fixed_dictionaries(
        {
            "op": st.sampled_from(("eq", "ne", "gt", "gte", "lt", "lte")),
            "value": st.integers(0, 3),
        }
    )
    where = st.sampled_from(({"shop": "Nice"}, {"shop": "Lyon", "way": "web"}, {"way": "post"}))
    within = st.sampled_from(("1h", "3h", "1d", "30d", "2w", "400d"))
    custom = st.fixed_dictionaries(
        {"event": st.sampled_from(CUSTOM_EVENTS)},
        optional={"count": number, "where": where, "within": within},
    )
    counted = st.fixed_dictionaries(
        {"event": st.just(COUNTED)}, optional={"count": number, "within": within}
    )
    return custom | counted


def conditions(owner: int, segments: list[int]) -> Trees:
    """Draw one condition of any kind."""
    inside = st.fixed_dictionaries(
        {
            "segment": st.lists(st.sampled_from(segments), min_size=1, max_size=2),
            "op": st.sampled_from(("in", "not_in")),
        }
    )
    return st.one_of(
        _text("country", COUNTRIES),
        _text("city", TEXTS),
        _text("plan", ("free", "pro", "TEAM")),
        _text("note", TEXTS),
        _text("company.name", ("acme", "ÉCLAIR")),
        _order("budget", NUMBERS),
        _order("points", (0, 1, 10)),
        _order("call_at", TIMES),
        _on("vip", **{"is": st.booleans()}),
        _dates("birthday", clock_too=False),
        _dates("renewal", clock_too=True),
        _dates("created_at", clock_too=True),
        _choices("colours", COLOURS),
        _choices("tags", TAGS),
        _reference("owner", [owner]),
        _reference("stage", [1, 2]),
        _event(),
        _event(),
        inside,
    )


def trees(owner: int, segments: list[int]) -> Trees:
    """Draw a filter, nested a few levels deep."""

    def group(parts: Trees) -> Trees:
        kind = st.sampled_from(("all", "any", "none"))
        return st.tuples(kind, st.lists(parts, min_size=1, max_size=4)).map(
            lambda pair: {pair[0]: pair[1]}
        )

    one = conditions(owner, segments)
    # Half of them plain: in a deep tree a wrong condition is easily hidden by its neighbours.
    return one | st.recursive(one, group, max_leaves=12)
