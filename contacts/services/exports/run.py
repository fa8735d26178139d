"""The job that writes an export: one snapshot, in flat memory, to a file nobody sees unfinished."""

import os
import time
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction
from django.utils.translation import gettext_noop as _
from psycopg2.errors import QueryCanceled

from contacts.models import Export
from contacts.services.exports.files import beside, discard, new_name, path_of
from contacts.services.exports.forgotten import packed, seen_before
from contacts.services.exports.rights import may_export
from contacts.services.exports.start import OPEN, WRITTEN, chosen_of
from kernel import clock
from kernel.exports import held
from kernel.jobs import Claimed, LeaseLost, Refusal
from kernel.registry import ConfigProblem
from kernel.sources import Column, Selected, sources
from kernel.tables import CsvTable, CutShort, Table

LIFE = timedelta(hours=24)
ROWS = 2_000
KEPT_EVERY = 1.0
# How long the database may take to put the rows aside, and the lease that covers it.
PATIENCE = timedelta(minutes=2)
LEASE = timedelta(minutes=3)
# Said in the language of whoever reads them.
NOBODY = _("Whoever asked for this may no longer export it.")
STALE = _("A filter of this search no longer holds, or names what is gone.")
SLOW = _("This takes too long. Narrow the search, take fewer columns, or CSV instead of XLSX.")
LONG = _("A text is longer than a cell of a spreadsheet holds. Take CSV instead of XLSX.")


def run(job: Claimed) -> None:
    """Write an export from its first row, whatever an earlier worker had written."""
    row = Export.objects.select_related("owner").filter(pk=job.args["export"]).first()
    if row is None or row.state not in OPEN:
        return
    selected = _selected(row)
    stored = new_name(row.format, clock.now())
    path = path_of(stored)
    try:
        _begin(row, selected, job)
        held_people = array("q")
        count = _write(row, selected, path, job, held_people)
        _finish(row, stored, count, job, packed(held_people))
    except BaseException as error:
        discard(path)
        if words := _said(error):
            raise Refusal(words) from error
        raise


def give_up(job: Claimed, error: str) -> None:
    """End an export whose job ended without hope."""
    Export.objects.filter(pk=job.args["export"], state__in=OPEN).update(
        state=Export.State.FAILED, error=error[:2000], finished_at=clock.now()
    )


def _selected(row: Export) -> Selected:
    """Settle what is read, with the rights its owner has by now."""
    source = sources.get(row.source)
    if source is None or not row.owner or not may_export(source, row.owner):
        raise Refusal(NOBODY)
    try:
        return source().selected(row.owner, chosen_of(row))
    except ConfigProblem as problem:
        raise Refusal(STALE) from problem


def _begin(row: Export, selected: Selected, job: Claimed) -> None:
    with transaction.atomic():
        job.keep(rows=0)
        mine = Export.objects.filter(pk=row.pk, state__in=OPEN)
        now = clock.now()
        # Who may fetch it depends on what is in it.
        written = [column.key for column in selected.columns]
        news: dict[str, Any] = {"chosen": {**row.chosen, WRITTEN: written}}
        news |= {"read_at": now, "erasures_seen": seen_before(now)}
        if not mine.update(state=Export.State.RUNNING, rows=0, **news):
            raise LeaseLost


def _write(row: Export, selected: Selected, path: Path, job: Claimed, people: "array[int]") -> int:
    count, kept = 0, time.monotonic()
    job.hold(LEASE)
    with (
        held(selected.statement, selected.parameters, PATIENCE) as cursor,
        _table(row, path, selected.columns) as table,
    ):
        _keep(row, 0, job)
        while rows := cursor.fetchmany(ROWS):
            if selected.numbered:
                people.extend(one[-1] for one in rows)
                rows = [one[:-1] for one in rows]
            table.add(rows)
            count += len(rows)
            if time.monotonic() - kept > KEPT_EVERY:
                _keep(row, count, job)
                kept = time.monotonic()
        # A large workbook is put together in one go.
        job.hold(LEASE)
    return count


def _keep(row: Export, count: int, job: Claimed) -> None:
    with transaction.atomic():
        job.keep(rows=count)
        Export.objects.filter(pk=row.pk).update(rows=count)


@contextmanager
def _table(row: Export, path: Path, columns: Sequence[Column]) -> Iterator[Table]:
    """Open the file under a name nobody asks for, and give it its own once it is whole."""
    folder = beside(path)
    folder.mkdir()
    part = folder / path.name
    if row.format == Export.Format.XLSX:
        # Loaded by those alone who write one.
        from kernel.sheets import XlsxTable

        zone = ZoneInfo(row.owner.timezone if row.owner else "UTC")
        table = XlsxTable(part, columns, folder=folder, zone=zone)
        try:
            yield table
        except BaseException:
            table.abandon()
            raise
        table.close()
    else:
        # Spreadsheets know UTF-8 by its mark.
        with part.open("x", newline="", encoding="utf-8-sig") as file:
            plain = CsvTable(file, columns)
            yield plain
            plain.close()
    with part.open("rb") as file:
        os.fsync(file.fileno())
    part.rename(path)
    folder.rmdir()


def _finish(row: Export, stored: str, count: int, job: Claimed, people: bytes) -> None:
    now = clock.now()
    with transaction.atomic():
        job.keep(rows=count)
        done = Export.objects.filter(pk=row.pk, state__in=OPEN).update(
            state=Export.State.DONE,
            rows=count,
            bytes=path_of(stored).stat().st_size,
            file=stored,
            people=people,
            finished_at=now,
            expires_at=now + LIFE,
        )
        if not done:
            raise LeaseLost


def _said(error: BaseException) -> str:
    if isinstance(error, CutShort):
        return LONG
    return SLOW if _is_slow(error) else ""


def _is_slow(error: BaseException) -> bool:
    cancelled = isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled)
    return cancelled or isinstance(error, SoftTimeLimitExceeded)
