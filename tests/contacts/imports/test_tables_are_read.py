"""Tables of any encoding, separator, quoting and line end are read row by row."""

import csv
import json
from pathlib import Path

import pytest

from contacts.services.imports.encodings import SAMPLE
from contacts.services.imports.reading import Row
from tests.contacts.imports.sending import DATA
from tests.contacts.imports.tables import read, read_text
from tests.shared_data import shared

FOLDER = DATA / "csv-spectrum"
# The expected phone number of location_coordinates is another one upstream.
SPECTRUM = sorted(set(FOLDER.glob("*.csv")) - {FOLDER / "location_coordinates.csv"})
SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}
ENCODINGS = {
    "iso-8859-1": "cp1252",
    "windows-1252": "cp1252",
    "utf-8 with BOM": "utf-8-sig",
    "utf-16-le with BOM": "utf-16",
    "utf-16-le": "utf-16",
    "utf-16-be": "utf-16",
}


def cells(rows: list[Row]) -> list[list[str]]:
    return [row.cells for row in rows]


@pytest.mark.parametrize("file", SPECTRUM, ids=lambda file: file.stem)
def test_the_acid_test_of_csv_parsers(file: Path):
    known = (FOLDER / "expected" / f"{file.stem}.json").read_text().replace("\\r\\n", "\\n")
    _dialect, columns, rows = read(file)
    found = [dict(zip(columns, row.cells, strict=True)) for row in rows]
    assert found == json.loads(known)


def test_every_shared_table_has_the_rows_and_the_dialect_that_are_known():
    folder = shared("csv", "expected.csv").parent
    with (folder / "expected.csv").open() as known:
        for line in csv.DictReader(known):
            dialect, columns, rows = read(folder / line["file"])
            assert (len(rows), len(columns)) == (int(line["rows"]), int(line["columns"])), line
            assert dialect.encoding == ENCODINGS.get(line["encoding"], line["encoding"]), line
            assert dialect.separator == SEPARATORS[line["delimiter"]], line
            assert dialect.line_ending == line["line_ending"], line
            assert not [row for row in rows if row.problem], line


def test_accents_are_right_in_western_encodings(tmp_path: Path):
    text = "nom;ville\nGonçalves;Besançon\nLefèvre;Nîmes\nÉric;Orléans\nŒuvrard;Sète\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "mac-roman"):
        _dialect, _columns, rows = read_text(tmp_path, text.encode(encoding))
        assert cells(rows)[3] == ["Œuvrard", "Sète"], encoding
    for encoding in ("utf-16-le", "utf-16-be", "cp850", "iso8859-15"):
        _dialect, _columns, rows = read_text(tmp_path, text.replace("Œ", "E").encode(encoding))
        assert cells(rows)[0] == ["Gonçalves", "Besançon"], encoding


def test_an_accent_after_much_ascii_still_decides(tmp_path: Path):
    plain = "name,city\n" + "Ana,Lyon\n" * (SAMPLE // 8)
    for encoding in ("utf-8", "cp1252"):
        dialect, _columns, rows = read_text(tmp_path, (plain + "Zoé,Sète\n").encode(encoding))
        assert (dialect.encoding, rows[-1].cells) == (encoding, ["Zoé", "Sète"])


def test_what_a_person_chose_wins_over_what_was_sniffed(tmp_path: Path):
    content = "a;b,c\nŁódź;2,3\n".encode("cp1250")
    dialect, columns, rows = read_text(tmp_path, content, encoding="cp1250", separator=",")
    assert (dialect.encoding, columns, cells(rows)) == ("cp1250", ["a;b", "c"], [["Łódź;2", "3"]])


def test_names_are_made_for_columns_that_have_none_or_the_same(tmp_path: Path):
    _dialect, columns, _rows = read_text(tmp_path, "email,,email,City \n1,2,3,4\n")
    assert columns == ["email", "Column 2", "email (3)", "City"]


def test_excels_own_hint_names_the_separator(tmp_path: Path):
    dialect, columns, rows = read_text(tmp_path, "sep=|\r\na,b|c\r\n1,5|2\r\n")
    assert (dialect.separator, columns, cells(rows)) == ("|", ["a,b", "c"], [["1,5", "2"]])
