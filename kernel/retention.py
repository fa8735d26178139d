"""How long kinds of things are kept: what apps declare, and what the workspace chose."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from kernel import clock, preferences
from kernel.filters import present, spans
from kernel.filters.contract import kinds
from kernel.registry import ConfigProblem

SETTING = "privacy.retention"
LONGEST = 3_660


@dataclass(frozen=True)
class Keeping:
    """One kind of thing that grows old."""

    key: str
    label: Any
    # What is done to those past their time, for people.
    what: Any
    # Days they are kept unless somebody chose; None is for ever.
    default: int | None
    # How many are older than that instant.
    count: Callable[[datetime], int]
    # Forget one slice of them, within a transaction; returns how many, 0 at the end.
    forget: Callable[[datetime, datetime], int]
    least: int = 1
    most: int = LONGEST
    # Whether they may be kept for ever.
    for_ever: bool = True
    # The setting that holds the days where that is older than this page.
    setting: str = ""
    # Whether people themselves go: whoever shortens it sees first how many.
    people: bool = False
    # Says why so few days are not possible now; empty: they are.
    refuse: Callable[[int], str] = field(default=lambda days: "")

    @property
    def days(self) -> int | None:
        """Return how long they are kept."""
        if self.setting:
            return int(preferences.get(self.setting))
        chosen: int | None = preferences.get(SETTING).get(self.key, self.default)
        return chosen

    def before(self, now: datetime) -> datetime | None:
        """Return the instant before which they are past their time."""
        days = self.days
        return None if days is None else now - timedelta(days=days)


class NotKept(Exception):  # noqa: N818 - an answer to a caller
    """Some days cannot be so: `problems` by kind, empty where there is no such kind."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__(problems)
        self.problems = problems


_kept: dict[str, Keeping] = {}


def declare(keeping: Keeping) -> None:
    """Let an app say what grows old; called from `plugins`."""
    _kept[keeping.key] = keeping


def kept() -> list[Keeping]:
    """Return all kinds, in the order of their declaration."""
    return list(_kept.values())


def _checked(value: Any) -> dict[str, int | None]:
    if not isinstance(value, dict):
        raise ValueError(_("An object of days by kind is expected."))
    for key, days in value.items():
        keeping = _kept.get(key)
        if keeping is None or keeping.setting:
            raise ValueError(_("Nothing of the kind %(key)s is kept by age.") % {"key": key})
        check_days(keeping, days)
    return value


def read(given: Mapping[str, Any]) -> dict[str, int | None]:
    """Check days by kind that somebody wants counted; raises `NotKept`.

    Kinds with a setting of their own are taken, too: nothing is kept.
    """
    problems: dict[str, str] = {}
    for key, days in given.items():
        if (keeping := _kept.get(key)) is None:
            problems[key] = ""
            continue
        try:
            check_days(keeping, days)
        except ValueError as problem:
            problems[key] = str(problem)
    if problems:
        raise NotKept(problems)
    return dict(given)


def check_days(keeping: Keeping, days: Any) -> None:
    """Raise `ValueError` with a sentence where something cannot be kept for so long."""
    if days is None and keeping.for_ever:
        return
    whole = isinstance(days, int) and not isinstance(days, bool)
    if not whole or not keeping.least <= days <= keeping.most:
        message = _("A number of days from %(least)s to %(most)s is expected.")
        raise ValueError(message % {"least": keeping.least, "most": keeping.most})
    if why := keeping.refuse(days):
        raise ValueError(why)


preferences.declare(SETTING, {}, _checked)


@dataclass(frozen=True)
class Need:
    """That something looks back at events of a type for so long."""

    event: str
    length: timedelta
    # What it is called, with its kind.
    name: str


Needs = Callable[[], Iterable[Need]]
_needs: list[Needs] = []


def needed_by(finder: Needs) -> None:
    """Let an app say how far back it looks into the log; called from `plugins`."""
    _needs.append(finder)


def longest_need(events: Callable[[str], bool]) -> Need | None:
    """Return who looks back furthest at events of these types."""
    found = [need for finder in _needs for need in finder() if events(need.event)]
    return max(found, key=lambda need: need.length, default=None)


def windows(document: Any) -> Iterator[tuple[str, timedelta]]:
    """Return the events and periods of all conditions that look back in a document."""
    if isinstance(document, list):
        for part in document:
            yield from windows(part)
    elif isinstance(document, dict):
        try:
            yield from _window(document)
        except (ConfigProblem, ValueError):
            # A draft that is not finished.
            return
        for part in document.values():
            yield from windows(part)


def _window(document: dict[str, Any]) -> Iterator[tuple[str, timedelta]]:
    # The first and the last of a type are known for ever.
    if isinstance(document.get("event"), str) and not document.get("which"):
        length = spans.reach(document, present(clock.now()))
        if length is not None:
            yield document["event"], length
    for name, kind in kinds():
        if name in document:
            yield from kind.windows(document)
