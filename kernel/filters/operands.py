"""Checks of the values that conditions compare with, each refusal with its place."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kernel.filters.problems import refuse
from kernel.ids import LARGEST_ID

LONGEST_TEXT = 1_000
LONGEST_LIST = 10_000
LARGEST = 2**31 - 1


def a_text(value: Any, place: str, *, longest: int = LONGEST_TEXT) -> str:
    """Take a text that the database can hold and that is not empty."""
    if not isinstance(value, str):
        raise refuse(place, "invalid", _("A text is expected."))
    if not value:
        raise refuse(place, "required", _("A value is needed here."))
    if len(value) > longest:
        message = _("At most %(count)s characters are possible here.") % {"count": longest}
        raise refuse(place, "too_long", message)
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise refuse(place, "invalid_text", _("The text has a character that cannot be kept."))
    return value


def a_list(value: Any, place: str, *, longest: int = LONGEST_LIST) -> Sequence[Any]:
    """Take a list with at least one item."""
    if not isinstance(value, list):
        raise refuse(place, "invalid", _("A list is expected."))
    if not value:
        raise refuse(place, "required", _("A value is needed here."))
    if len(value) > longest:
        message = _("A list has at most %(count)s items.") % {"count": longest}
        raise refuse(place, "too_many", message)
    return value


def a_whole_number(value: Any, place: str, *, least: int = 1, most: int = LARGEST_ID) -> int:
    """Take a whole number, such as an id; a string of digits is one, too."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refuse(place, "invalid", _("A whole number is expected."))
    if not least <= value <= most:
        message = _("The number is out of range.")
        raise refuse(place, "out_of_range", message)
    return value


def ids(value: Any, place: str) -> list[int]:
    """Take an id or a list of ids."""
    if not isinstance(value, list):
        return [a_whole_number(value, place)]
    items = a_list(value, place)
    return [a_whole_number(item, f"{place}.{number}") for number, item in enumerate(items)]


def a_number(value: Any, place: str) -> int | Decimal:
    """Take an exact number; whole ones stay integers, so that indexes of integers serve."""
    message = _("A number is expected.")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise refuse(place, "invalid", message)
    if isinstance(value, str) and len(value) > 40:
        raise refuse(place, "invalid", message)
    if isinstance(value, int) and abs(value) > LARGEST_ID:
        raise refuse(place, "out_of_range", _("The number is out of range."))
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise refuse(place, "invalid", message) from error
    if not number.is_finite():
        raise refuse(place, "invalid", message)
    if number and not -30 <= number.adjusted() <= 18:
        raise refuse(place, "out_of_range", _("The number is out of range."))
    whole = number == number.to_integral_value() and abs(number) <= LARGEST_ID
    return int(number) if whole else number
