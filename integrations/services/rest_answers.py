"""What a system with a REST API answered: ids, the one record that was found, or that none is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from kernel.documents import loads
from kernel.http import Answer

LONGEST_ID = 300


@dataclass(frozen=True)
class Looked:
    """What came of looking for a record: its id, else why not; neither says that there is none."""

    remote_id: str = ""
    problem: str = ""


def read_found(answer: Answer, config: Mapping[str, Any], match: str, field: str) -> Looked:
    """Read who was found; what does not plainly say "nobody" is a problem, lest one be made."""
    document = document_of(answer)
    if answer.status == 404:
        # Asked for by its path, the record is not there; else nobody knows what is not there.
        asked = "{match}" in str(config["find_path"]).partition("?")[0]
        known = asked and isinstance(document, (dict, list)) and not answer.truncated
        return Looked(problem="" if known else "status:404")
    if answer.status == 204:
        return Looked()
    if answer.truncated:
        return Looked(problem="too_long")
    if document is None:
        return Looked(problem="no_json")
    return _in_document(document, str(config["find_id"]), match, field)


def _in_document(document: Any, path: str, match: str, field: str) -> Looked:
    before, place = _list_of(document, path)
    rows: Any = at(document, before) if place else []
    if place and not rows:
        return Looked()
    found = id_of(at(document, path))
    if not found:
        return Looked(problem="not_found_nor_none")
    after = path.split(".")[len(place) :]
    if len(rows) > 1 and id_of(at(rows[1], ".".join(after))):
        return Looked(problem="ambiguous")
    record = at(document, ".".join(place))
    if field and not _is_alike(record, document, path, field, match):
        return Looked(problem="another")
    return Looked(found)


def _list_of(document: Any, path: str) -> tuple[str, list[str]]:
    """Return the path of the first list on the way, and that of its record; else nothing."""
    parts = path.split(".")
    for number, part in enumerate(parts):
        outer = ".".join(parts[:number])
        if part.isascii() and part.isdigit() and isinstance(at(document, outer), list):
            return outer, parts[: number + 1]
    return "", []


def _is_alike(record: Any, document: Any, path: str, field: str, match: str) -> bool:
    """Say whether the record has the value it was looked for by, as far as the answer tells."""
    inner = at(document, path.rpartition(".")[0])
    for one in (record, inner, document):
        value = at(one, field)
        if value is not None and not isinstance(value, (Mapping, list)):
            return plain(value) == plain(match)
    return True


def plain(value: Any) -> str:
    """Write a value as it is compared: neither case nor blanks, nor signs in numbers, matter."""
    text = "".join(str(value).split()).casefold()
    return text if "@" in text else "".join(filter(str.isalnum, text)) or text


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read when to ask again: seconds, or a date."""
    named = {name.lower(): value for name, value in headers.items()}
    text = named.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max((parsedate_to_datetime(text) - now).total_seconds(), 0.0) if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def document_of(answer: Answer) -> Any:
    """Return an answer in JSON; None where it is none."""
    try:
        return loads(answer.body.decode())
    except (ValueError, RecursionError, json.JSONDecodeError):
        return None


def at(document: Any, path: str) -> Any:
    """Follow a path of keys, places in lists among them; None where it leads nowhere."""
    found = document
    for part in path.split(".") if path else ():
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isascii() and part.isdigit():
            found = found[int(part)] if len(part) < 7 and int(part) < len(found) else None
        else:
            return None
    return found


def id_of(value: Any) -> str:
    """Return an id as text; what is no id, or cannot be kept, is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    text = str(value).strip()
    kept = len(text) <= LONGEST_ID and "\0" not in text and is_writable(text)
    return text if kept else ""


def is_writable(text: str) -> bool:
    """Say whether a text is one: half of a pair of surrogates cannot be written."""
    return not any("\ud800" <= sign <= "\udfff" for sign in text)
