"""Ask for exports and read their files, as a client of the REST API does."""

import csv
import io
from typing import Any

from openpyxl import load_workbook
from rest_framework.test import APIClient

from contacts.models import Export
from contacts.services.exports.files import path_of
from tests.settle import settle

Row = dict[str, str]


def ask(api: APIClient, **wanted: Any) -> Any:
    return api.post("/api/v1/exports", wanted, format="json")


def exported(api: APIClient, **wanted: Any) -> Export:
    """Have an export written to its end."""
    answer = ask(api, **wanted)
    assert answer.status_code == 201, answer.content
    settle()
    row = Export.objects.get(pk=answer.json()["id"])
    assert (row.state, row.error) == ("done", "")
    return row


def content(api: APIClient, row: Export) -> bytes:
    """Fetch the file."""
    answer = api.get(f"/api/v1/exports/{row.pk}/file")
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def rows_of(api: APIClient, **wanted: Any) -> list[Row]:
    """Return what a CSV export holds."""
    row = exported(api, **wanted)
    text = content(api, row).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == row.rows
    return rows


def cells_of(api: APIClient, **wanted: Any) -> list[list[Any]]:
    """Return the typed cells of an XLSX export, the header first."""
    data = content(api, exported(api, format="xlsx", **wanted))
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    return [[cell.value for cell in line] for line in page.iter_rows()]


def left_behind() -> list[str]:
    """Return what lies in the folder of exports."""
    return sorted(path.name for path in path_of("exports").glob("*/*/*"))
