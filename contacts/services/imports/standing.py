"""Cells that say where somebody stands: their stage by name, and points for who is new."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from django.utils.translation import gettext_noop as _

from contacts.services.imports.numbers import plain_number
from contacts.values import ValueProblem
from kernel import subjects
from kernel.actions import Batch, Outcomes, contact_actions, run_action

STAGE, POINTS = "stage", "points"
# Nobody is moved by how a column happens to be called: these are said, never guessed.
SAID_ONLY = (STAGE, POINTS)
MOST = 1_000_000
WHOLE = re.compile(r"-?[0-9]{1,12}")
MOVE, ADJUST = "stages.change", "points.adjust"
GONE, FAILED = "gone", "failed"
# Why somebody whose values were written was not placed, as the file of these rows says it.
WHY = {
    GONE: _("This was deleted while the file was taken in."),
    FAILED: _("This was not done, for a reason nobody foresaw. The log tells more."),
    "restricted": _("Left out: processing is restricted."),
    "profiling_refused": _("Left out: they object to profiling."),
}


def offered() -> tuple[str, ...]:
    """Return those of the two that an app takes care of."""
    return tuple(name for name, key in ((STAGE, MOVE), (POINTS, ADJUST)) if key in contact_actions)


def as_named(text: str) -> str:
    """Return how names are compared: neither case nor spaces tell them apart."""
    return " ".join(text.split()).casefold()


def by_name(rows: Iterable[tuple[int, str]]) -> dict[str, set[int]]:
    """Return the numbers that each name, as it is compared, stands for."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, name in rows:
        found[as_named(name)].add(number)
    return found


def stage_reader(_decimal: str) -> Callable[[str], int]:
    """Return what finds a stage by its name; there are few."""
    listed = subjects.listed(STAGE)
    found = by_name(subjects.rows_of(STAGE).values_list("pk", "name")) if listed else {}

    def read(raw: str) -> int:
        known = found.get(as_named(raw), set())
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


def apply(
    wanted: Mapping[int, int], key: str, setting: str, batch: Batch, now: datetime
) -> dict[int, str]:
    """Have each contact of a batch done by its own value: those who get the same at once.

    Returns why it was not done for some: a key of `WHY`.
    """
    kind = contact_actions.get(key)
    if kind is None:
        return {}
    alike: dict[int, set[int]] = defaultdict(set)
    for contact, value in wanted.items():
        alike[value].add(contact)
    # Meanwhile a stage may have been deleted.
    there = known(STAGE, alike) if key == MOVE else set(alike)
    left: dict[int, str] = {}
    # What a file says of somebody is so, also where they had come further.
    more = {"backwards": True} if key == MOVE else {}
    for value in sorted(alike):
        if value in there:
            # The import's own position proves that this happens once.
            outcomes = run_action(
                kind({setting: value, **more}), batch.only(alike[value]), now, claimed=True
            )
            left |= unplaced(outcomes)
        else:
            left |= dict.fromkeys(alike[value], GONE)
    return left


def known(kind: str, numbers: Iterable[int]) -> set[int]:
    """Return which of these stages or segments there are."""
    return set(subjects.rows_of(kind).filter(pk__in=list(numbers)).values_list("pk", flat=True))


def unplaced(outcomes: Outcomes) -> dict[int, str]:
    """Return for whom an action did nothing, and why."""
    skipped = {contact: why if why in WHY else FAILED for contact, why in outcomes.skipped.items()}
    return skipped | dict.fromkeys(outcomes.failed, FAILED)


def told(found: Mapping[str, int]) -> dict[str, str | int]:
    """Return what a preview shows: stages by name."""
    names = subjects.names(STAGE, [found[STAGE]]) if STAGE in found else {}
    return {
        alias: names.get(value, value) if alias == STAGE else value
        for alias, value in found.items()
    }
