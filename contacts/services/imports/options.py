"""The settings of an import as a client sends them: checked one by one, each fault named."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from contacts.services.imports.dates import ORDERS
from contacts.services.imports.encodings import canonical
from contacts.services.imports.newfields import MOST_NEW, TYPES, NewField
from contacts.services.imports.objects import COMPANY, CONTACT, OBJECTS, misfits
from contacts.services.imports.sniff import QUOTES, SEPARATORS
from kernel import zone_names
from kernel.ids import read_id
from kernel.registry import ConfigProblem, Problem

MODES = ("upsert", "create", "update", "fill")
# What a blank opt-in cell means.
EMPTY = ("opted_out", "unchanged")
_NAMED = {"comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|"}
Check = Callable[[Any], Any]


@dataclass(frozen=True)
class OptIn:
    """The column that says who wants mail, and how it is to be understood."""

    column: str
    empty: str = "unchanged"
    asked_again: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Options:
    """What an import is to do; what is None is sniffed."""

    # What the rows are: `contact` or `company`.
    object: str = CONTACT
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    # Columns that get a field made for them when the import starts.
    new_fields: Mapping[str, NewField] = field(default_factory=dict)
    match: str = "email"
    mode: str = "upsert"
    segment: int | None = None
    tags: tuple[str, ...] = ()
    empty_clears: bool = False
    opt_in: OptIn | None = None
    bounce: str | None = None
    timezone: str | None = None
    owner: int | str | None = None
    # How the file is written, where the person knows better than the sniffer.
    written: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Write the settings as a client would; `read_options` reads them back."""
        rest = {**asdict(self), **self.written}
        del rest["written"]
        rest["tags"] = list(self.tags)
        if self.opt_in is not None and not self.opt_in.reason:
            del rest["opt_in"]["reason"]
        if not self.new_fields:
            del rest["new_fields"]
        rest["bounce"] = {"column": self.bounce} if self.bounce else None
        return {key: value for key, value in rest.items() if value is not None}


def read_options(document: object) -> Options:
    """Check the settings, or raise `ConfigProblem` with everything that is wrong."""
    if not isinstance(document, dict):
        raise ConfigProblem([_problem("", "invalid", _("A JSON object is expected."))])
    problems = [
        _problem(str(key), "unknown_field", _("This setting is not known."))
        for key in document
        if key not in _CHECKS
    ]
    found: dict[str, Any] = {}
    for key, check in _CHECKS.items():
        if document.get(key) is None:
            continue
        try:
            found[key] = check(document[key])
        except _Wrong as wrong:
            problems.append(_problem(f"{key}{wrong.place}", wrong.code, wrong.message))
    problems += [_problem(*misfit) for misfit in misfits(found)]
    if found.get("mode") == "fill" and found.get("empty_clears"):
        message = _("Nothing is cleared where only what is empty is filled.")
        problems.append(_problem("empty_clears", "not_with_fill", message))
    if problems:
        raise ConfigProblem(problems)
    if found.get("object") == COMPANY:
        found.setdefault("match", "name")
    written = {key: found.pop(key) for key in WRITTEN if key in found}
    return Options(**found, written=written)


def require_reason(options: Options) -> None:
    """Refuse to lift unsubscribes where nobody says why: that is kept as the proof."""
    if options.opt_in is not None and options.opt_in.asked_again and not options.opt_in.reason:
        message = _("Say where their consent comes from: it is kept as the proof.")
        raise ConfigProblem([_problem("opt_in.reason", "required", message)])


