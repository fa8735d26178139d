"""Who changed what: faces and services tell a deed, and whoever keeps the trail writes it down."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel import clock
from kernel.documents import dumps

# Longer values (the HTML of an email) are cut: the trail says that they changed, not all of them.
LONGEST = 500


@dataclass(frozen=True)
class Deed:
    """One thing a person, or a token of theirs, did."""

    # Kind and verb as words: `emails` `send`, `users` `sign-in`.
    kind: str
    verb: str
    user: int | None = None
    token: int | None = None
    object: int | None = None
    name: str = ""
    path: str = ""
    address: str = ""
    # What differs: values of the same keys before and after.
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


Keeper = Callable[[Deed, datetime], None]
_keepers: list[Keeper] = []


def kept_by(keeper: Keeper) -> Keeper:
    """Register who writes deeds down, in the transaction of the deed; used as a decorator."""
    _keepers.append(keeper)
    return keeper


def note(deed: Deed, now: datetime) -> None:
    """Tell a deed."""
    for keeper in _keepers:
        keeper(deed, now)


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the values that differ, as JSON and cut to length, before and after."""
    plain_before, plain_after = _plain(before), _plain(after)
    keys = [
        key
        for key in (*plain_before, *(k for k in plain_after if k not in plain_before))
        if plain_before.get(key) != plain_after.get(key)
    ]
    return (
        {key: _cut(plain_before[key]) for key in keys if key in plain_before},
        {key: _cut(plain_after[key]) for key in keys if key in plain_after},
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write and read back, so that what is compared is what the API answers."""
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_text))
    return plain


def _text(value: object) -> str:
    return clock.iso(value) if isinstance(value, datetime) else str(value)


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else dumps(value)
    return value if len(text) <= LONGEST else text[:LONGEST] + "…"
