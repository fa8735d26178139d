"""Cells that say where somebody stands: their stage by name, and points for who is new."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils.translation import gettext_noop as _

from contacts.services.imports.numbers import plain_number
from contacts.values import ValueProblem
from kernel import subjects
from kernel.actions import Batch, contact_actions, run_action

STAGE, POINTS = "stage", "points"
# Nobody is moved by how a column happens to be called: these are said, never guessed.
SAID_ONLY = (STAGE, POINTS)
MOST = 1_000_000
WHOLE = re.compile(r"-?[0-9]{1,12}")
MOVE, ADJUST = "stages.change", "points.adjust"


def offered() -> tuple[str, ...]:
    """Return those of the two that an app takes care of."""
    return tuple(name for name, key in ((STAGE, MOVE), (POINTS, ADJUST)) if key in contact_actions)


def stage_reader(_decimal: str) -> Callable[[str], int]:
    """Return what finds a stage by its name; there are few."""
    found: dict[str, set[int]] = defaultdict(set)
    if subjects.listed(STAGE):
        for number, name in subjects.rows_of(STAGE).values_list("pk", "name"):
            found[" ".join(name.split()).casefold()].add(number)

    def read(raw: str) -> int:
        known = found.get(" ".join(raw.split()).casefold(), set())
        if len(known) != 1:
            raise ValueProblem("unknown_stage", _("There is no such stage, or more than one."))
        return next(iter(known))

    return read


def points_reader(decimal: str) -> Callable[[str], int]:
    """Return what reads a whole number of points, written like the file's other numbers."""

    def read(raw: str) -> int:
        try:
            written = plain_number(raw, decimal)
        except ValueError:
            written = ""
        if not WHOLE.fullmatch(written) or abs(int(written)) > MOST:
            raise ValueProblem("invalid_points", _("This is no whole number of points."))
        return int(written)

    return read


READERS: dict[str, Callable[[str], Callable[[str], int]]] = {
    STAGE: stage_reader,
    POINTS: points_reader,
}


def apply(wanted: Mapping[int, int], key: str, setting: str, batch: Batch, now: datetime) -> None:
    """Have each contact of a batch done by its own value: those who get the same at once."""
    kind = contact_actions.get(key)
    if kind is None:
        return
    alike: dict[int, set[int]] = defaultdict(set)
    for contact, value in wanted.items():
        alike[value].add(contact)
    for value in sorted(alike):
        # The import's own position proves that this happens once.
        run_action(kind({setting: value}), batch.only(alike[value]), now, claimed=True)


def told(found: Mapping[str, int]) -> dict[str, str | int]:
    """Return what a preview shows: stages by name."""
    names = subjects.names(STAGE, [found[STAGE]]) if STAGE in found else {}
    return {
        alias: names.get(value, value) if alias == STAGE else value
        for alias, value in found.items()
    }
