"""What of a contact goes into which field of another system: lines, checked and filled in.

A line is `{"remote", "source", "text", "empty"}`: `remote` is a path of keys (`address.city`),
`source` one of `sources()` or `text`, a constant; `empty` says what a missing value does there:
`leave` (the other system keeps what it has) or `clear`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.catalogue import catalogue, hidden, whole
from contacts.company_catalogue import companies
from kernel import secrecy
from kernel.registry import ConfigProblem, Problem, problem

TEXT, TAGS, ID = "text", "contact.tags", "contact.id"
COMPANY_NAME = "company.name"
LEAVE, CLEAR = "leave", "clear"
MOST_LINES = 100
LONGEST = 200
LONGEST_TEXT = 1_000
KEYS = ("remote", "source", "text", "empty")
OWNER = {
    "email": gettext_lazy("Email"),
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
}
_PATH = re.compile(r"[^.\s{}]+(?:\.[^.\s{}]+)*")
_UNKEPT = re.compile("[\x00-\x1f\ud800-\udfff]")
Line = dict[str, str]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """Something of a contact that can be sent."""

    key: str
    group: str
    label: str
    # The custom field it is, if it is one.
    field: int | None = None


def is_path(text: object) -> bool:
    """Say whether a text names a field of another system, as a line of a mapping does."""
    # Half of a pair of surrogates, and NUL, can be kept nowhere.
    return (
        isinstance(text, str)
        and len(text) <= LONGEST
        and bool(_PATH.fullmatch(text))
        and not _UNKEPT.search(text)
    )


def is_key(text: object) -> bool:
    """Say whether it is one key of such a path."""
    return is_path(text) and "." not in str(text)


def sources() -> dict[str, Source]:
    """Return what can be sent, by key, as far as whoever reads now may see it."""
    people, owner, of_company = _("Contact"), _("Owner"), _("Company")
    found = [
        Source(f"contact.{alias}", people, spec.name, spec.id)
        for alias, spec in catalogue().fields.items()
        if spec.sql
    ]
    found += [Source(TAGS, people, _("Tags")), Source(ID, people, _("Number of the contact"))]
    found += [Source(f"owner.{name}", owner, str(label)) for name, label in OWNER.items()]
    found += [
        Source(f"company.{alias}", of_company, spec.name, spec.id)
        for alias, spec in companies().fields.items()
        if not _is_of_hidden_company(f"company.{alias}")
    ]
    return {source.key: source for source in found}


def cleaned(lines: Any) -> list[Line]:
    """Check a mapping; `ConfigProblem` names what is wrong by line: `mapping.2.remote`."""
    if not isinstance(lines, list) or len(lines) > MOST_LINES:
        message = _("A list of at most %(number)d lines is expected.") % {"number": MOST_LINES}
        raise ConfigProblem([problem("mapping", "invalid", message)])
    known, problems, found = sources(), list[Problem](), list[Line]()
    for place, line in enumerate(lines):
        where = f"mapping.{place}"
        if not isinstance(line, Mapping):
            problems.append(problem(where, "invalid", _("An object is expected.")))
            continue
        problems += _faults(where, line, known)
        found.append({key: str(line.get(key) or "") for key in KEYS} | _empty(line))
    if not problems:
        problems = _clashes(found)
    if problems:
        raise ConfigProblem(problems)
    return found


def _empty(line: Mapping[str, Any]) -> Line:
    return {"empty": str(line.get("empty") or LEAVE)}


def _faults(where: str, line: Mapping[str, Any], known: Mapping[str, Source]) -> list[Problem]:
    found = [
        problem(f"{where}.{str(key)[:80]}", "unknown_field", _("This key is not known."))
        for key in line
        if key not in KEYS
    ]
    wrong = [key for key in KEYS if not isinstance(line.get(key) or "", str)]
    found += [problem(f"{where}.{key}", "invalid", _("A text is expected.")) for key in wrong]
    if wrong:
        return found
    remote, source = line.get("remote") or "", line.get("source") or ""
    if not is_path(remote):
        words = _("The name of a field there is expected, such as email or address.city.")
        found.append(problem(f"{where}.remote", "invalid", words))
    if source != TEXT and source not in known:
        words = _("There is no such value of a contact.")
        found.append(problem(f"{where}.source", "unknown_field", words))
    if len(line.get("text") or "") > LONGEST_TEXT:
        words = _("At most %(number)d characters are possible.") % {"number": LONGEST_TEXT}
        found.append(problem(f"{where}.text", "max_length", words))
    if (line.get("empty") or LEAVE) not in {LEAVE, CLEAR}:
        words = _("One of: %(names)s.") % {"names": f"{LEAVE}, {CLEAR}"}
        found.append(problem(f"{where}.empty", "invalid", words))
    return found


def _clashes(lines: Sequence[Line]) -> list[Problem]:
    """Find fields that are named twice, or lie inside one that holds a value itself."""
    seen: set[str] = set()
    found = []
    for place, line in enumerate(lines):
        path = line["remote"]
        inside = any(path.startswith(f"{one}.") or one.startswith(f"{path}.") for one in seen)
        if path in seen or inside:
            words = _("Another line fills this field already.")
            found.append(problem(f"mapping.{place}.remote", "duplicate", words))
        seen.add(path)
    return found


def body(lines: Iterable[Line], values: Values) -> dict[str, Any]:
    """Fill a mapping in for one contact."""
    found: dict[str, Any] = {}
    for line in lines:
        value = line["text"] if line["source"] == TEXT else values.get(line["source"])
        if value in (None, "", []):
            if line["empty"] != CLEAR:
                continue
            value = None
        *outer, last = line["remote"].split(".")
        place = found
        for key in outer:
            place = place.setdefault(key, {})
        place[last] = value
    return found


def wanted(lines: Iterable[Line], match: str) -> set[str]:
    """Return which sources a push reads."""
    return {line["source"] for line in lines} - {TEXT} | {match}


def match_field(lines: Iterable[Line], match: str) -> str:
    """Return the field there that holds what records are found by; empty: it is not sent."""
    return next((line["remote"] for line in lines if line["source"] == match), "")


def fields_of(lines: Iterable[Line], match: str) -> set[int]:
    """Return the custom fields that a connection reads, sensitive ones too."""
    by_key = {f"contact.{alias}": spec.id for alias, spec in whole().fields.items()}
    by_key |= {f"company.{alias}": spec.id for alias, spec in companies().fields.items()}
    found = (by_key.get(key) for key in wanted(lines, match))
    return {number for number in found if number is not None}


def kept_from_reader(lines: Iterable[Line], match: str) -> set[str]:
    """Return the sources among these that whoever reads now may not see."""
    secret = {f"contact.{alias}" for alias in hidden()}
    return {key for key in wanted(lines, match) if key in secret or _is_of_hidden_company(key)}


def _is_of_hidden_company(key: str) -> bool:
    """Say whether it is a company's, and whoever reads now may not see each of those.

    Its name stands on the contact, too.
    """
    hides = key.startswith("company.") and key != COMPANY_NAME
    return hides and not secrecy.sees_all("companies")
