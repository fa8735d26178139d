"""Ids come as digits or numbers; whatever cannot be one is none, and nothing breaks."""

import pytest

from kernel.ids import LARGEST_ID, LARGEST_SMALL_ID, read_id


@pytest.mark.parametrize("given", ["7", 7, "0007", str(LARGEST_ID), LARGEST_ID])
def test_digits_and_whole_numbers_are_ids(given):
    assert read_id(given) == int(given)


@pytest.mark.parametrize(
    "given",
    ["", "0", "-1", "1.0", " 7", "7\n", "²", "٣", "9" * 5_000, str(LARGEST_ID + 1), 0, True, None],
)
def test_what_cannot_be_an_id_is_none(given):
    assert read_id(given) is None


def test_narrow_tables_have_smaller_ids():
    assert read_id(str(LARGEST_SMALL_ID), LARGEST_SMALL_ID) == LARGEST_SMALL_ID
    assert read_id(str(LARGEST_SMALL_ID + 1), LARGEST_SMALL_ID) is None
