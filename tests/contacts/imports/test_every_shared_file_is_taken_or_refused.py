"""Each file of the shared collection that no list describes is read, or refused with a reason."""

import csv
from pathlib import Path

import pytest

from contacts.services.imports.options import read_options
from contacts.services.imports.plan import plan
from contacts.services.imports.preview import shown
from kernel import clock
from kernel.registry import ConfigProblem
from tests.contacts.imports.tables import read
from tests.shared_data import shared

# Rows, columns, and what is wrong with some of the rows.
KNOWN: dict[str, tuple[int, int, list[str]]] = {
    "csvkit/bad.csv": (3, 3, ["ragged_row"]),
    "csvkit/blanks.csv": (1, 6, []),
    "csvkit/dummy.tsv": (1, 3, []),
    "csvkit/null_byte.csv": (1, 3, []),
    "csvkit/optional_quote_characters.csv": (1, 3, []),
    "csvkit/test_empty_columns_long_row.csv": (0, 3, []),
    "csvkit/test_empty_columns_short_row.csv": (0, 3, []),
    "csvkit/test_extra_header.csv": (1, 4, []),
    "csvkit/test_ignore_case.csv": (5, 3, []),
    "csvkit/test_locale.csv": (1, 3, []),
    "csvkit/test_no_leading_zeroes.csv": (1, 3, []),
    "csvkit/test_numeric_date_format.csv": (2, 1, []),
    "csvkit/test_skip_lines.csv": (1, 3, []),
    "csvkit/test_utf8.csv": (2, 3, []),
    "exports/mailchimp_header.csv": (1, 19, []),
}
REFUSED = {
    "csvkit/empty.csv": "The file is empty.",
    "csvkit/no_header_row.csv": "The first row holds values, not the names of columns.",
}
# Sheets are read by a path of their own.
SHEETS = {"csvkit/sheets.xlsx": ["ragged_row"], "csvkit/test.xlsx": ["ragged_row"]}


@pytest.fixture
def folder() -> Path:
    return shared("csv", "expected.csv").parent


@pytest.mark.django_db
def test_no_file_is_forgotten(folder: Path):
    with (folder / "expected.csv").open() as file:
        listed = {line["file"] for line in csv.DictReader(file)}
    ours = {"expected.csv", *listed, *KNOWN, *REFUSED, *SHEETS}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.is_file()}
    # The acid test has answers of its own.
    assert {name for name in found if not name.startswith("csv-spectrum/")} == ours
    for name, known in KNOWN.items():
        _dialect, columns, rows = read(folder / name)
        told = [row.problem for row in rows if row.problem]
        assert (len(rows), len(columns), told) == known, name
    options = read_options({})
    for name, message in REFUSED.items():
        with pytest.raises(ConfigProblem) as refused:
            plan(folder / name, options, ready=False)
        assert refused.value.problems[0]["message"] == message
    for name, told in SHEETS.items():
        settled = plan(folder / name, options, ready=False)
        assert [row.problem for row in settled.sample if row.problem] == told, name
        (last,) = (one for one in shown(settled, options, clock.now())["rows"] if one["problems"])
        assert last["problems"][0]["message"].startswith("The row has more cells")
