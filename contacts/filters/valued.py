"""The condition that a field and a typed value mean: `city:Ly*`, `points:>10`, `country:FR,BE`."""

from typing import Any

from contacts.catalogue import FieldSpec
from contacts.filters.targets import custom_label

YES = frozenset({"yes", "oui", "true", "vrai", "1"})
NO = frozenset({"no", "non", "false", "faux", "0"})
SIGNS = {
    "number": {">=": "gte", "<=": "lte", ">": "gt", "<": "lt", "": "eq"},
    "date": {">": "after", "<": "before", "": "on"},
}
ORDERED = {"number": "number", "time": "number", "date": "date", "datetime": "date"}
RANGE = ".."


def condition(spec: FieldSpec, value: str, *, quoted: bool = False) -> dict[str, Any]:
    """Write it as a filter has it; whether it holds water is checked there.

    What is quoted is meant as it stands, but where it is nothing: that asks for an empty field.
    """
    field = {"field": spec.alias}
    if not value:
        return {**field, "op": "is_empty"}
    if value == "*" and not quoted:
        return {**field, "op": "is_not_empty"}
    if spec.type == "boolean":
        known = {**dict.fromkeys(YES, True), **dict.fromkeys(NO, False)}
        return {**field, "op": "is", "value": known.get(value.lower(), value)}
    if spec.type in ORDERED:
        return {**field, **_ordered(SIGNS[ORDERED[spec.type]], value)}
    if spec.type == "multiselect":
        return {**field, "op": "has_any", "value": [_option(spec, part) for part in _list(value)]}
    return {**field, **_text(spec, value, quoted=quoted)}


def _ordered(signs: dict[str, str], value: str) -> dict[str, Any]:
    low, between, high = value.partition(RANGE)
    if between and low and high:
        return {"op": "between", "value": [low, high]}
    sign = next(sign for sign in signs if value.startswith(sign))
    return {"op": signs[sign], "value": value.removeprefix(sign)}


def _text(spec: FieldSpec, value: str, *, quoted: bool) -> dict[str, Any]:
    if not quoted and "," in value.strip(","):
        return {"op": "in", "value": [_option(spec, part) for part in _list(value)]}
    before, after = value.startswith("*"), value.endswith("*")
    if quoted or not (before or after):
        return {"op": "is", "value": _option(spec, value)}
    op = "contains" if before and after else "ends_with" if before else "starts_with"
    return {"op": op, "value": value.strip("*")}


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _option(spec: FieldSpec, text: str) -> str:
    """Return the value of an option that is given by its label."""
    for option in spec.options:
        if text.lower() in {custom_label(option).lower(), str(option["value"]).lower()}:
            return str(option["value"])
    return text
