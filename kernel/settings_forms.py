"""Settings forms told as JSON, so that a page can draw them: labels, kinds of input, choices."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext_lazy

from kernel import clock, exchanging, sealing, subjects
from kernel.exchanging import Exchange
from kernel.pairs import SECRETS as SECRETS
from kernel.pairs import Pairs, SecretPairs

F = TypeVar("F", bound=forms.Field)


class DurationWidget(forms.MultiWidget):
    """A number and its unit; a program may as well say both in one text."""

    def __init__(self) -> None:
        units = [
            ("m", pgettext_lazy("unit", "minutes")),
            ("h", pgettext_lazy("unit", "hours")),
            ("d", pgettext_lazy("unit", "days")),
            ("w", pgettext_lazy("unit", "weeks")),
        ]
        number = forms.NumberInput(attrs={"min": 0, "class": "form-control span-number"})
        named = {"class": "form-select span-unit", "aria-label": _lazy("unit")}
        super().__init__([number, forms.Select(attrs=named, choices=units)])

    def decompress(self, value: Any) -> list[str]:
        """Take `3d` apart; seconds are offered to whoever has them already."""
        select = self.widgets[1]
        if value and value[-1:] == "s" and isinstance(select, forms.Select):
            select.choices = [("s", pgettext_lazy("unit", "seconds")), *select.choices]
        return [value[:-1], value[-1:]] if value else ["", "d"]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Put number and unit together, unless they came so."""
        if name in data:
            return data[name]
        number, unit = super().value_from_datadict(data, files, name)
        return f"{number}{unit}" if number else ""


class DurationField(forms.CharField):
    """A length of time: `90s 10m 1h 3d 2w`, empty where it may be left out."""

    widget = DurationWidget

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """Name the number: the label belongs to number and unit together, and so to neither."""
        bound = super().get_bound_field(form, field_name)
        widget: Any = self.widget
        if isinstance(widget, forms.MultiWidget):
            widget.widgets[0].attrs["aria-label"] = bound.label
        return bound

    def clean(self, value: Any) -> str:
        """Check the length of time."""
        text = str(super().clean(value))
        try:
            if text:
                clock.parse_duration(text)
        except ValueError as problem:
            words = _("A duration such as 90s, 10m, 1h, 3d or 2w is expected.")
            raise forms.ValidationError(words, "invalid") from problem
        return text


class SecretField(forms.CharField):
    """A secret: sealed as soon as it is typed, and never written out again."""

    widget = forms.PasswordInput

    def sealed(self, value: str) -> str:
        """Return it as it is stored; what is sealed already stays."""
        return value if not value or sealing.is_alike(value) else sealing.seal_alike(value, SECRETS)

    def clean(self, value: Any) -> str:
        """Check and seal it."""
        return self.sealed(str(super().clean(value)))


def veiled(form: type[forms.Form], config: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with their secrets sealed, whatever else is wrong with them."""
    found = dict(config)
    for name, value in config.items():
        field = form.base_fields.get(name)
        if isinstance(field, SecretPairs):
            found[name] = field.sealed(value, config)
        elif isinstance(field, SecretField) and isinstance(value, str):
            found[name] = field.sealed(value)
    return found


# The first that fits: a field of a subclass is told as its own kind.
_TYPES: tuple[tuple[type[forms.Field], str], ...] = (
    (DurationField, "duration"),
    (SecretField, "secret"),
    (SecretPairs, "secret_pairs"),
    (Pairs, "pairs"),
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


def assuming(value: Any, field: F) -> F:
    """Say what a field that is left empty means."""
    field.required = False
    field.assumed = value  # type: ignore[attr-defined]
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


def exchanged(
    form: type[forms.Form], config: Mapping[str, Any], exchange: Exchange
) -> dict[str, Any]:
    """Return settings whose picked objects are others; secrets are left out, being sealed here."""
    found = {}
    for name, value in config.items():
        field = form.base_fields.get(name)
        picks: Any = getattr(field, "picks", None)
        # What is picked by its name, such as a tag, is called the same everywhere.
        by_id = picks is not None and subjects.listed(picks["kind"])
        other = exchanging.exchanged(picks["kind"], value, exchange) if by_id else value
        if isinstance(field, SecretPairs):
            other = [{**row, "value": ""} for row in field.sealed(value, {}) if "name" in row]
        if other is not None and not isinstance(field, SecretField):
            found[name] = other
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
        "assumed": getattr(field, "assumed", None),
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
