"""Why somebody has the activity rank they have: what counted, what that came to, and the bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contacts.models import Contact, ContactState
from points.models import RankRun
from points.services import when
from points.services.matrix import MESSAGES, OPERATIONS, cells
from points.services.ranking import (
    SAID,
    TOO_NEW,
    UNMEASURED,
    UNREACHED,
    measurability,
)
from points.services.scoring import POINT, Scoring

LOW, MEDIUM = 3, 7
RANKED, INACTIVE, TOO_FEW = "ranked", "inactive", "too_few"
UNMEASURABLE, OBJECTED, NOT_YET = "not_measurable", "objected", "not_yet"
UNREACHABLE, NEW = "unreachable", "too_new"
MEASURABLE = f"""
WITH {SAID.format(whom="AND contact_id = %(contact)s", which="AND id = %(contact)s")}
SELECT EXISTS (SELECT 1 FROM withheld), {UNMEASURED}, {UNREACHED}, {TOO_NEW}
FROM contact c LEFT JOIN said k ON true WHERE c.id = %(contact)s"""  # noqa: S608 - statements of ours


@dataclass(frozen=True)
class Part:
    """An activity in a kind of operation, as it counted for one contact."""

    key: str
    name: str
    operation: str
    count: int
    points: float
    last_at: datetime


@dataclass(frozen=True)
class Explanation:
    """One contact's rank: as it is kept, and as the same run finds it again."""

    rank: int | None
    reason: str
    run: RankRun | None
    next_at: datetime | None
    events: int = 0
    points: float = 0
    # The least points of the ranks 1 to 10.
    bounds: Sequence[float | None] = ()
    parts: Sequence[Part] = ()

    @property
    def words(self) -> str:
        """Say it in a sentence."""
        return said(self)


def explain(contact: int) -> Explanation:
    """Look at one contact with the settings and at the instant of the last run."""
    kept = ContactState.objects.filter(contact=contact).values_list("activity_rank", flat=True)
    rank, run, next_at = kept.first(), when.last(), when.due_at()
    if run is None:
        return Explanation(rank, NOT_YET, None, next_at)
    scoring = Scoring(run.settings, run.at)
    parts, score = _parts(scoring, contact)
    events = sum(part.count for part in parts)
    return Explanation(
        rank=rank,
        reason=_reason(scoring, contact, events),
        run=run,
        next_at=next_at,
        events=events,
        points=score / POINT,
        bounds=[None if least is None else least / POINT for least in run.bounds],
        parts=parts,
    )


def level(rank: int | None) -> str:
    """Return how a rank is drawn: `low`, `medium`, `high`, or nothing for none."""
    if not rank:
        return ""
    return "low" if rank <= LOW else "medium" if rank <= MEDIUM else "high"


def said(found: Explanation) -> str:
    """Say in a sentence why somebody has this rank."""
    if found.run is None:
        return _("Nobody's activity has been measured yet.")
    days = found.run.settings["days"]
    events = ngettext("%(count)s event", "%(count)s events", found.events) % {"count": found.events}
    # Part of a point reads as several.
    whole = 1 if found.points == 1 else 2
    came_to = ngettext(
        "%(events)s in %(days)s days came to %(points)s point.",
        "%(events)s in %(days)s days came to %(points)s points.",
        whole,
    )
    return {
        RANKED: came_to,
        INACTIVE: _("Nothing that counts happened in %(days)s days."),
        TOO_FEW: _("%(events)s in %(days)s days; %(needed)s make somebody active."),
        UNMEASURABLE: _("Nothing may be measured of this person, who counts as neither."),
        UNREACHABLE: _(
            "Nothing that counts happened, but there is no address to write to: neither active nor"
            " inactive."
        ),
        NEW: _(
            "Too new to be called inactive: nothing that counts happened in the first days yet."
        ),
        OBJECTED: _("This person objects to profiling, or is restricted, and has no rank."),
        NOT_YET: _("This person came after the last run and is measured in the next one."),
    }[found.reason] % {
        "events": events,
        "days": days,
        "points": f"{found.points:g}",
        "needed": found.run.settings["needed"],
    }


def _parts(scoring: Scoring, contact: int) -> tuple[list[Part], int]:
    names = {(cell.event, cell.operation): str(cell.label) for cell in cells()}
    with connection.cursor() as cursor:
        cursor.execute(scoring.parts(), {**scoring.parameters(), "contact": contact})
        rows = cursor.fetchall()
    found: dict[tuple[str, str], list[Any]] = {}
    for number, cause, count, score, last_at in rows:
        event = scoring.key_of(number)
        operation = _operation(event, cause)
        kept = found.setdefault((event, operation), [0, 0, last_at])
        kept[0], kept[1], kept[2] = kept[0] + count, kept[1] + score, max(kept[2], last_at)
    parts = [
        Part(
            f"{event}@{operation}",
            names.get((event, operation), event),
            str(OPERATIONS[operation]),
            count,
            score / POINT,
            last_at,
        )
        for (event, operation), (count, score, last_at) in found.items()
    ]
    return parts, sum(row[3] for row in rows)


def _operation(event: str, cause: str) -> str:
    mine = [cell.operation for cell in cells() if cell.event == event]
    return cause if cause in mine and cause in MESSAGES else mine[0]


def _reason(scoring: Scoring, contact: int, events: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute(MEASURABLE, {**measurability(scoring), "contact": contact})
        row = cursor.fetchone()
    # Gone meanwhile: nothing is asked of whom nobody knows.
    objected, unmeasured, unreached, too_new = row or (False, True, False, False)
    if Contact.objects.filter(pk=contact, created_at__gt=scoring.at).exists():
        return NOT_YET
    if objected:
        return OBJECTED
    if events >= scoring.settings["needed"]:
        return RANKED
    if unmeasured:
        return UNMEASURABLE
    if unreached or too_new:
        return UNREACHABLE if unreached else NEW
    return TOO_FEW if events else INACTIVE
