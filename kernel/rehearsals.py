"""What would come of an action, for simulations, and what came of it so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


@dataclass(frozen=True)
class Hindrance:
    """What keeps an action from taking effect: why, in words; until when, if it only waits."""

    code: str
    words: str
    until: datetime | None = None


@dataclass(frozen=True)
class Rehearsal:
    """How an action would end for each contact: whoever is named nowhere would be done."""

    skipped: Mapping[int, str] = field(default_factory=dict)
    failed: Mapping[int, str] = field(default_factory=dict)
    hindered: Mapping[int, Hindrance] = field(default_factory=dict)


class Effect(NamedTuple):
    """One figure of what an action brought about, and its share of the first, where it is one."""

    key: str
    label: str
    number: int
    share: float | None = None


class People(NamedTuple):
    """Contacts as a query with a column `contact_id`, each once, and its named values."""

    sql: str
    values: Mapping[str, Any]
