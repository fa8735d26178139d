"""Asks whether day or month comes first, where every date looked at can be read both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from backoffice.columns import number
from contacts.models import Import
from contacts.services.imports import drafts
from contacts.services.imports.dates import is_ambiguous, read_date
from contacts.services.imports.plan import SAMPLE
from kernel import moments
from kernel.registry import ConfigProblem

# So many dates show what either answer means.
EXAMPLES = 2


@dataclass(frozen=True)
class WhichDate:
    """The columns in question, and dates of theirs as either answer reads them."""

    columns: str
    # Each date as it is written, then as it is read by day and by month first.
    examples: list[tuple[str, str, str]]
    # How many rows were looked at where the file may be longer; else nothing.
    rows: str = ""


def asked(row: Import, looked: Mapping[str, Any], today: date) -> WhichDate | None:
    """Return what is to be asked of a draft; None where the file tells, or somebody did.

    The file tells by its first rows: those that are shown everywhere before it is taken in.
    """
    names: list[str] = looked["ambiguous"]
    if not names or "date_order" in row.options:
        return None
    cells = dict.fromkeys(cell.strip() for name in names for cell in drafts.cells_of(row, name))
    both = [cell for cell in cells if cell and is_ambiguous([cell])][:EXAMPLES]
    columns = ", ".join(_("“%(name)s”") % {"name": name} for name in names)
    rows = number(SAMPLE) if looked["looked_at"] >= SAMPLE else ""
    return WhichDate(columns, [(cell, *_read(cell, today)) for cell in both], rows)


def require_answer(row: Import, looked: Mapping[str, Any], today: date) -> None:
    """Refuse to take in dates while nobody said how they are read."""
    if asked(row, looked, today) is not None:
        message = _("Say first whether the day or the month comes first in the dates.")
        raise ConfigProblem([{"field": "date_order", "code": "ambiguous", "message": message}])


def _read(cell: str, today: date) -> tuple[str, str]:
    by_day, by_month = (moments.day(read_date(cell, order, today)) for order in ("dmy", "mdy"))
    return by_day, by_month
