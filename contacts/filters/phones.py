"""Phone numbers: whatever way they are written, the same number is the same."""

import re
from typing import Any, ClassVar

from contacts.filters.family import Target
from contacts.filters.texts import INLINE, Texts
from contacts.values import phones
from kernel import preferences
from kernel.filters import Mode, Sql
from kernel.filters.pieces import Value

# What else than a number asks for the text as it is kept.
_SIGNS = r"0-9+()./\-\u2010\u2011\u2013\s\xa0\u202f"
NUMBER = re.compile(rf"[{_SIGNS}]+", re.ASCII)


class Phones(Texts):
    """Operators of phone numbers: digits are compared, of numbers those of every spelling."""

    types = ("phone",)
    served: ClassVar = frozenset({"is", "in"})
    notes: ClassVar = (
        "Numbers are compared in whatever way they are written: `+33622334455`, `06 22 33 44 55`"
        " and `0033 6 22 33 44 55` are the same where the workspace reads numbers as French ones."
        " What is no number is compared as text, and so are `matches` and `not_matches`."
    )

    def positive(self, target: Target, op: str, operand: Any, mode: Mode) -> Sql:
        """Compare digits with those of every way to write the number."""
        items = operand if isinstance(operand, list) else [operand]
        numbers = all(NUMBER.fullmatch(item) and phones.digits(item) for item in items)
        if op == "matches" or not numbers:
            return super().positive(target, op, operand, mode)
        column = target.column("contact_digits({})")
        region = preferences.get("contacts.phone_region")
        if op in {"is", "in"}:
            found = sorted({each for item in items for each in phones.spellings(item, region)})
            if len(found) > INLINE:
                return (column, " IN (SELECT unnest(", Value(found, "text[]"), "))")
            return (column, " = ANY (", Value(found, "text[]"), ")")
        if op == "starts_with":
            begins = [f"{each}%" for each in phones.beginnings(operand, region)]
            return (column, " LIKE ANY (", Value(begins, "text[]"), ")")
        digits = phones.digits(operand)
        pattern = f"%{digits}%" if op == "contains" else f"%{digits}"
        return (column, " LIKE ", Value(pattern, "text"))
