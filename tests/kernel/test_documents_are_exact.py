"""Documents come back with every digit, however they are laid out."""

from decimal import Decimal

import pytest

from kernel.documents import dumps, loads

LONG = 12345678901234567890123


@pytest.mark.parametrize("gap", ["", " ", "\n", "\t\r\n  "])
@pytest.mark.parametrize("number", ["1.50", "-0.25", "1e5", str(LONG), f"-{LONG}"])
def test_numbers_keep_their_digits(number: str, gap: str):
    exact = int(number) if number.lstrip("-").isdigit() else Decimal(number)
    for text in (f"{gap}{number}", f'{{"v":{gap}{number}}}', f"[0,{gap}{number}]"):
        found = loads(text)
        value = found["v"] if isinstance(found, dict) else found
        value = value[1] if isinstance(value, list) else value
        assert (value, type(value)) == (exact, type(exact)), text


def test_what_was_written_is_read_again():
    kept = {"a": Decimal("1.50"), "b": ["x: 1.5", "2026-01-01T10:00:00.5Z", LONG // 10**5, None]}
    assert loads(dumps(kept)) == kept
