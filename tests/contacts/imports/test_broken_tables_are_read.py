"""What is wrong with a row costs that row, and neither its neighbours nor memory."""

from pathlib import Path

import pytest

from contacts.services.imports.reading import LONGEST_CELL, LONGEST_ROW
from kernel.registry import ConfigProblem
from tests.contacts.imports.tables import read, read_text


def test_a_row_of_another_encoding_is_marked_and_the_others_are_not(tmp_path: Path):
    lines = ["name,city", *["Zoé,Nîmes"] * 20]
    content = "\n".join(lines).encode() + b"\nRen\xe9,Lyon\nAna,Nice\n"
    _dialect, _columns, rows = read_text(tmp_path, content)
    assert [(row.line, row.problem, row.cells) for row in rows if row.problem] == [
        (22, "bad_encoding", ["René", "Lyon"])
    ]
    assert rows[-1].cells == ["Ana", "Nice"]


def test_an_unclosed_quote_costs_its_row_and_no_other(tmp_path: Path):
    content = 'a,b\n1,2\n3,"4\n' + "5,6\n" * 50_000
    _dialect, _columns, rows = read_text(tmp_path, content)
    assert [(row.line, row.problem) for row in rows if row.problem] in (
        [(3, "bad_quotes")],
        [(3, "too_long")],
    )
    assert len(rows) == 50_002


def test_sec_26_a_cell_of_100_mb_costs_its_row_and_no_memory(tmp_path: Path):
    file = tmp_path / "table.csv"
    with file.open("wb") as out:
        out.write(b"a,b\n1,2\n")
        for _piece in range(100):
            out.write(b"x" * 1024 * 1024)
        out.write(b",2\n3,4\n")
    _dialect, _columns, rows = read(file)
    assert [row.problem for row in rows] == ["", "too_long", ""]
    assert max(len(cell) for row in rows for cell in row.cells) < LONGEST_ROW
    assert rows[-1].cells == ["3", "4"]


def test_sec_26_a_cell_over_the_limit_is_refused_alone(tmp_path: Path):
    _dialect, _columns, rows = read_text(tmp_path, f"a,b\n1,{'x' * (LONGEST_CELL + 1)}\n3,4\n")
    assert [row.problem for row in rows] == ["too_long", ""]


def test_sec_26_ten_thousand_columns_are_refused(tmp_path: Path):
    with pytest.raises(ConfigProblem) as refused:
        read_text(tmp_path, ",".join(f"c{n}" for n in range(10_000)) + "\n")
    assert refused.value.problems[0]["code"] == "too_many_columns"


def test_short_rows_are_whole_and_long_ones_are_not(tmp_path: Path):
    _dialect, _columns, rows = read_text(tmp_path, "a,b,c\n1\n1,2,3,,\n1,2,3,4\n,,\n\n5,6,7\n")
    assert [(row.line, row.problem) for row in rows] == [
        (2, ""),
        (3, ""),
        (4, "ragged_row"),
        (7, ""),
    ]
    assert rows[0].cells == ["1", "", ""]
