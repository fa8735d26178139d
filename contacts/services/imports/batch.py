"""Take some rows of an import in: one transaction that also counts them and moves the position."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from contacts.models import Import
from contacts.models.imports import What
from contacts.services.companies import Elsewhere
from contacts.services.company_upsert import write_many
from contacts.services.imports import employers
from contacts.services.imports.convert import Converted
from contacts.services.imports.effects import SEGMENT, Done, Effects, Met
from contacts.services.imports.encodings import readable
from contacts.services.imports.objects import COMPANY, CONTACT, Kind, of
from contacts.services.imports.reading import PROBLEMS, Row
from contacts.services.imports.standing import WHY
from contacts.services.plan import Terms
from contacts.services.upsert import REJECTED, UpsertResult, write
from kernel.bulk import array, copy_in
from kernel.documents import dumps
from kernel.jobs import LeaseLost
from kernel.locks import Overtaken
from kernel.registry import Problem

logger = logging.getLogger(__name__)
ATTEMPTS = 4
Store = Callable[[Sequence[Mapping[str, Any]], datetime, Terms], UpsertResult]
_WHAT = {
    "created": int(What.CREATED),
    "updated": int(What.UPDATED),
    "unchanged": int(What.UNCHANGED),
}
# The table and the column that names whom or what the rows are.
REMEMBER = """
INSERT INTO {met} AS known (import_id, {one}, what, written_at, changed)
SELECT %s, met, what, CASE WHEN written THEN %s END, changed
FROM unnest(%s::bigint[], %s::smallint[], %s::boolean[], %s::boolean[])
  AS m(met, what, written, changed)
ON CONFLICT (import_id, {one}) DO UPDATE SET
  what = least(known.what, excluded.what),
  changed = known.changed OR excluded.changed,
  written_at = CASE WHEN known.what < 3 AND excluded.what = 3 THEN known.written_at
                    ELSE coalesce(excluded.written_at, known.written_at) END
WHERE known.what > excluded.what OR excluded.written_at IS NOT NULL"""


@dataclass
class Batch:
    """Rows read and converted, waiting to be written."""

    rows: list[Row] = field(default_factory=list)
    converted: list[Converted] = field(default_factory=list)

    def add(self, row: Row, converted: Converted) -> None:
        """Take one more row."""
        self.rows.append(row)
        self.converted.append(converted)

    def without(self, places: Collection[int]) -> "Batch":
        """Return the batch but for the rows at these places."""
        left = [place for place in range(len(self.rows)) if place not in places]
        return Batch([self.rows[at] for at in left], [self.converted[at] for at in left])


@dataclass(frozen=True)
class Reject:
    """A refused row: where, the field at fault, and why: text as in the source, and values.

    One that is `written` was not refused: what stands beside its values was not done.
    """

    row: Row
    field: str
    reasons: list[dict[str, Any]]
    written: bool = False


def take_in(
    batch: Batch, imported: Import, effects: Effects, terms: Terms, now: datetime
) -> Counter[str]:
    """Write a batch inside the caller's transaction; return how many rows had which outcome."""
    columns = {alias: column for column, alias in imported.plan["fields"].items()}
    good, rejects = _sorted_out(batch, columns)
    kind = of(imported)
    store = write_many if kind.key == COMPANY else _with_companies
    result = _written([converted.values for _row, converted in good], now, terms, store)
    met: list[Met] = []
    rows: dict[int, Row] = {}
    for place, (row, converted) in enumerate(good):
        contact = result.ids[place]
        if contact is None:
            rejects.append(_reject(row, result.rejected[place], columns))
        else:
            met.append(Met(contact, result.outcomes[place], converted))
            rows[contact] = row
    done = effects.apply(met, now) if kind.key == CONTACT else Done()
    unplaced = [
        _unplaced(rows[contact], parts, columns) for contact, parts in done.unplaced.items()
    ]
    _remember(kind, imported.pk, met, now, effects.touched(met, now))
    _keep(imported.pk, [*rejects, *unplaced])
    counts = Counter(one.outcome for one in met)
    counts["rejected"], counts["unplaced"] = len(rejects), len(unplaced)
    counts["reopened"] = done.reopened
    return counts


def _with_companies(rows: Sequence[Mapping[str, Any]], now: datetime, terms: Terms) -> UpsertResult:
    """Write people, whose companies may be named by a unique field of theirs.

    Asked again where somebody else makes one, or takes a value, in between.
    """
    for attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                return _placed(rows, now, terms)
        except Elsewhere:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError  # the loop returns or raises


def _placed(rows: Sequence[Mapping[str, Any]], now: datetime, terms: Terms) -> UpsertResult:
    found = employers.placed([dict(row) for row in rows])
    bare, refused = found.rows, found.rejected
    if not refused:
        return write(bare, now, terms, employers=found.employers)
    sound = [place for place in range(len(bare)) if place not in refused]
    written = write([bare[place] for place in sound], now, terms, employers=found.employers)
    result = UpsertResult([None] * len(bare), [REJECTED] * len(bare), dict(refused))
    for number, place in enumerate(sound):
        result.ids[place], result.outcomes[place] = written.ids[number], written.outcomes[number]
        if number in written.rejected:
            result.rejected[place] = written.rejected[number]
    return result


