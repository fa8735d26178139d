"""French is complete: every message of code and templates has its translation."""

import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from automation.dev.typography import faults, typeset

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
OUTSIDE = {"tests", "node_modules", "frontend", "migrations"}
KEYWORDS = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDERS = re.compile(r"%\((\w+)\)[sd]|(%s|%d)|\{(\w*)\}")

Key = tuple[str | None, str | tuple[str, ...]]


def complaints() -> str:
    """Name messages that are missing, empty, fuzzy, badly typeset, or lose placeholders."""
    known = {_key(message): message for message in _catalogue() if message.id}
    found = []
    for key, place in sorted(_messages().items(), key=lambda item: item[1]):
        problem = _problem(known.get(key))
        if problem:
            found.append(f"{place}: {problem}: {_first(key[1])!r}")
    return "\n".join(found)


def mend() -> None:
    """Drop messages no longer used, typeset and sort the rest, so that branches merge easily."""
    used = _messages()
    new = Catalog(locale="fr", project="Relais", charset="utf-8", fuzzy=False)
    for message in _catalogue():
        if message.id and _key(message) in used:
            texts = tuple(map(typeset, _texts(message.string)))
            right = texts[0] if isinstance(message.string, str) else texts
            new.add(message.id, right, context=message.context, flags=message.flags)
    buffer = io.BytesIO()
    write_po(buffer, new, no_location=True, omit_header=True, sort_output=True, width=100)
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
    header += '"Language: fr\\n"\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_bytes(header.encode() + buffer.getvalue().strip() + b"\n")


def _problem(message: Message | None) -> str | None:
    if message is None:
        return "not in the French catalogue"
    if message.fuzzy:
        return "fuzzy"
    strings = _texts(message.string)
    if not strings or not all(strings):
        return "not translated"
    wanted = _placeholders(_texts(message.id)[-1])
    if any(_placeholders(string) - wanted for string in strings):
        return "has a placeholder the original lacks"
    if wanted - _placeholders(strings[-1]):
        return "lacks a placeholder of the original"
    return next((said for string in strings for said in faults(string)), None)


def _placeholders(text: str) -> set[str]:
    return {"".join(found) for found in PLACEHOLDERS.findall(text)}


def _messages() -> dict[Key, str]:
    """Collect each message with the first place it stands at."""
    found: dict[Key, str] = {}
    for file in _sources():
        text = file.read_text()
        if file.suffix != ".py":
            # The indentation of HTML is none of Python.
            lines = templatize(text, origin=str(file)).splitlines()
            text = "\n".join(line.lstrip() for line in lines)
        for line, function, words, _comments in extract_python(
            io.BytesIO(text.encode()), KEYWORDS, [], {"encoding": "utf-8"}
        ):
            key = _as_key(str(function), words)
            if key:
                found.setdefault(key, f"{file.relative_to(ROOT)}:{line}")
    return found


def _as_key(function: str, words: object) -> Key | None:
    """Read the arguments of a call as context and message; None for a call without text."""
    given = [words] if isinstance(words, str) else list(words) if isinstance(words, tuple) else []
    context = given.pop(0) if "pgettext" in function and given else None
    plural = function.lstrip("_").startswith(("ngettext", "npgettext"))
    texts = given[: 2 if plural else 1]
    if len(texts) < (2 if plural else 1) or not all(texts):
        return None
    return (context, tuple(texts) if plural else texts[0])


def _sources() -> Iterator[Path]:
    for pattern in ("*/**/*.py", "**/templates/**/*.html", "**/templates/**/*.txt"):
        for file in sorted(ROOT.glob(pattern)):
            parts = file.relative_to(ROOT).parts
            if not OUTSIDE & set(parts) and not any(part.startswith(".") for part in parts):
                yield file


def _catalogue() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="fr")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="fr")


def _key(message: Message) -> Key:
    words = message.id
    return (message.context, tuple(words) if isinstance(words, list | tuple) else words)


def _first(words: str | tuple[str, ...]) -> str:
    return words if isinstance(words, str) else words[0]


def _texts(words: object) -> list[str]:
    """Read one text, or singular and plural."""
    return [words] if isinstance(words, str) else list(words) if isinstance(words, Iterable) else []
