"""The matrix of the activity rank: what counts as activity, in which operations, and how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import preferences
from kernel.events import CustomEvent, EventType, event_types
from kernel.retention import Need

SETTING = "points.activity"
# How a message came to be, by how its cause begins; what begins otherwise was sent singly.
MESSAGES = {"broadcast": "broadcast:", "campaign": "step:", "single": ""}
OPERATIONS: Mapping[str, Any] = {
    "broadcast": _lazy("Broadcasts"),
    "campaign": _lazy("Campaigns"),
    "single": _lazy("Single messages"),
    "site": _lazy("Web sites"),
    "shop": _lazy("Shop"),
    "own": _lazy("Events of your own"),
}
# All types of events that clients invented are one activity.
OWN = "own"
NONE, LINEAR, HALF_LIFE = "none", "linear", "half_life"
RECENCY: Mapping[str, Any] = {
    NONE: _lazy("All days of the window weigh the same"),
    LINEAR: _lazy("Older activity weighs less, day by day"),
    HALF_LIFE: _lazy("The weight halves four times over the window"),
}
LONGEST, MOST_NEEDED, HEAVIEST = 365, 1_000, 100
# What is not named weighs 1.
WEIGHTS = {"emails.clicked": 3, "orders.placed": 5, "carts.updated": 2, "pages.stayed": 0}
DEFAULT: dict[str, Any] = {"days": 60, "needed": 1, "recency": NONE, "weights": {}}


@dataclass(frozen=True)
class Cell:
    """An activity in a kind of operation."""

    event: str
    operation: str
    label: Any

    @property
    def key(self) -> str:
        """Return the name it has in the settings."""
        return f"{self.event}@{self.operation}"

    @property
    def default(self) -> int:
        """Return how much it weighs where nobody said."""
        return WEIGHTS.get(self.event, 1)


def activities() -> list[type[EventType]]:
    """Return the types of events that show activity."""
    return [kind for kind in event_types if kind.active and kind.operation]


def cells() -> Iterator[Cell]:
    """Walk the matrix, one kind of operation after the other."""
    kinds = activities()
    for operation in OPERATIONS:
        wanted = "message" if operation in MESSAGES else operation
        for kind in kinds:
            if kind.operation == wanted:
                yield Cell(kind.key, operation, kind.label)
    yield Cell(OWN, OWN, CustomEvent.label)


def settings() -> dict[str, Any]:
    """Return the settings in force, every cell with its weight."""
    kept = preferences.get(SETTING)
    weights = {cell.key: kept["weights"].get(cell.key, cell.default) for cell in cells()}
    return {**kept, "weights": weights}


def check(value: Any) -> dict[str, Any]:
    """Refuse settings that cannot be carried out; what is not given keeps its default."""
    if not isinstance(value, Mapping) or not set(value) <= set(DEFAULT):
        message = _("An object with %(names)s is expected.")
        raise ValueError(message % {"names": ", ".join(DEFAULT)})
    merged = {**DEFAULT, **value}
    if merged["recency"] not in RECENCY:
        message = _("One of these is expected: %(names)s.")
        raise ValueError(message % {"names": ", ".join(RECENCY)})
    return {
        "days": _whole(merged["days"], 1, LONGEST, _("Days of the window")),
        "needed": _whole(merged["needed"], 1, MOST_NEEDED, _("Events that make somebody active")),
        "recency": merged["recency"],
        "weights": _weights(merged["weights"]),
    }


def _weights(given: Any) -> dict[str, int]:
    known = {cell.key: cell for cell in cells()}
    if not isinstance(given, Mapping) or not set(given) <= set(known):
        message = _("Weights stand by activity: %(names)s.")
        raise ValueError(message % {"names": ", ".join(known)})
    found = {key: _whole(weight, 0, HEAVIEST, known[key].label) for key, weight in given.items()}
    if not any(found.get(key, cell.default) for key, cell in known.items()):
        raise ValueError(_("At least one activity must weigh something."))
    return found


def _whole(value: Any, least: int, most: int, label: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        message = _("%(label)s: a whole number from %(least)s to %(most)s is expected.")
        raise ValueError(message % {"label": label, "least": least, "most": most})
    return value


def needs() -> Iterator[Need]:
    """Tell how far back a run looks, at each event that weighs something."""
    kept = settings()
    length, name = timedelta(days=kept["days"]), _("The activity rank")
    for cell in cells():
        if cell.operation != OWN and kept["weights"][cell.key]:
            yield Need(cell.event, length, name)


declare = partial(preferences.declare, SETTING, DEFAULT, check)
