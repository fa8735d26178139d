"""Conditions on behaviour: drawn at random, and what they mean in plain Python."""

import re
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from tests.filters.histories import CLICKED, ORDERS, URLS, Things, Tree, some
from tests.filters.moments import World, compared, inside

if TYPE_CHECKING:
    from tests.filters.oracle import Person

CUSTOM_EVENTS = ("shop.visited", "shop.bought")
COUNTED = "filters.counted"
# What comes with events: numbers as numbers and as texts, and texts that are none.
HELD: tuple[dict[str, Any], ...] = (
    {},
    {"shop": "Nice", "amount": 12.5},
    {"shop": "Lyon", "way": "web", "amount": "100"},
    {"shop": "NICE_1%", "way": "", "amount": -3},
    {"shop": "lyon\\", "amount": "12,5", "way": True},
)
SPANS = ("1h", "3h", "1d", "30d", "2w", "400d")
AMOUNTS = (-3, 0, 12.5, "12.50", 100, 87)
PARTS = ("contains", "starts_with", "ends_with")
CONTRARY = {"is_not": "is", "ne": "eq", "is_empty": "is_not_empty"}


def an_event(rng: Random, things: Things, period: Callable[[], Any]) -> Tree:
    """Return a condition on behaviour; `period` draws days, words and shifts."""
    kind = rng.choice((*CUSTOM_EVENTS, *CUSTOM_EVENTS, COUNTED, CLICKED))
    found: Tree = {"event": kind, **a_time(rng, period)}
    if kind == CLICKED and len(found) > 1 and rng.random() < 0.4:
        return found | {"which": rng.choice(("first", "last"))}
    if kind in CUSTOM_EVENTS and rng.random() < 0.3:
        found["total"] = {"of": "amount", **_order(rng, AMOUNTS)}
    elif rng.random() < 0.6:
        number = rng.randint(0, 3)
        op = rng.choice(ORDERS)
        found["count"] = {"op": op, "value": number + (op == "lt")}
    if kind != COUNTED and rng.random() < 0.6:
        found["where"] = _clicks(rng, things) if kind == CLICKED else _purchases(rng)
    return found


def a_time(rng: Random, period: Callable[[], Any]) -> Tree:
    """Return a period, or none."""
    found: Tree = {}
    if rng.random() < 0.4:
        found["within"] = rng.choice(SPANS)
    if rng.random() < 0.3:
        found["after"] = {"days": rng.choice((-40, -7, -1, 0))}
    if rng.random() < 0.3:
        found["before"] = period()
    elif "after" in found:
        found["after"] = period()
    return found


def _purchases(rng: Random) -> Tree:
    asked = [
        ("shop", rng.choice(("Nice", ["Lyon", "Nice"], _text(rng, "Nice_1%")))),
        ("way", rng.choice(("post", "true", _text(rng, "web")))),
        ("amount", rng.choice((12.5, ["100", -3], _order(rng, AMOUNTS), _presence(rng)))),
    ]
    return dict(some(rng, asked))


def _clicks(rng: Random, things: Things) -> Tree:
    asked: list[tuple[str, Any]] = [
        ("email", rng.choice((rng.choice(things.emails), list(things.emails)))),
        ("url", rng.choice((URLS[0], list(URLS), _text(rng, URLS[1])))),
        ("link", rng.choice((1, 3, [1, 2], {"op": "not_in", "value": ["1"]}))),
    ]
    return dict(some(rng, asked))


def _text(rng: Random, value: str) -> Tree:
    op = rng.choice(("is", "in", "matches", *PARTS, "is_empty"))
    if op == "is_empty":
        return _presence(rng)
    wanted: Any = rng.choice((value, value.upper()))
    if op == "in":
        wanted = [wanted, "LYON"]
    elif op == "matches":
        wanted = rng.choice(("^N", "e$", "[0-9]", "^$"))
    elif op in PARTS:
        start = rng.randrange(len(value))
        wanted = rng.choice((value[start:], value[: start + 1].upper(), "%", "_", "\\"))
    negated = "is_not" if op == "is" else f"not_{op}"
    return {"op": rng.choice((op, negated)), "value": wanted}


def _order(rng: Random, values: tuple[Any, ...]) -> Tree:
    op = rng.choice((*ORDERS, "between"))
    pair = sorted((rng.choice(values), rng.choice(values)), key=Decimal)
    return {"op": op, "value": pair if op == "between" else pair[0]}


def _presence(rng: Random) -> Tree:
    return {"op": rng.choice(("is_empty", "is_not_empty"))}


def behaved(tree: Tree, person: "Person", world: World) -> bool:
    """Say whether such a condition means a person."""
    mine = [(at, data) for kind, at, data, judged in person.events if _is(tree, kind, judged)]
    if "which" in tree:
        ats = sorted(at for at, _data in mine)
        return bool(ats) and inside(tree, ats[0 if tree["which"] == "first" else -1], world)
    found = [
        data
        for at, data in mine
        if inside(tree, at, world)
        and all(_asked(data, key, wanted) for key, wanted in tree.get("where", {}).items())
    ]
    if "total" in tree:
        total = tree["total"]
        amount = sum((_number(data.get(total["of"])) or Decimal(0) for data in found), Decimal(0))
        return compared(total["op"], amount, _exact(total["value"]))
    wanted = tree.get("count", {"op": "gte", "value": 1})
    return compared(wanted["op"], len(found), wanted["value"])


def _is(tree: Tree, kind: str, judged: int | None) -> bool:
    return kind == tree["event"] and judged != 3


def _asked(data: dict[str, Any], key: str, wanted: Any) -> bool:
    """Compare as texts, a list meaning any of its values; or by an operator."""
    held = None if data.get(key) is None else _said(data[key])
    if not isinstance(wanted, dict):
        values = wanted if isinstance(wanted, list) else [wanted]
        return held is not None and held in [_said(value) for value in values]
    op = wanted["op"]
    if op in CONTRARY or op.startswith("not_"):
        positive = CONTRARY.get(op, op.removeprefix("not_"))
        return not _holds(positive, held, wanted.get("value"))
    return _holds(op, held, wanted.get("value"))


def _holds(op: str, held: str | None, wanted: Any) -> bool:
    if op == "is_not_empty":
        return bool(held)
    if op in (*ORDERS, "between"):
        number = _number(held)
        return number is not None and compared(op, number, _exact(wanted))
    return held is not None and text_holds(op, held, wanted)


def text_holds(op: str, value: str, wanted: Any) -> bool:
    """Compare a text; only regular expressions mind case."""
    if op == "matches":
        return re.search(wanted, value) is not None
    low = value.lower()
    if op in {"is", "in"}:
        return low in [one.lower() for one in ([wanted] if op == "is" else wanted)]
    want = wanted.lower()
    return {
        "contains": want in low,
        "starts_with": low.startswith(want),
        "ends_with": low.endswith(want),
    }[op]


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> Decimal | None:
    text = str(value)
    return Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def _exact(value: Any) -> Any:
    return [_exact(one) for one in value] if isinstance(value, list) else Decimal(str(value))
