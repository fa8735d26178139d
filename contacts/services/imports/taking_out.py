"""Takes the rows of people who were erased out of the files that wait for their owners' word.

From the moment of the erasure nobody sees them (`erased_rows`); a job then writes the files
anew. A file that is being imported goes as a whole when that ends, minutes later.
"""

import csv
import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from secrets import token_hex

from django.db import transaction
from django.db.models import F

from contacts.models import Import
from contacts.services.imports.encodings import errors_for
from contacts.services.imports.erased_rows import Erased, of_import
from contacts.services.imports.files import discard_beside, path_of
from contacts.services.imports.plan import Plan
from contacts.services.imports.reading import LONGEST_ROW, Lines, Row, opened, rows_of
from contacts.services.imports.sniff import Dialect
from contacts.services.imports.spreadsheet import copied, every_row
from kernel import jobs
from kernel.jobs import Claimed
from kernel.queues import hint_on_commit
from kernel.registry import ConfigProblem

KIND = "contacts.take_out_erased"
_AT_ONCE = 4_000
Beat = Callable[[], None]


def ask(now: datetime) -> None:
    """Have the files looked through after this transaction, if any are waiting."""
    if Import.objects.filter(state=Import.State.DRAFT).exists():
        jobs.enqueue(KIND, {}, now=now, alone=True)
        hint_on_commit("kernel.jobs")


@jobs.handles(KIND)
def work(job: Claimed) -> None:
    """Look through one file after the other; one too long for a turn is left to its last day."""
    rows = Import.objects.filter(state=Import.State.DRAFT, pk__gt=job.progress.get("begun", 0))
    for draft in rows.order_by("pk"):
        job.keep(begun=draft.pk)
        erased = of_import(draft)
        # One that cannot be read as it is being settled now is looked through the next time.
        with suppress(FileNotFoundError, ConfigProblem, UnicodeError, csv.Error):
            if erased.there_are():
                _take_out(draft, erased, job.keep)


def _take_out(draft: Import, erased: Erased, beat: Beat) -> None:
    plan, path = Plan.of(draft.plan), path_of(draft.file)
    # A name of its own, which is swept away with the file should this be cut off.
    target = path.with_suffix(f".{token_hex(4)}.part")
    count = (_book if plan.spreadsheet else _text)(path, target, plan, erased, beat)
    if not count:
        return
    with transaction.atomic():
        waiting = Import.objects.select_for_update(of=("self",)).filter(pk=draft.pk)
        # What was begun meanwhile is read by the position; it passes over them by itself.
        if waiting.filter(state=Import.State.DRAFT, file=draft.file).exists():
            os.replace(target, path)
            waiting.update(erased=F("erased") + count)
        # Copies of a sheet, and what was counted in them.
        discard_beside(draft.file)


def _text(path: Path, target: Path, plan: Plan, erased: Erased, beat: Beat) -> int:
    with opened(path, plan.dialect) as table:
        gone = _lines(table.rows, erased, beat)
    if gone:
        _copy(path, target, plan.dialect, gone)
    return len(gone)


def _book(path: Path, target: Path, plan: Plan, erased: Erased, beat: Beat) -> int:
    """Other sheets than the chosen one have columns that nobody named yet."""
    gone = {}
    for sheet, rows in every_row(path):
        first = next(rows, None)
        named = first is not None and first.cells[: len(plan.columns)] == plan.columns
        whose = erased if named or not plan.dialect.header else erased.anywhere()
        gone[sheet] = _lines(rows, whose, beat)
    if any(gone.values()):
        copied(path, target, gone)
    return sum(map(len, gone.values()))


def _lines(rows: Iterator[Row], erased: Erased, beat: Beat) -> set[int]:
    """Return the numbers of the rows that are to go."""
    gone: set[int] = set()
    while part := list(islice(rows, _AT_ONCE)):
        gone.update(part[place].line for place in erased.among(part))
        beat()
    return gone


class _Passed(Lines):
    """Passes on the lines of every row as they were, but of those that are to go."""

    def __init__(self, text: io.TextIOBase, into: Callable[[str], object]) -> None:
        super().__init__(text)
        self.into, self.gone = into, False

    def begin(self) -> None:
        """Pass on the last row, or one blank line for it: others keep their numbers."""
        if self.gone:
            last = self.taken[-1]
            self.into(last[len(last.rstrip("\r\n")) :] or "\n")
        else:
            self.into("".join(self.taken))
        self.gone = False
        super().begin()

    def give_back(self) -> str:
        """Keep the first line alone."""
        first = super().give_back()
        self.taken[1:] = []
        return first


def _copy(path: Path, target: Path, dialect: Dialect, gone: set[int]) -> None:
    encoding, errors = dialect.encoding, errors_for(dialect.encoding)
    with (
        path.open(encoding=encoding, errors=errors, newline=dialect.newline) as text,
        target.open("w", encoding=encoding, errors=errors, newline="") as into,
    ):
        for _line in range(dialect.skipped):
            into.write(text.readline(LONGEST_ROW))
        lines = _Passed(text, into.write)
        for row in rows_of(lines, dialect):
            lines.gone = row.line in gone
