"""The form of a custom field's definition."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.models import Field
from contacts.models.field import FieldType
from contacts.services.fields.definition import MOST_DECIMALS
from contacts.services.fields.store import MOST_INDEXED

LANGUAGES = ("fr", "en")
CHOOSING = (FieldType.SELECT.value, FieldType.MULTISELECT.value)
FLAGS = ("required", "unique", "indexed", "public", "listed", "sensitive")


class FieldForm(forms.Form):
    """What a field is called, what it holds, what it is good for."""

    object = forms.ChoiceField(label=_lazy("Of"), choices=Field.Object.choices)
    type = forms.ChoiceField(label=_lazy("Type"), choices=FieldType.choices)
    label = forms.CharField(label=_lazy("Label"), max_length=120)
    label_fr = forms.CharField(label=_lazy("Label in French"), max_length=120, required=False)
    label_en = forms.CharField(label=_lazy("Label in English"), max_length=120, required=False)
    alias = forms.CharField(
        label=_lazy("Alias"),
        max_length=63,
        required=False,
        help_text=_lazy("The name programs and emails know it by. It never changes."),
    )
    options = forms.CharField(
        label=_lazy("Choices"),
        widget=forms.Textarea({"rows": 5, "data-with": f"type:{' '.join(CHOOSING)}"}),
        required=False,
        help_text=_lazy("One a line: value | label in English | label in French"),
    )
    decimals = forms.IntegerField(
        label=_lazy("Decimals"),
        min_value=0,
        max_value=MOST_DECIMALS,
        required=False,
        widget=forms.NumberInput({"data-with": f"type:{FieldType.NUMBER.value}"}),
    )
    default = forms.CharField(label=_lazy("Default"), required=False)
    group = forms.CharField(
        label=_lazy("Group"),
        max_length=60,
        required=False,
        help_text=_lazy("Fields of a group stand under its heading."),
    )
    order = forms.IntegerField(label=_lazy("Order"), min_value=0, max_value=30_000, initial=0)
    help_text = forms.CharField(label=_lazy("Help text"), max_length=1_000, required=False)
    required = forms.BooleanField(label=_lazy("A value is required"), required=False)
    unique = forms.BooleanField(
        label=_lazy("Unique identifier: a value names one contact, or one company, only"),
        required=False,
    )
    indexed = forms.BooleanField(label=_lazy("Filters find it by an index"), required=False)
    public = forms.BooleanField(
        label=_lazy("People may change it themselves on forms"), required=False
    )
    listed = forms.BooleanField(label=_lazy("The list of contacts shows it"), required=False)
    sensitive = forms.BooleanField(
        label=_lazy("Sensitive: only roles with the right to it see it"), required=False
    )

    def __init__(self, row: Field | None, data: Any = None) -> None:
        self.row = row
        super().__init__(data, initial=_initial(row) if row else {})
        if row is not None:
            for name in ("object", "type", "alias", *_beside(row.type)):
                del self.fields[name]
        used = Field.objects.filter(indexed=True).count()
        self.fields["indexed"].help_text = _("%(used)d of %(most)d indexes are in use.") % {
            "used": used,
            "most": MOST_INDEXED,
        }

    def clean_order(self) -> int:
        """Take none as first."""
        return self.cleaned_data["order"] or 0

    @property
    def values(self) -> dict[str, Any]:
        """Return what the service takes."""
        said = self.cleaned_data
        kind = self.row.type if self.row else said["type"]
        names = ("object", "type", "alias", "label", "group", "order", "help_text", *FLAGS)
        found = {name: said[name] for name in names if name in said}
        found["labels"] = {code: said[f"label_{code}"] for code in LANGUAGES}
        found["options"] = _options(said.get("options", ""), self.row.options if self.row else [])
        if kind == FieldType.NUMBER and said["decimals"] is not None:
            found["decimals"] = said["decimals"]
        found["default"] = said["default"] or None
        return found


def _beside(kind: str) -> list[str]:
    """Name what says nothing about fields of a type."""
    about = {"options": kind in CHOOSING, "decimals": kind == FieldType.NUMBER}
    return [name for name, says in about.items() if not says]


def _initial(row: Field) -> dict[str, Any]:
    names = ("label", "decimals", "group", "order", "help_text", *FLAGS)
    found = {name: getattr(row, name) for name in names}
    found |= {f"label_{code}": row.labels.get(code, "") for code in LANGUAGES}
    default = row.default
    found["default"] = ", ".join(default) if isinstance(default, list) else _plain(default)
    found["options"] = "\n".join(_line(option) for option in row.options)
    return found


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _line(option: dict[str, Any]) -> str:
    labels = option.get("labels") or {}
    english = labels.get("en") or option.get("label") or option["value"]
    parts = [option["value"], english, labels.get("fr", "")]
    if parts[1] == parts[0] and not parts[2]:
        return str(parts[0])
    return " | ".join(str(part) for part in parts if part)


def _options(text: str, kept: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Read lines of value and labels; a line nobody touched stays whatever it was."""
    known = {_line(option): option for option in kept}
    found = []
    for line in text.splitlines():
        if line.strip() in known:
            found.append(known[line.strip()])
            continue
        value, english, french = [part.strip() for part in [*line.split("|"), "", ""][:3]]
        if value:
            labels = {"en": english, "fr": french}
            named = {code: label for code, label in labels.items() if label}
            found.append({"value": value, "label": english or value, "labels": named})
    return found
