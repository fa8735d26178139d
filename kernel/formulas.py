"""Cells that a spreadsheet would run as a formula: guarded when written, freed when read."""

import re

# After blanks, control characters and quotes too: they made earlier guards useless.
_DANGEROUS = re.compile('[\\s"\x00-\x1f\x7f\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]')
_NEGATIVE = re.compile(r"-\d+(?:[.,]\d+)?")
_GUARDED = re.compile("'+(?:[\\s\"\x00-\x1f\x7f\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])")


def guarded(cell: str) -> str:
    """Write a cell so that it opens as text; a negative number stays a number."""
    if not cell or _NEGATIVE.fullmatch(cell):
        return cell
    if _DANGEROUS.match(cell) or _GUARDED.match(cell):
        return f"'{cell}"
    return cell


def without_guard(cell: str) -> str:
    """Undo `guarded`, so that what was exported comes back as it was."""
    return cell[1:] if _GUARDED.match(cell) else cell
