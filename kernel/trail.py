"""Who changed what: faces and services tell a deed, and whoever keeps the trail writes it down."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kernel import clock, masking
from kernel.documents import dumps

# Longer values (the HTML of an email) are cut: the trail says that they changed, not all of them.
LONGEST = 500
# What an address may be made of; a piece of one would be found by nobody who takes addresses out.
_LAST = re.compile(r"[^\s\"'<>(),;|]{1,320}\Z")


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


Censor = Callable[[Deed], Deed]
_censors: list[Censor] = []


def censored_by(censor: Censor) -> Censor:
    """Register who takes out of a deed what may not be kept; used as a decorator."""
    _censors.append(censor)
    return censor


def note(deed: Deed, now: datetime) -> None:
    """Tell a deed."""
    deed = _censored(deed)
    for keeper in _keepers:
        keeper(deed, now)


def _censored(deed: Deed) -> Deed:
    for censor in _censors:
        deed = censor(deed)
    return deed


Amender = Callable[[Deed], None]
_amenders: list[Amender] = []


def amended_by(amender: Amender) -> Amender:
    """Register who brings the latest entry of a thing up to date; used as a decorator."""
    _amenders.append(amender)
    return amender


def amend(deed: Deed) -> None:
    """Tell that the latest deed to a thing goes on: only what is after changes."""
    deed = _censored(deed)
    for amender in _amenders:
        amender(deed)


@dataclass(frozen=True)
class Told:
    """A deed as it was kept: who, when, what changed."""

    at: datetime
    who: str
    verb: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    user: int | None = None
    token: int | None = None
    # What was done, in words, where the verb does not tell.
    said: str = ""

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """Return what differs, for whoever reads now: name, before, after."""
        names = [*self.before, *(name for name in self.after if name not in self.before)]
        before, after = masking.told(self.before), masking.told(self.after)
        return [(name, before.get(name), after.get(name)) for name in names]


Reader = Callable[[str, int | None, int], list[Told]]
_readers: list[Reader] = []


def read_by(reader: Reader) -> Reader:
    """Register who knows what was kept, as a decorator: of a kind and number, so many at most."""
    _readers.append(reader)
    return reader


def history(kind: str, number: int | None, most: int) -> list[Told]:
    """Return what was done to a thing, the latest first; without a number, to the kind itself."""
    return [told for reader in _readers for told in reader(kind, number, most)]


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


def without(value: Any, pattern: re.Pattern[str], instead: str) -> Any:
    """Return a value of JSON with what matches replaced, in keys too."""
    if isinstance(value, str):
        return pattern.sub(instead, value)
    if isinstance(value, Mapping):
        return {
            pattern.sub(instead, key): without(one, pattern, instead) for key, one in value.items()
        }
    if isinstance(value, list):
        return [without(one, pattern, instead) for one in value]
    return value


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Write and read back, so that what is compared is what the API answers."""
    plain: dict[str, Any] = json.loads(json.dumps(values, default=_text))
    return plain


def _text(value: object) -> str:
    return clock.iso(value) if isinstance(value, datetime) else str(value)


def _cut(value: Any) -> Any:
    text = value if isinstance(value, str) else dumps(value)
    return value if len(text) <= LONGEST else shortened(text, LONGEST) + "…"


def shortened(text: str, most: int) -> str:
    """Return the beginning of a text without its last word, where the cut would go through it."""
    kept = text[:most]
    return _LAST.sub("", kept) if _LAST.match(text[most : most + 1]) else kept
