"""Ids as they come in: from addresses, forms, settings, JSON."""

import re

LARGEST_ID = 2**63 - 1
# Of tables whose ids are four bytes wide.
LARGEST_SMALL_ID = 2**31 - 1
_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)


def read_id(value: object, largest: int = LARGEST_ID) -> int | None:
    """Read an id given as digits or as a whole number; None if it cannot be one."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        return None
    number = int(value)
    return number if 0 < number <= largest else None
