"""Numbers keep every digit, times their offset, on the way in and on the way out."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from api.errors import Refused
from api.fields import DurationField, ExactField, MomentField, TruthField, read_id
from api.parsers import loads
from api.renderers import dumps


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, places=6, min_value=-(10**18), max_value=10**18
    )
)
def test_a_decimal_comes_back_as_it_was(number: Decimal):
    text = dumps({"n": number})
    assert json.loads(text, parse_float=Decimal, parse_int=Decimal)["n"] == number
    read = ExactField(max_digits=30, decimal_places=6).run_validation(loads(text)["n"])
    assert read == number


def test_trailing_noughts_are_kept():
    assert dumps({"n": Decimal("12.50")}) == b'{"n":12.50}'
    assert dumps({"n": Decimal("1E+3")}) == b'{"n":1000}'


@pytest.mark.parametrize("value", ["NaN", "Infinity", True, "1,5", "", [], {}, "1e999999999"])
def test_what_is_no_number_is_refused(value: object):
    with pytest.raises(ValidationError):
        ExactField(max_digits=30, decimal_places=6).run_validation(value)


def test_times_are_written_in_utc_to_the_millisecond():
    instant = datetime(2026, 11, 22, 11, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=1)))
    assert dumps([instant, date(2026, 11, 22)]) == b'["2026-11-22T10:00:00.123Z","2026-11-22"]'
    read = MomentField().run_validation("2026-11-22T11:00:00.123+01:00")
    assert read == datetime(2026, 11, 22, 10, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "long"), [("90s", 90), ("10m", 600), ("3d", 259_200), ("2w", 1_209_600)]
)
def test_durations(text: str, long: int):
    assert DurationField().run_validation(text) == timedelta(seconds=long)
    assert DurationField().to_representation(timedelta(seconds=long)) == text


@pytest.mark.parametrize("value", [1, 0, "yes", None, [], "True"])
def test_only_true_and_false_are_truth(value: object):
    with pytest.raises(ValidationError):
        TruthField().run_validation(value)


@pytest.mark.parametrize(
    ("value", "number"),
    [("12", 12), (12, 12), (12.0, None), (True, None), ("1e3", None), (-1, None), ("٣", None)],
)
def test_ids(value: object, number: int | None):
    assert read_id(value) == number


@given(st.binary(max_size=300))
def test_no_bytes_break_the_parser(raw: bytes):
    with suppress(Refused):
        loads(raw)


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**63), 2**63 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9, alphabet="abc"), inner),
        max_leaves=30,
    )
)
def test_what_is_storable_is_read_as_everybody_reads_it(document: object):
    assert loads(json.dumps(document).encode()) == document
    assert json.loads(dumps(document)) == document
