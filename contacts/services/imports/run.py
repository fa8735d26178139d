"""The job that takes a file in: batch after batch, resumed at the row where it stopped."""

import gc
import logging
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from contextvars import copy_context
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.services.imports import objects
from contacts.services.imports.batch import Batch, count, take_in
from contacts.services.imports.convert import Converted, Converter
from contacts.services.imports.effects import Effects
from contacts.services.imports.encodings import survey
from contacts.services.imports.ending import OPEN, end
from contacts.services.imports.erased_rows import Erased, forget_refused
from contacts.services.imports.files import discard, path_of
from contacts.services.imports.plan import Plan
from contacts.services.imports.reading import Row, opened
from contacts.services.imports.spreadsheet import as_text
from contacts.services.imports.terms import give_owner, is_large, owner_of, terms_of
from kernel import clock
from kernel.bulk import commit_lazily
from kernel.jobs import Claimed, LeaseLost, Unfinished
from kernel.locks import Overtaken
from kernel.registry import ConfigProblem

logger = logging.getLogger(__name__)
ROWS = 4_000
# A batch of long rows ends earlier, so that memory stays flat.
CHARACTERS = 4_000_000
# After so long the other jobs have their turn.
TURN_SECONDS = 30.0
TRIES = 5
# More objects than a few batches are made of.
SELDOM = 200_000
# SQLSTATE of a deadlock and of a serialisation failure.
_COLLISIONS = {"40P01", "40001"}


# From here on the planner's idea of the tables is worth renewing at once.
_MANY = 10_000
SOURCE_LANGUAGE = "en"


def run(job: Claimed) -> None:
    """Go on with an import, from wherever it is to its end or to the end of this turn."""
    imported = Import.objects.filter(pk=job.args["import"]).first()
    if imported is None or imported.state not in OPEN:
        return
    # What is kept of it (reasons, the error) is said in the language of whoever reads it.
    with translation.override(SOURCE_LANGUAGE):
        try:
            _begin(imported, job)
            _take_in_all(imported, job)
        except ConfigProblem as problem:
            _end(imported, job, Import.State.FAILED, problem.problems[0]["message"])
        except FileNotFoundError:
            _end(imported, job, Import.State.FAILED, _("The file is no longer there."))
        else:
            _end(imported, job, Import.State.DONE)
            _renew_statistics(imported)
            discard(imported.file)


def give_up(job: Claimed, error: str) -> None:
    """End an import whose job ended without hope, so that nobody waits for it.

    Its file stays for a while: it can be resumed.
    """
    end(job.args["import"], Import.State.FAILED, error, clock.now())


def _begin(imported: Import, job: Claimed) -> None:
    with transaction.atomic():
        job.keep()
        began = Import.objects.filter(pk=imported.pk, state__in=OPEN).update(
            state=Import.State.RUNNING
        )
        if not began:
            raise LeaseLost


def _end(imported: Import, job: Claimed, state: str, error: str = "") -> None:
    forget_refused(imported, job.keep)
    with transaction.atomic():
        job.keep()
        end(imported.pk, state, error, clock.now())


def _take_in_all(imported: Import, job: Claimed) -> None:
    plan = Plan.of(imported.plan)
    path = _as_text(imported, plan, job)
    effects, erased = Effects.of(imported, bulk=is_large(imported)), Erased.of(imported)
    converter = plan.converter(objects.of(imported).fields(), clock.now())
    turn_ends = time.monotonic() + TURN_SECONDS
    with opened(path, plan.dialect) as table, _spared_collections():
        room = Event()
        rows = _paced(islice(table.rows, imported.read, None), room)
        batches = _batches(rows, converter, owner_of(imported), only_own=plan.only_own)
        with closing(_ahead(batches, room)) as prepared:
            for batch in prepared:
                _write(batch, imported, (effects, erased), job)
                if time.monotonic() > turn_ends:
                    raise Unfinished


@contextmanager
def _spared_collections() -> Iterator[None]:
    """Have the garbage collector look seldom, and never at what the program itself holds.

    A batch is freed without it; looking through each again and again took a sixth of the time.
    """
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _as_text(imported: Import, plan: Plan, job: Claimed) -> Path:
    """Return the file to read rows from: a spreadsheet is written out as text first, once."""
    path = path_of(imported.file)
    if not plan.spreadsheet:
        return path
    text = as_text(path, plan.sheet, job.keep)
    if not imported.expected:
        with text.open("rb") as file:
            imported.expected = survey(file).lines
        imported.save(update_fields=["expected"])
    return text


def _paced(rows: Iterator[Row], room: Event) -> Iterator[Row]:
    """Hand out rows while there is room."""
    for row in rows:
        if not room.is_set():
            room.wait()
        yield row


def _ahead(batches: Iterator[Batch], room: Event) -> Generator[Batch, None, None]:
    """Read and convert the next batch while the database writes the one in hand.

    There is room while a statement runs: Python does one thing at a time, and what the server
    waits for comes first.
    """

    def following() -> Batch | None:
        return next(batches, None)

    def run(execute: Callable[..., Any], *statement: Any) -> Any:
        room.set()
        try:
            return execute(*statement)
        finally:
            room.clear()

    with ThreadPoolExecutor(1, "import") as thread, connection.execute_wrapper(run):
        try:
            # The context carries the language in which reasons are written.
            coming = thread.submit(copy_context().run, following)
            while (batch := _awaited(coming, room)) is not None:
                coming = thread.submit(copy_context().run, following)
                yield batch
        finally:
            room.set()


def _awaited(coming: Future[Batch | None], room: Event) -> Batch | None:
    room.set()
    try:
        return coming.result()
    finally:
        room.clear()


def _batches(
    rows: Iterator[Row], converter: Converter, owner: int | None, *, only_own: bool
) -> Iterator[Batch]:
    batch, characters = Batch(), 0
    for row in rows:
        converted = Converted({}) if row.problem else converter.convert(row.cells)
        give_owner(converted, owner, only_own=only_own)
        batch.add(row, converted)
        characters += sum(map(len, row.cells))
        if len(batch.rows) >= ROWS or characters >= CHARACTERS:
            yield batch
            batch, characters = Batch(), 0
    if batch.rows:
        yield batch


def _write(batch: Batch, imported: Import, by: tuple[Effects, Erased], job: Claimed) -> None:
    """Write a batch, again when its locks collided with another writer's."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                commit_lazily()
                counts = _taken_in(batch, imported, *by)
                # The job's row before the import's: whoever cancels locks in this order too.
                job.keep(read=imported.read + len(batch.rows))
                count(imported, counts)
        except Overtaken as overtaken:
            if attempt == TRIES - 1:
                raise Unfinished from overtaken
        except OperationalError as error:
            code = getattr(error.__cause__, "pgcode", None)
            if code not in _COLLISIONS or connection.in_atomic_block or attempt == TRIES - 1:
                raise
        else:
            imported.read += len(batch.rows)
            return


def _taken_in(batch: Batch, imported: Import, effects: Effects, erased: Erased) -> Counter[str]:
    """Write the rows of those who were not erased since the file came."""
    others = batch.without(erased.among(batch.converted))
    counts = take_in(others, imported, effects, terms_of(imported), clock.now())
    # Whoever was being erased held them locked: their rows came to wait, and then were new.
    if erased.among(others.converted):
        raise Overtaken
    counts["erased"] = len(batch.rows) - len(others.rows)
    return counts


def _renew_statistics(imported: Import) -> None:
    if imported.read >= _MANY:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE contact, contact_state, identifier")
