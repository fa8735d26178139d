"""Numbers as people write them: decimal comma or point, groups of thousands, currency signs."""

import re
from collections.abc import Iterable

_SIGNS = str.maketrans("", "", " \u00a0\u202f\u2009'\u2019€$£%")
_PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{3})+")
_ONE_MARK = re.compile(r"[-+]?\d*[.,]\d+")


def plain_number(text: str, decimal: str) -> str:
    """Rewrite a number with a decimal point and nothing else; `ValueError` if it is none.

    `decimal` only decides what can be read in two ways, such as `1,234`.
    """
    bare = text.translate(_SIGNS)
    if bare.isdecimal() and bare.isascii():
        return bare
    mark = _decimal_mark(bare, decimal)
    whole, _mark, part = bare.rpartition(mark) if mark else (bare, "", "")
    if "," in whole or "." in whole:
        if not _GROUPED.fullmatch(whole) or {",", "."} <= set(whole):
            raise ValueError(text)
        whole = whole.replace(",", "").replace(".", "")
    number = f"{whole or '0'}.{part}" if mark else whole
    if whole in {"-", "+"}:
        number = f"{whole}0.{part}"
    if not (_PLAIN.fullmatch(number) and number.isascii()):
        raise ValueError(text)
    return number


def sniff_decimal(values: Iterable[str], separator: str) -> str:
    """Tell the decimal mark of a file by the values that can be read in one way only."""
    seen = {",": 0, ".": 0}
    for value in values:
        mark = _evidence(value.translate(_SIGNS))
        if mark:
            seen[mark] += 1
    if seen[","] != seen["."]:
        return max(seen, key=lambda mark: seen[mark])
    # Programs that write a decimal comma separate cells by semicolons, for that very reason.
    return "," if separator == ";" else "."


def _evidence(bare: str) -> str | None:
    if "," in bare and "." in bare:
        return max(",.", key=bare.rfind)
    mark = "," if "," in bare else "."
    count = bare.count(mark)
    if count > 1 and _GROUPED.fullmatch(bare):
        return "." if mark == "," else ","
    if count == 1 and _ONE_MARK.fullmatch(bare) and not _is_ambiguous(bare):
        return mark
    return None


def _decimal_mark(bare: str, decimal: str) -> str:
    """Return the mark before the decimals in this number, or nothing."""
    if "," in bare and "." in bare:
        return max(",.", key=bare.rfind)
    mark = "," if "," in bare else "."
    count = bare.count(mark)
    if count == 0 or (count > 1 and _GROUPED.fullmatch(bare)):
        return ""
    if count == 1 and _is_ambiguous(bare):
        return mark if mark == decimal else ""
    return mark


def _is_ambiguous(bare: str) -> bool:
    return _GROUPED.fullmatch(bare) is not None and not bare.lstrip("+-").startswith("0")
