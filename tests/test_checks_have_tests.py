"""`docs/security.md` tells the truth: every check has a test that names it, or a reason."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "security.md").read_text()
ROW = re.compile(r"^\| ((?:SEC|REL|PRV)-\d\d) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {number: (promise, tests) for number, promise, tests in ROW.findall(PAGE)}
RANGES = {
    "SEC": [
        *range(1, 19),
        20,
        22,
        26,
        *range(28, 34),
        *range(38, 44),
        *range(46, 53),
        *range(58, 63),
        65,
        66,
    ],
    "REL": [*range(1, 39), 43, *range(46, 53)],
    "PRV": [1, 2, *range(5, 13), *range(15, 22)],
}
WANTED = [f"{kind}-{number:02}" for kind, numbers in RANGES.items() for number in numbers]


def named_in(text: str) -> set[str]:
    """Read `REL-02, 03 and 11`, `SEC-08 to SEC-13`, `test_rel_35_…`."""
    found = {f"{k.upper()}-{n}" for k, n in re.findall(r"(?i)\b_?(sec|rel|prv)[-_](\d\d)", text)}
    found |= {f"{k.upper()}-{n}" for k, n in re.findall(r"(?i)_(sec|rel|prv)_(\d\d)_", text)}
    for kind, more in re.findall(r"(SEC|REL|PRV)-\d\d((?:(?:, | and )\d\d)+)", text):
        found |= {f"{kind}-{number}" for number in re.findall(r"\d\d", more)}
    span = r"(SEC|REL|PRV)-(\d\d)(?: to |…|-)(?:\1-)?(\d\d)"
    for kind, first, last in re.findall(span, text):
        found |= {f"{kind}-{number:02}" for number in range(int(first), int(last) + 1)}
    return found


@pytest.mark.parametrize("number", WANTED)
def test_every_check_of_the_core_has_its_row(number: str):
    assert number in ROWS, f"docs/security.md has no row for {number}"


@pytest.mark.parametrize("number", ROWS)
def test_every_row_leads_to_a_test_that_names_it_or_gives_a_reason(number: str):
    promise, column = ROWS[number]
    files = re.findall(r"`(tests/[^`]+\.py)`", column)
    assert promise.strip()
    if not files:
        assert column.startswith("none: "), f"{number}: name a test, or write `none: reason`"
        return
    missing = [name for name in files if not (ROOT / name).is_file()]
    assert missing == []
    naming = [name for name in files if number in named_in((ROOT / name).read_text())]
    assert naming, f"{number} is named in none of {files}"


def test_numbers_are_read_however_they_are_written():
    text = "REL-02, 03 and 11; SEC-08 to SEC-10; def test_prv_05_x(); PRV-17"
    assert named_in(text) == {
        *("REL-02", "REL-03", "REL-11", "SEC-08", "SEC-09", "SEC-10", "PRV-05", "PRV-17")
    }
