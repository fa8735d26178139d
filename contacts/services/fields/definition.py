"""What a field may be: checks of its definition, all faults at once."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from contacts.catalogue import spec_of
from contacts.models import Field
from contacts.models.field import FieldType
from contacts.services.fields.naming import alias_from, check_alias
from contacts.values import ValueProblem, clean
from contacts.values.text import line, lines
from kernel.registry import ConfigProblem, Problem

MOST_OPTIONS = 1_000
MOST_DECIMALS = 6
CHOICES = frozenset({FieldType.SELECT, FieldType.MULTISELECT})
WITH_OPTIONS = CHOICES | {FieldType.LOOKUP}
# What can name one contact, or one company, only.
CAN_BE_UNIQUE = frozenset(
    {FieldType.TEXT, FieldType.LOOKUP, FieldType.NUMBER, FieldType.EMAIL, FieldType.PHONE}
    | {FieldType.URL}
)
# Read by the country of a person's number: companies have none of their own.
OF_COMPANIES = CAN_BE_UNIQUE - {FieldType.PHONE}
# Too long for an index entry, or of a form no index helps with.
NEVER_INDEXED = frozenset({FieldType.LONG_TEXT, FieldType.HTML, FieldType.MULTISELECT})
# One was given.
TOO_LONG = {("label", "too_long"), ("labels", "too_long")}
FIXED = ("object", "type", "alias")


def defined(values: Mapping[str, Any], row: Field) -> Field:
    """Return the row with these values, not saved; `ConfigProblem` names everything wrong."""
    faults: list[Problem] = []

    def take(name: str, check: Callable[[Any], Any]) -> None:
        if name not in values:
            return
        try:
            setattr(row, name, check(values[name]))
        except ValueProblem as problem:
            faults.append(fault(name, problem.code, problem.message))

    _take_kind(values, row, faults)
    for name, check in _CHECKS.items():
        take(name, check)
    take("decimals", lambda value: _decimals(row, value))
    _name(values, row, faults)
    faults += _contradictions(row)
    if not faults:
        take("default", lambda value: _default(row, value))
    if faults:
        raise ConfigProblem(faults)
    return row


def fault(field: str, code: str, message: str) -> Problem:
    """Build one entry of the answer."""
    return {"field": field, "code": code, "message": message}


def _take_kind(values: Mapping[str, Any], row: Field, faults: list[Problem]) -> None:
    """Take what never changes: object, type and alias."""
    if not row._state.adding:
        faults += [
            fault(name, "read_only", _("This never changes."))
            for name in FIXED
            if name in values and values[name] != getattr(row, name)
        ]
        return
    row.object = values.get("object", Field.Object.CONTACT)
    row.type = values.get("type", "")
    if row.object not in Field.Object.values:
        faults.append(fault("object", "invalid_choice", _("Fields are of contacts or companies.")))
    if row.type not in FieldType.values:
        kinds = ", ".join(FieldType.values)
        faults.append(fault("type", "invalid_choice", _("One of: %(kinds)s.") % {"kinds": kinds}))
    if row.type == FieldType.NUMBER and "decimals" not in values:
        # Nothing is lost until somebody says how exact the numbers are.
        row.decimals = MOST_DECIMALS


def _name(values: Mapping[str, Any], row: Field, faults: list[Problem]) -> None:
    row.label = row.label or next(iter(row.labels.values()), "")
    too_long = any((one["field"], one["code"]) in TOO_LONG for one in faults)
    if not row.label and not too_long:
        faults.append(fault("label", "required", _("A field needs a label.")))
    if not row._state.adding or not row.label:
        return
    given = values.get("alias")
    try:
        row.alias = (
            check_alias(given, row.object)
            if given not in (None, "")
            else alias_from(row.label, row.object)
        )
    except ValueProblem as problem:
        faults.append(fault("alias", problem.code, problem.message))


def _label(raw: Any) -> str:
    return line(raw, 120)


def _labels(raw: Any) -> dict[str, str]:
    languages = dict(settings.LANGUAGES)
    if not isinstance(raw, Mapping) or not set(raw) <= set(languages):
        raise ValueProblem(
            "invalid", _("Labels stand by language: %(names)s.") % {"names": ", ".join(languages)}
        )
    return {language: text for language, label in raw.items() if (text := _label(label))}


def _decimals(row: Field, raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MOST_DECIMALS:
        raise ValueProblem("invalid", _("A number from 0 to 6 is expected."))
    if raw and row.type != FieldType.NUMBER:
        raise ValueProblem("not_for_this_type", _("Only numbers have decimals."))
    return raw


def _options(raw: Any) -> list[dict[str, Any]]:
    if not isinstance(raw, list) or len(raw) > MOST_OPTIONS:
        raise ValueProblem("invalid", _("A list of at most 1,000 choices is expected."))
    options = [_option(item) for item in raw]
    if len({option["value"].lower() for option in options}) < len(options):
        raise ValueProblem("duplicate", _("Two choices have the same value."))
    return options


def _option(raw: Any) -> dict[str, Any]:
    given = raw if isinstance(raw, Mapping) else {"value": raw}
    if not set(given) <= {"value", "label", "labels"}:
        raise ValueProblem("unknown_field", _("A choice has a value, a label and labels."))
    value = line(given.get("value"), 255)
    if not value:
        raise ValueProblem("required", _("A choice needs a value."))
    labels = _labels(given.get("labels") or {})
    label = _label(given.get("label") or "") or next(iter(labels.values()), value)
    return {"value": value, "label": label, "labels": labels}


_CHECKS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("unique", "indexed", "required", "public", "listed", "sensitive"), bool),
    "order": int,
    "labels": _labels,
    "label": _label,
    "group": lambda value: line(value, 60),
    "help_text": lambda value: lines(value, 1_000),
    "options": _options,
}


def _contradictions(row: Field) -> list[Problem]:
    """List what the parts of a definition say against each other."""
    found = []
    if row.type in CHOICES and not row.options:
        found.append(fault("options", "required", _("A choice needs options.")))
    if row.options and row.type not in WITH_OPTIONS:
        found.append(fault("options", "not_for_this_type", _("This type has no options.")))
    found += _unfit(row)
    of_company = row.object == Field.Object.COMPANY
    if row.sensitive and (row.unique or row.public or of_company):
        message = _("What is sensitive is of contacts, not unique, and on no form.")
        found.append(fault("sensitive", "not_allowed", message))
    if row.unique and row.default is not None:
        found.append(fault("default", "invalid", _("A unique field has no default.")))
    return found


def _unfit(row: Field) -> list[Problem]:
    """List what fields of this type, or of companies, cannot be."""
    found = []
    of_company = row.object == Field.Object.COMPANY
    if row.unique and row.type not in (OF_COMPANIES if of_company else CAN_BE_UNIQUE):
        message = _("Fields of this type cannot be unique.")
        found.append(fault("unique", "not_for_this_type", message))
    if row.indexed and of_company:
        message = _("Fields of companies cannot be indexed.")
        found.append(fault("indexed", "not_for_companies", message))
    elif row.indexed and row.type in NEVER_INDEXED:
        message = _("Fields of this type cannot be indexed.")
        found.append(fault("indexed", "not_for_this_type", message))
    return found


def _default(row: Field, raw: Any) -> Any:
    if row.unique and raw not in (None, ""):
        raise ValueProblem("invalid", _("A unique field has no default."))
    return clean(spec_of(row), raw)
