"""What makes two values the same person: the key under which an identifier is kept."""

from decimal import Decimal
from typing import Any

from contacts.values.phones import international
from kernel.lowering import lowered

PHONES = frozenset({"phone", "mobile"})


def normal(kind: str, value: Any, region: str = "") -> str:
    """Return the identifier's key of a cleaned value; `kind` is the field's alias.

    For emails this is what the generated column `contact.email_key` holds.
    """
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    text = str(value)
    if kind in PHONES:
        return international(text, region)
    return lowered(text.strip())
