"""How a file is read, as questions: what was found out, and what somebody says instead."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.services.imports.encodings import CHOICES
from contacts.services.imports.options import WRITTEN, Options

_ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-8-sig": gettext_lazy("UTF-8 with mark"),
    "utf-16": "UTF-16",
    "cp1252": "Windows-1252",
    "iso8859-1": "ISO-8859-1",
    "iso8859-15": "ISO-8859-15",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850",
}
_SEPARATORS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("bar"),
}
_QUOTES = {'"': '"', "'": "'", "": gettext_lazy("none")}
_DECIMALS = {",": gettext_lazy("comma: 1,5"), ".": gettext_lazy("point: 1.5")}
_ORDERS = {
    "dmy": gettext_lazy("day, month, year"),
    "mdy": gettext_lazy("month, day, year"),
    "ymd": gettext_lazy("year, month, day"),
}
_HEADER = {"true": gettext_lazy("names of columns"), "false": gettext_lazy("values")}
# A tab would not survive a form, and nothing means "as found".
_SAFE = {"\t": "tab", "": "none"}


def questions(
    looked: Mapping[str, Any], options: Options, sheets: Sequence[str]
) -> list[dict[str, Any]]:
    """Return label, answer found and choices of everything that can be said of the file."""
    file = looked["file"]
    asked: list[tuple[str, str, Mapping[str, Any]]] = [
        ("header", _("The first row holds"), _HEADER),
        ("decimal", _("Decimal mark"), _DECIMALS),
        ("date_order", _("Order of dates"), _ORDERS),
    ]
    if file["kind"] == "text":
        encodings = {name: _ENCODINGS.get(name, name.upper()) for name in CHOICES}
        asked = [
            ("encoding", _("Encoding"), encodings),
            ("separator", _("Separator"), _SEPARATORS),
            ("quote", _("Quotation mark"), _QUOTES),
            *asked,
        ]
    elif len(sheets) > 1:
        asked.insert(0, ("sheet", _("Sheet"), {name: name for name in sheets}))
    first = _("the first one with rows")
    found = {**file, "header": str(file["header"]).lower(), "sheet": first}
    return [_question(*one, found, options) for one in asked]


def read(sent: QueryDict, options: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a form says of the file; an empty answer is what the file itself says."""
    written = {name: options[name] for name in WRITTEN if name in options}
    for name in WRITTEN:
        if name not in sent:
            continue
        answer = next((key for key, safe in _SAFE.items() if safe == sent[name]), sent[name])
        written.pop(name, None)
        if sent[name]:
            written[name] = answer == "true" if name == "header" else answer
    return written


def _question(
    name: str,
    label: str,
    choices: Mapping[str, Any],
    found: Mapping[str, Any],
    options: Options,
) -> dict[str, Any]:
    chosen = options.written.get(name)
    said = chosen is not None
    now = str(found[name])
    answer = choices.get(now, now)
    first = _("As found in the file") if said else _("%(answer)s (found)") % {"answer": answer}
    return {
        "name": name,
        "label": label,
        "first": first,
        "said": said,
        "choices": [
            (_SAFE.get(key, key), words, said and key == _spelled(chosen))
            for key, words in choices.items()
        ],
    }


def _spelled(chosen: Any) -> str:
    return str(chosen).lower() if isinstance(chosen, bool) else str(chosen)
