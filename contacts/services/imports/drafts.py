"""Drafts: files whose owner has not said yet how they are taken in. Nothing is written for them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.services.imports.clearing import counted
from contacts.services.imports.erased_rows import Erased
from contacts.services.imports.files import discard, path_of, shown_name, store
from contacts.services.imports.newfields import guess_type
from contacts.services.imports.options import WRITTEN, OptIn, Options, read_options
from contacts.services.imports.plan import SAMPLE, Plan, plan
from contacts.services.imports.preview import shown
from contacts.services.imports.rehearsal import LIFTED, converted, known_fields
from contacts.services.imports.spreadsheet import sheet_names
from contacts.services.imports.start import Starter, Upload, queue, settle
from contacts.services.imports.trouble import refuse
from kernel import clock
from kernel.registry import ConfigProblem

# Since it came, whoever touches it: it holds people's data, also of some who are erased meanwhile.
KEPT = timedelta(days=7)


def drafts_of(user_id: int) -> QuerySet[Import]:
    """Return the drafts of a user; a file on its way is nobody else's business."""
    return Import.objects.filter(state=Import.State.DRAFT, owner=user_id)


def draft(
    upload: Upload,
    document: dict[str, Any],
    starter: Starter,
    now: datetime,
    mends: int | None = None,
) -> Import:
    """Keep a file and how it is read; one that can be read in no way is refused now."""
    options = read_options(document)
    stored = store(upload.chunks, now)
    imported = Import(
        name=shown_name(upload.name),
        file=stored,
        state=Import.State.DRAFT,
        owner_id=starter.user_id,
        mends=mends,
        created_at=now,
    )
    try:
        try:
            return _keep(imported, options, starter, now)
        except ConfigProblem as problem:
            if problem.problems[0]["code"] != "no_header":
                raise
        # Columns get numbers; whoever maps them sees what is in them.
        written = {**options.written, "header": False}
        return _keep(imported, replace(options, written=written), starter, now)
    except BaseException:
        discard(stored)
        raise


def change(imported: Import, document: dict[str, Any], starter: Starter, now: datetime) -> Import:
    """Settle a draft anew by other settings, in the caller's transaction."""
    return _keep(imported, read_options(document), starter, now)


def keep(imported: Import, document: dict[str, Any], now: datetime) -> None:
    """Keep rules that somebody still chooses, without looking at the file; they settle nothing."""
    imported.options = read_options(document).as_json()
    imported.updated_at = now
    imported.save(update_fields=["options", "updated_at"])


def reread(imported: Import, written: Mapping[str, Any], starter: Starter, now: datetime) -> Import:
    """Read the file of a draft in another way; forget what was said of columns it lacks now."""
    document = {key: value for key, value in imported.options.items() if key not in WRITTEN}
    options = read_options({**document, **written})
    bare = replace(options, mapping={}, new_fields={}, opt_in=None, bounce=None)
    columns = set(_plan_of(imported, bare).columns)
    return _keep(imported, _without_strangers(options, columns), starter, now)


def look(imported: Import, now: datetime) -> dict[str, Any]:
    """Tell what would become of the draft's rows."""
    options = read_options(imported.options)
    starter = Starter(imported.owner_id or 0, only_own=imported.plan["only_own"])
    settled, erased = _seen(imported, options)
    looked = shown(settled, options, now, starter)
    rows, whole = looked["looked_at"], looked["looked_at"] + erased < SAMPLE
    count = None if whole or looked["problems"] else counted(imported, now)
    if count is not None and (count.whole or count.rows > rows):
        rows, whole, looked["cleared"] = count.rows, count.whole, dict(count.cleared)
    failed = count is not None and count.failed
    told = {"rows": rows, "whole": whole, "failed": failed}
    looked["lifted"] = looked["cleared"].pop(LIFTED, 0)
    return {**looked, "erased": erased, "counted": told}


def guess(imported: Import, column: str) -> str:
    """Tell what kind of field would hold a column of the draft."""
    return guess_type(cells_of(imported, column))


def cells_of(imported: Import, column: str) -> list[str]:
    """Return what the first rows of the draft hold in a column."""
    settled, _erased = _seen(imported, read_options(imported.options))
    place = settled.columns.index(column)
    return [row.cells[place] for row in settled.sample if not row.problem]


def sheets(imported: Import) -> list[str]:
    """Return the sheets of the draft's book, if it is one."""
    return sheet_names(path_of(imported.file)) if imported.plan["spreadsheet"] else []


def begin(imported: Import, starter: Starter, now: datetime) -> Import:
    """Queue the import of a draft, in the caller's transaction."""
    options = read_options(imported.options)
    try:
        return queue(imported, options, starter, now)
    except FileNotFoundError as error:
        raise _gone() from error


def forget(imported: Import) -> None:
    """Delete a draft and its file."""
    stored = imported.file
    imported.delete()
    transaction.on_commit(partial(discard, stored))


def clean(now: datetime) -> None:
    """Forget drafts that nobody came back to; their files go with the others of no use."""
    Import.objects.filter(created_at__lt=now - KEPT, state=Import.State.DRAFT).delete()


def _keep(imported: Import, options: Options, starter: Starter, now: datetime) -> Import:
    settled = settle(imported, options, starter, ready=False)
    imported.options, imported.plan = options.as_json(), settled.as_json()
    imported.expected, imported.updated_at = settled.expected, now
    imported.save()
    return imported


def _plan_of(imported: Import, options: Options) -> Plan:
    try:
        return plan(path_of(imported.file), options, ready=False)
    except FileNotFoundError as error:
        raise _gone() from error


def _seen(imported: Import, options: Options) -> tuple[Plan, int]:
    """Return the plan with the rows that may still be seen, and how many others it had."""
    settled, erased = _plan_of(imported, options), Erased.of(imported)
    if not erased.there_are():
        return settled, 0
    looked = converted(settled.sample, settled, known_fields(options), clock.now())
    gone = erased.among([found for _row, found in looked])
    if "email" not in settled.fields.values():
        # Nobody said yet where addresses stand; this only keeps rows from being shown.
        unsaid = [at for at, one in enumerate(settled.columns) if one not in settled.fields]
        gone |= erased.alone([row.cells for row in settled.sample], unsaid)
    others = [row for place, row in enumerate(settled.sample) if place not in gone]
    return replace(settled, sample=others), len(gone)


def _gone() -> ConfigProblem:
    return refuse("file", "gone", _("The file is no longer there. Upload it again."))


def _without_strangers(options: Options, columns: set[str]) -> Options:
    def known(opt_in: OptIn | None) -> OptIn | None:
        return opt_in if opt_in is not None and opt_in.column in columns else None

    return replace(
        options,
        mapping={name: alias for name, alias in options.mapping.items() if name in columns},
        new_fields={name: new for name, new in options.new_fields.items() if name in columns},
        opt_in=known(options.opt_in),
        bounce=options.bounce if options.bounce in columns else None,
    )
