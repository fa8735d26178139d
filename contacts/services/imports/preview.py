"""Show what an import would do: how the file is read, what the columns become, twenty rows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from contacts.catalogue import Catalogue
from contacts.services.imports import standing
from contacts.services.imports.convert import Converted
from contacts.services.imports.dates import is_ambiguous
from contacts.services.imports.encodings import readable
from contacts.services.imports.files import discard, path_of, store
from contacts.services.imports.mapping import Targets
from contacts.services.imports.options import Options, read_options, require_reason
from contacts.services.imports.plan import Plan, match_problems, plan
from contacts.services.imports.reading import PROBLEMS, Row
from contacts.services.imports.rehearsal import (
    Looked,
    converted,
    known_fields,
    rehearsed,
    sound,
)
from contacts.services.imports.start import Starter, Upload
from contacts.values import ValueProblem
from kernel.registry import Problem

ROWS = 20


def preview(upload: Upload, document: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Look at a file and forget it again; nothing is stored."""
    options = read_options(document)
    require_reason(options)
    stored = store(upload.chunks, now)
    try:
        settled = plan(path_of(stored), options, ready=False)
    finally:
        discard(stored)
    return shown(settled, options, now)


def shown(
    settled: Plan, options: Options, now: datetime, starter: Starter | None = None
) -> dict[str, Any]:
    """Tell what a plan makes of its file; `starter` says whose contacts may be touched."""
    known = known_fields(options)
    problems: list[Problem] = match_problems(options.match, settled.fields, known)
    looked = converted(settled.sample, settled, known, now)
    cleared, sharing = ({}, 0) if problems else _rehearse(looked, options, known, starter)
    return {
        "file": {
            "kind": "xlsx" if settled.spreadsheet else "text",
            **asdict(settled.dialect),
            **asdict(settled.conventions),
        },
        "columns": [
            {
                "name": column,
                "alias": settled.fields.get(column),
                "examples": _examples(settled, place),
            }
            for place, column in enumerate(settled.columns)
        ],
        "mapping": settled.fields,
        "aliases": Targets(known, options.match, options.object).aliases(),
        "rows": [_row(row, found, settled) for row, found in looked[:ROWS]],
        "looked_at": len(looked),
        "refused": sum(bool(row.problem or found.problems) for row, found in looked),
        "refused_by": _refused_by(looked),
        "cleared": cleared,
        "sharing": sharing,
        "ambiguous": _ambiguous(settled, known),
        "expected": settled.expected,
        "problems": problems,
    }


def _rehearse(
    looked: Looked, options: Options, known: Catalogue, starter: Starter | None
) -> tuple[dict[str, int], int]:
    """Add what only shows beside other rows and people.

    Counts what empty cells would clear, and rows that mean the company of another row.
    """
    found = sound(looked)
    tried = rehearsed(found, options, known, starter)
    for place, problems in tried.rejected.items():
        found[place].problems += [
            (one["field"] or "", ValueProblem(one["code"], one["message"])) for one in problems
        ]
    # What is known of people is told to who may change it alone.
    return dict(tried.cleared) if starter is not None else {}, tried.sharing


def _refused_by(looked: Looked) -> dict[str, int]:
    """Count the rows that each field refuses."""
    return dict(
        Counter(alias for _row, found in looked for alias in {one[0] for one in found.problems})
    )


def _ambiguous(settled: Plan, known: Catalogue) -> list[str]:
    """Name the columns of dates in which day and month could be exchanged in every row."""
    found = []
    for place, column in enumerate(settled.columns):
        spec = known.get(settled.fields.get(column, ""))
        if spec is not None and spec.type in {"date", "datetime"}:
            cells = (row.cells[place] for row in settled.sample if not row.problem)
            if is_ambiguous(cells):
                found.append(column)
    return found


def _examples(settled: Plan, place: int) -> list[str]:
    """Return the first three different values of a column."""
    cells = (readable(row.cells[place].strip()) for row in settled.sample if not row.problem)
    return list(islice(dict.fromkeys(cell[:200] for cell in cells if cell), 3))


def _named(settled: Plan, row: Row) -> Iterator[tuple[str, str]]:
    return zip(settled.columns, row.cells, strict=False)


def _row(row: Row, found: Converted, settled: Plan) -> dict[str, Any]:
    if row.problem:
        problems = [{"field": "", "message": _(PROBLEMS[row.problem])}]
        return {"line": row.line, "values": {}, "problems": problems}
    cells = {settled.fields.get(column): cell for column, cell in _named(settled, row)}
    problems = [
        {"field": alias, "message": why.message, "value": readable(cells.get(alias, ""))[:200]}
        for alias, why in found.problems
    ]
    values = {**found.values, "tags": found.tags} if found.tags else found.values
    if found.standing:
        values = {**values, **standing.told(found.standing)}
    return {"line": row.line, "values": values, "problems": problems}
