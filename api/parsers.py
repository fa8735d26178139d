"""Reading JSON strictly: what cannot be stored or understood is refused with its place."""

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.parsers import BaseParser

from api.errors import Refused, TooLarge
from kernel import documents

MAX_BODY = 10 * 1024 * 1024
MAX_DEPTH = 64
MAX_KEYS = 600_000
MAX_NUMBER_LENGTH = 64
# Escapes that may spell NUL or half a surrogate pair; anything else is clean after UTF-8 decoding.
_SUSPECT = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")


class JSONParser(BaseParser):
    """Reads UTF-8 JSON; exact numbers, no duplicates, no depths, no text PostgreSQL refuses."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the decoded body."""
        _refuse_charset(media_type or "")
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY:
            raise TooLarge
        return loads(raw) if raw.strip() else {}


def loads(raw: bytes) -> Any:
    """Decode a JSON document or raise `Refused` with the place."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(
            _("Byte %(position)s is not UTF-8.") % {"position": error.start}, "parse_error"
        ) from error
    if raw.count(b":") > MAX_KEYS:
        raise Refused(_("The document has too many keys."), "too_many_keys")
    if documents.deeper_than(raw, MAX_DEPTH):
        message = _("The document is nested deeper than %(limit)s levels.")
        raise Refused(message % {"limit": MAX_DEPTH}, "too_deep")
    document, repeated = _decode(text)
    if repeated or _SUSPECT.search(raw):
        for path, code, message in _faults(document):
            raise Refused(message, code, path)
    return document


def _refuse_charset(media_type: str) -> None:
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", media_type, re.IGNORECASE)
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(media_type)


class _Repeated(dict[str, Any]):
    """An object that names a key twice; kept until its place is known."""

    key: str


def _decode(text: str) -> tuple[Any, bool]:
    repeated = False

    def keep(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal repeated
        document = dict(pairs)
        if len(document) == len(pairs):
            return document
        repeated = True
        faulty = _Repeated(document)
        faulty.key = _second(key for key, _value in pairs)
        return faulty

    try:
        return json.loads(
            text,
            object_pairs_hook=keep,
            parse_float=_exact,
            parse_int=_whole,
            parse_constant=_no_number,
        ), repeated
    except json.JSONDecodeError as error:
        message = _("This is not JSON: line %(line)s, column %(column)s.")
        raise Refused(
            message % {"line": error.lineno, "column": error.colno}, "parse_error"
        ) from error


def _second(keys: Iterator[str]) -> str:
    """Return the first key that comes again."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return ""


def _exact(text: str) -> float | Decimal:
    """Keep a number exactly: as float where that loses nothing, else as decimal."""
    number = float(text)
    if len(text) > MAX_NUMBER_LENGTH or number in (float("inf"), float("-inf")):
        _no_number(text)
    try:
        exact = Decimal(text)
    except InvalidOperation:
        _no_number(text)
    if number == 0 and exact != 0:
        _no_number(text)
    return number if Decimal(repr(number)) == exact else exact


def _whole(text: str) -> int | Decimal:
    """Keep what fits 64 bits as a whole number, more digits as a decimal."""
    if len(text) > MAX_NUMBER_LENGTH:
        _no_number(text)
    number = int(text)
    return number if -(2**63) <= number < 2**63 else Decimal(number)


def _no_number(text: str) -> Any:
    message = _("%(number)s is not a number that can be kept.")
    raise Refused(message % {"number": text[:20]}, "invalid_number")


def _faults(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Walk the document and yield (path, code, message) of what cannot be kept."""
    open_items: list[tuple[str, Any]] = [("", document)]
    while open_items:
        path, item = open_items.pop()
        if isinstance(item, _Repeated):
            yield _join(path, item.key), "duplicate_key", _("This key is given twice.")
        if isinstance(item, dict):
            open_items += [(_join(path, key), key) for key in item]
            open_items += [(_join(path, key), value) for key, value in item.items()]
        elif isinstance(item, list):
            open_items += [(_join(path, n), value) for n, value in enumerate(item)]
        elif isinstance(item, str) and not storable(item):
            yield path, "invalid_text", _("The text has a character that cannot be kept.")


def storable(text: str) -> bool:
    """Say whether PostgreSQL can hold the text: no NUL, no half surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _join(path: str, key: object) -> str:
    name = str(key).encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
    return f"{path}.{name}" if path else name