class _Wrong(Exception):  # noqa: N818 - an answer to a person
    def __init__(self, message: str, code: str = "invalid", place: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.place = message, code, place


def _problem(name: str, code: str, message: str) -> Problem:
    return {"field": f"options.{name}" if name else "options", "code": code, "message": message}


def _one_of(*choices: str) -> Check:
    def check(value: Any) -> str:
        if value not in choices or not isinstance(value, str):
            message = _("One of these is expected: %(choices)s.")
            raise _Wrong(message % {"choices": ", ".join(choices)}, "invalid_choice")
        return value

    return check


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(_("True or false is expected."))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 500 or "\0" in value:
        raise _Wrong(_("A text of at most 500 characters is expected."))
    return value


def _id(value: Any) -> int:
    number = read_id(value)
    if number is None:
        raise _Wrong(_("An id is expected."))
    return number


def _owner(value: Any) -> int | str:
    """A user's id or email address."""
    return _text(value) if isinstance(value, str) and not value.isdecimal() else _id(value)


def _tags(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise _Wrong(_("A list of names is expected."))
    names = [" ".join(tag.split()) for tag in value]
    if any(not name or len(name) > 120 or not name.isprintable() for name in names):
        raise _Wrong(_("A tag has 1 to 120 characters."))
    return tuple(dict.fromkeys(names))


def _mapping(value: Any) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise _Wrong(_("An object from column to field is expected."))
    for column, alias in value.items():
        if alias is not None and not isinstance(alias, str):
            raise _Wrong(_("The alias of a field is expected."), place=f".{column}")
    return value


def _new_fields(value: Any) -> dict[str, NewField]:
    if not isinstance(value, dict) or len(value) > MOST_NEW:
        raise _Wrong(_("An object from column to the new field is expected, of at most 100."))
    checks = {"label": _label, "type": _one_of(*TYPES)}
    found = {}
    for column, document in value.items():
        try:
            found[column] = NewField(**_object(document, checks, "label"))
        except _Wrong as wrong:
            place = f".{column}{wrong.place}"
            raise _Wrong(wrong.message, wrong.code, place) from wrong
    return found


def _label(value: Any) -> str:
    return " ".join(_text(value).split())[:120]


def _opt_in(value: Any) -> OptIn:
    checks = {
        "column": _text,
        "empty": _one_of(*EMPTY),
        "asked_again": _boolean,
        "reason": _text,
    }
    return OptIn(**_object(value, checks, "column"))


def _bounce(value: Any) -> str:
    return str(_object(value, {"column": _text}, "column")["column"])


def _object(value: Any, checks: Mapping[str, Check], required: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Wrong(_("A JSON object is expected."))
    for key in value:
        if key not in checks:
            raise _Wrong(_("This setting is not known."), "unknown_field", f".{key}")
    if value.get(required) is None:
        raise _Wrong(_("This is needed."), "required", f".{required}")
    found = {}
    for key, check in checks.items():
        if value.get(key) is None:
            continue
        try:
            found[key] = check(value[key])
        except _Wrong as wrong:
            raise _Wrong(wrong.message, wrong.code, f".{key}") from wrong
    return found


def _encoding(value: Any) -> str:
    name = canonical(value) if isinstance(value, str) else None
    if name is None:
        raise _Wrong(_("This encoding is not known."), "invalid_choice")
    return name


def _separator(value: Any) -> str:
    sign: str = _one_of(*SEPARATORS)(_NAMED.get(value, value) if isinstance(value, str) else value)
    return sign


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in zone_names.known():
        raise _Wrong(_("This time zone is not known."), "invalid_choice")
    return value


WRITTEN = ("encoding", "separator", "quote", "header", "sheet", "decimal", "date_order")
_CHECKS: dict[str, Check] = {
    "object": _one_of(*OBJECTS),
    "mapping": _mapping,
    "new_fields": _new_fields,
    "match": _text,
    "mode": _one_of(*MODES),
    "segment": _id,
    "tags": _tags,
    "empty_clears": _boolean,
    "opt_in": _opt_in,
    "bounce": _bounce,
    "owner": _owner,
    "timezone": _zone,
    "encoding": _encoding,
    "separator": _separator,
    "quote": _one_of(*QUOTES),
    "header": _boolean,
    "sheet": _text,
    "decimal": _one_of(".", ","),
    "date_order": _one_of(*ORDERS),
}