def count(imported: Import, counts: Mapping[str, int]) -> None:
    """Move the position by the rows just written; whoever finds it elsewhere writes nothing."""
    outcomes = ("created", "updated", "unchanged", "rejected", "erased")
    size = sum(counts.get(name, 0) for name in outcomes)
    names = (*outcomes, "unplaced", "reopened")
    moved = Import.objects.filter(
        pk=imported.pk, read=imported.read, state=Import.State.RUNNING
    ).update(read=F("read") + size, **{name: F(name) + counts.get(name, 0) for name in names})
    if not moved:
        raise LeaseLost


def _sorted_out(
    batch: Batch, columns: Mapping[str, str]
) -> tuple[list[tuple[Row, Converted]], list[Reject]]:
    good: list[tuple[Row, Converted]] = []
    rejects: list[Reject] = []
    for row, converted in zip(batch.rows, batch.converted, strict=True):
        if row.problem:
            rejects.append(Reject(row, "", [{"code": row.problem, "text": PROBLEMS[row.problem]}]))
        elif converted.problems:
            reasons = [
                _why(columns, alias, problem.code, problem.text, problem.values)
                for alias, problem in converted.problems
            ]
            rejects.append(Reject(row, converted.problems[0][0], reasons))
        else:
            good.append((row, converted))
    return good, rejects


def _reject(row: Row, problems: Sequence[Problem], columns: Mapping[str, str]) -> Reject:
    # The job speaks the language of the source, so that these are texts of it.
    reasons = [_why(columns, one["field"] or "", one["code"], one["message"]) for one in problems]
    return Reject(row, problems[0]["field"] or "", reasons)


def _unplaced(row: Row, parts: Sequence[tuple[str, str]], columns: Mapping[str, str]) -> Reject:
    # Of people who stand in several rows the last one says where they are to stand.
    reasons = [_why({SEGMENT: SEGMENT, **columns}, part, why, WHY[why]) for part, why in parts]
    return Reject(row, parts[0][0], reasons, written=True)


def _why(
    columns: Mapping[str, str],
    alias: str,
    code: str,
    text: str,
    values: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Keep a reason; the column is named as the file does, so that people find the cell."""
    told = {"column": columns.get(alias, ""), "code": code, "text": text, "values": values}
    return {key: value for key, value in told.items() if value}


def _written(
    rows: Sequence[Mapping[str, Any]], now: datetime, terms: Terms, store: Store
) -> UpsertResult:
    """Write rows; what the database itself refuses is halved down to the one row at fault.

    So are rows whose people others are quicker with each time. `Overtaken`: even one by one.
    """
    try:
        with transaction.atomic():
            return store(rows, now, terms)
    except Overtaken:
        if len(rows) == 1:
            raise
    except (DataError, IntegrityError):
        if len(rows) == 1:
            logger.exception("A row of an import could not be stored")
            problem: Problem = {
                "field": "",
                "code": "not_stored",
                "message": _("The row could not be stored."),
            }
            return UpsertResult([None], ["rejected"], {0: [problem]})
    middle = len(rows) // 2
    first, second = (_written(part, now, terms, store) for part in (rows[:middle], rows[middle:]))
    moved = {place + middle: problems for place, problems in second.rejected.items()}
    return UpsertResult(
        first.ids + second.ids, first.outcomes + second.outcomes, first.rejected | moved
    )


def _remember(
    kind: Kind, import_id: int, met: Sequence[Met], now: datetime, touched: set[int]
) -> None:
    """Keep the strongest thing that was done to each, and when it was last written.

    `touched` are those whose values stayed and to whom something else was done.
    """
    done: dict[int, int] = {}
    written = {one.contact for one in met if one.outcome != "unchanged"} | touched
    changed = {one.contact for one in met if one.outcome == "updated"}
    for one in met:
        what = _WHAT[one.outcome]
        done[one.contact] = min(what, done.get(one.contact, what))
    if done:
        contacts, marks = zip(*sorted(done.items()), strict=True)
        flags = [
            array("t" if contact in those else "f" for contact in contacts)
            for those in (written, changed)
        ]
        values: list[Any] = [import_id, now, array(contacts), array(marks), *flags]
        with connection.cursor() as cursor:
            table = kind.met._meta.db_table
            cursor.execute(REMEMBER.format(met=table, one=kind.column), values)


def _keep(import_id: int, rejects: Sequence[Reject]) -> None:
    if not rejects:
        return
    rows = (
        (
            import_id,
            reject.row.line,
            dumps([readable(cell) for cell in reject.row.cells]),
            reject.field,
            dumps(reject.reasons),
            reject.written,
        )
        for reject in sorted(rejects, key=lambda reject: reject.row.line)
    )
    copy_in("import_reject", ["import_id", "line", "cells", "field", "reasons", "written"], rows)
