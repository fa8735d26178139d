"""French as it is typeset: narrow no-break spaces, guillemets, curved apostrophes, *e-mail*."""

import re
from collections.abc import Callable

NARROW = "\N{NARROW NO-BREAK SPACE}"
# What stands in a text for a program: placeholders, tags, JSON, addresses, keys, words in quotes.
CODE = re.compile(
    r"(?<=«[ \u00a0\u202f])(?:\w[\w:.]*|%\(\w+\)s:)(?=[ \u00a0\u202f]»)"
    r"|%\(\w+\)[sd](?::(?=[…\"]))?|\{\{.*?\}\}|\{%.*?%\}|\{[^{}]*\}|\w+://\S+|`[^`]*`"
    r"|[\w/]+\?\w+=\S*|\"[^\"]*\"(?:\s?:)?|\w+: (?:Bearer \w+|\w+_\w+)|\w+(?:\.\w+)+|\w+:(?=[\w…/])"
)
FAULTS = {
    "lacks a narrow no-break space before ; : ! ?": re.compile(rf"(?<!{NARROW})[;:!?](?=\s|$)"),
    "has an ordinary space before ; : ! ?": re.compile(r"[ \u00a0][;:!?]"),
    "lacks a narrow no-break space inside « »": re.compile(rf"«(?!{NARROW})|(?<!{NARROW})»"),
    "has a straight apostrophe": re.compile(r"(?<=\w)'(?=\w)"),
    "writes email without its hyphen": re.compile(r"(?<![\w-])[Ee]mails?(?![\w-])"),
}
MENDED = (
    (re.compile(r"[ \u00a0]+([;:!?»])"), rf"{NARROW}\1"),
    (re.compile(r"«[ \u00a0]*(?!\u202f)"), f"«{NARROW}"),
    (re.compile(r"(?<=\w)'(?=\w)"), "\N{RIGHT SINGLE QUOTATION MARK}"),
    (re.compile(r"(?<![\w-])([Ee])mail(s?)(?![\w-])"), r"\1-mail\2"),
)


def faults(text: str) -> list[str]:
    """Say what a printer would mark in a text; code in it is left alone."""
    plain = CODE.sub("x", text)
    return [said for said, fault in FAULTS.items() if fault.search(plain)]


def typeset(text: str) -> str:
    """Mend what can be mended without reading."""
    return _around_code(text, _mended)


def _mended(text: str) -> str:
    for fault, right in MENDED:
        text = fault.sub(right, text)
    return text


def _around_code(text: str, change: Callable[[str], str]) -> str:
    """Change what lies around code, which a marker of one letter stands for meanwhile."""
    kept = CODE.findall(text)
    pieces = iter(kept)
    marked = change(CODE.sub("\N{OBJECT REPLACEMENT CHARACTER}", text))
    return re.sub("\N{OBJECT REPLACEMENT CHARACTER}", lambda _found: next(pieces), marked)
