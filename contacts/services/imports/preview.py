"""Show what an import would do: how the file is read, what the columns become, twenty rows."""

from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import Any

from contacts.catalogue import catalogue
from contacts.services.imports.encodings import readable
from contacts.services.imports.files import discard, path_of, store
from contacts.services.imports.mapping import Targets
from contacts.services.imports.options import read_options
from contacts.services.imports.plan import Plan, match_problems, plan
from contacts.services.imports.reading import PROBLEMS, Row
from contacts.services.imports.start import Upload
from kernel.registry import Problem

ROWS = 20


def preview(upload: Upload, document: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Look at a file and forget it again; nothing is stored."""
    options = read_options(document)
    stored = store(upload.chunks, now)
    try:
        settled = plan(path_of(stored), options, ready=False)
    finally:
        discard(stored)
    problems: list[Problem] = match_problems(options.match, settled.fields, catalogue())
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
        "aliases": Targets(catalogue(), options.match).aliases(),
        "rows": _rows(settled, now),
        "expected": settled.expected,
        "problems": problems,
    }


def _examples(settled: Plan, place: int) -> list[str]:
    """Return the first three different values of a column."""
    cells = (readable(row.cells[place].strip()) for row in settled.sample if not row.problem)
    return list(islice(dict.fromkeys(cell[:200] for cell in cells if cell), 3))


def _rows(settled: Plan, now: datetime) -> list[dict[str, Any]]:
    converter = settled.converter(catalogue(), now)
    shown = []
    for row in settled.sample[:ROWS]:
        if row.problem:
            shown.append(_shown(row, {}, [{"field": "", "message": str(PROBLEMS[row.problem])}]))
            continue
        found = converter.convert(row.cells)
        problems = [{"field": alias, "message": message} for alias, message in found.problems]
        values = {**found.values, "tags": found.tags} if found.tags else found.values
        shown.append(_shown(row, values, problems))
    return shown


def _shown(row: Row, values: dict[str, Any], problems: list[dict[str, str]]) -> dict[str, Any]:
    return {"line": row.line, "values": values, "problems": problems}
