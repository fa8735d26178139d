"""Numbers as exact decimals, and answers of yes or no."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop as _

from contacts.values.problem import ValueProblem

# Digits before the point.
WIDEST = 18
_WRITTEN = re.compile(r"[+-]?(?:[0-9]{1,60}(?:\.[0-9]{0,60})?|\.[0-9]{1,60})")
_YES = frozenset({"true", "yes", "y", "1", "on", "oui", "o", "vrai", "x"})
_NO = frozenset({"false", "no", "n", "0", "off", "non", "faux"})


def number(raw: Any, decimals: int, widest: int = WIDEST) -> Decimal:
    """Check a number: nothing is ever rounded, what has too many decimals is refused."""
    value = _decimal(raw)
    if not value.is_finite() or (value and value.adjusted() >= widest):
        raise ValueProblem("too_large", _("This number is too large."))
    if not value:
        return Decimal(0)
    exact = value.normalize()
    if -int(exact.as_tuple().exponent) > decimals:
        raise ValueProblem(
            "too_many_decimals",
            _("Too many decimals: %(count)s at most."),
            {"count": decimals},
        )
    return Decimal(format(exact, "f"))


def _decimal(raw: Any) -> Decimal:
    if isinstance(raw, str) and _WRITTEN.fullmatch(raw.strip()):
        return Decimal(raw.strip())
    if isinstance(raw, float):
        return Decimal(repr(raw))
    if isinstance(raw, Decimal):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        # Python refuses to write whole numbers of more than 4,300 digits.
        return Decimal(raw) if abs(raw) < 10**WIDEST else Decimal("Infinity")
    raise ValueProblem("invalid_number", _("This is not a number."))


def boolean(raw: Any) -> bool:
    """Check an answer of yes or no, as a truth value, a number or a word in two languages."""
    if isinstance(raw, bool):
        return raw
    word = str(raw).strip().lower() if isinstance(raw, str | int) else ""
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueProblem("invalid_boolean", _("This is neither yes nor no."))
