"""Settings forms told as JSON, so that a page can draw them: labels, kinds of input, choices."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms

F = TypeVar("F", bound=forms.Field)
# The first that fits: a field of a subclass is told as its own kind.
_TYPES: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.MultipleChoiceField, "choices"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "truth"),
    (forms.IntegerField, "number"),
    (forms.DateTimeField, "moment"),
    (forms.DateField, "date"),
    (forms.JSONField, "json"),
)


def picking(
    kind: str, field: F, *, many: bool = False, query: Mapping[str, str] | None = None
) -> F:
    """Say that a field holds objects of a kind (`email`, `segment`), to be picked from a list.

    `query` narrows the list of that kind in the REST API.
    """
    field.picks = {"kind": kind, "many": many, "query": dict(query or {})}  # type: ignore[attr-defined]
    return field


def picked(form: type[forms.Form], config: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return kind and id of the objects that settings hold, without asking whether they exist."""
    found = []
    for name, field in form.base_fields.items():
        picks, value = getattr(field, "picks", None), config.get(name)
        values = value if isinstance(value, list) else [value]
        if picks:
            found += [(picks["kind"], one) for one in values if type(one) is int]
    return found


def described(form: type[forms.Form]) -> list[dict[str, Any]]:
    """Tell each field of a form."""
    return [_field(name, field) for name, field in form.base_fields.items()]


def _field(name: str, field: forms.Field) -> dict[str, Any]:
    kind = next((kind for base, kind in _TYPES if isinstance(field, base)), "text")
    if isinstance(field.widget, forms.Textarea) and kind == "text":
        kind = "long_text"
    told: dict[str, Any] = {
        "name": name,
        "label": str(field.label or name),
        "help": str(field.help_text),
        "required": field.required,
        "type": kind,
        "picks": getattr(field, "picks", None),
    }
    # What is picked from a list is not listed here: who sees the list is asked there.
    if isinstance(field, forms.ChoiceField) and told["picks"] is None:
        told["choices"] = [
            {"value": str(value), "label": str(label)} for value, label in _flat(field.choices)
        ]
    for limit in ("min_value", "max_value", "max_length"):
        if (value := getattr(field, limit, None)) is not None:
            told[limit] = value
    return told


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Take groups of choices apart."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += list(label) if isinstance(label, (list, tuple)) else [(value, label)]
    return found
