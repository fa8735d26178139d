"""The settings of an action as a form for people, wherever actions are chosen one by one."""

from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import action_lists, subjects
from kernel.actions import ContactAction, contact_actions
from kernel.ids import read_id
from kernel.registry import ConfigProblem

PREFIX = "set_"
MOST_OFFERED = 1_000


class StepForm(forms.Form):
    """An action and its settings, which are the action's own form drawn for a user."""

    key = forms.ChoiceField(label=_lazy("What is done"))

    def __init__(self, user: Any, key: str, place: str, data: Any = None) -> None:
        super().__init__(data, initial={"key": key})
        self.user = user
        field: Any = self.fields["key"]
        known = sorted(action_lists.choosable(place), key=lambda kind: str(kind.label))
        field.choices = [("", _("Choose…")), *((kind.key, kind.label) for kind in known)]
        kind = contact_actions.get(key)
        if kind is not None:
            for name, each in kind.form.base_fields.items():
                self.fields[f"{PREFIX}{name}"] = _drawn(each, user, kind)

    def step(self) -> dict[str, Any]:
        """Return the action as the service takes it."""
        config = {
            name.removeprefix(PREFIX): _value(self.fields[name], value)
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value not in (None, "")
        }
        return {"key": self.cleaned_data["key"], "config": config}

    def tell(self, refused: ConfigProblem) -> None:
        """Say what is wrong beside the field it is about."""
        for problem in refused.problems:
            parts = problem["field"].split(".")
            name = next((p for p in parts if f"{PREFIX}{p}" in self.fields), None)
            place = f"{PREFIX}{name}" if name else None
            self.add_error(place, ValidationError(problem["message"], problem["code"]))


class NamesField(forms.CharField):
    """Names between commas."""


class LinesField(forms.CharField):
    """A name and its value on each line."""

    widget = forms.Textarea


class NamedField(forms.CharField):
    """Objects by name or id, one a line: there are more than anybody would look through."""

    def __init__(self, rows: Any, *, many: bool, **told: Any) -> None:
        super().__init__(**told, widget=forms.Textarea if many else forms.TextInput)
        self.rows, self.many = rows, many

    def clean(self, value: Any) -> Any:
        """Return ids as the select of fewer does; names that are none, or of several, are told."""
        text = super().clean(value)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        found = [self._one(line) for line in lines]
        return found if self.many else (found[0] if found else "")

    def _one(self, text: str) -> int:
        number = read_id(text)
        named = self.rows.filter(name__iexact=text)
        found = list(named.values_list("pk", flat=True)[:2])
        if not found and number is not None:
            found = list(self.rows.filter(pk=number).values_list("pk", flat=True))
        if len(found) != 1:
            words = (
                _("“%(name)s” is not the name of one alone.")
                if found
                else _("“%(name)s” was not found.")
            )
            raise ValidationError(words % {"name": text}, "not_found")
        return int(found[0])


def _drawn(field: forms.Field, user: Any, kind: type[ContactAction]) -> forms.Field:
    picks = getattr(field, "picks", None)
    told: dict[str, Any] = {"label": field.label, "required": field.required}
    if picks and picks["kind"] == "tag":
        return NamesField(**told, help_text=_("Separated by commas; new ones are made."))
    if picks and subjects.listed(picks["kind"]):
        pairs = _objects(picks, user, kind)
        if pairs is None:
            help_text = (
                _("The exact names or ids, one a line")
                if picks["many"]
                else _("The exact name, or the id")
            )
            return NamedField(_rows(picks, user), many=picks["many"], help_text=help_text, **told)
        if picks["many"]:
            return forms.MultipleChoiceField(**told, choices=pairs)
        return forms.ChoiceField(**told, choices=[("", _("Choose…")), *pairs])
    if isinstance(field, forms.JSONField):
        return LinesField(
            **told, help_text=_("On each line a field and its value, such as city = Lyon")
        )
    return deepcopy(field)


def _rows(picks: Any, user: Any) -> Any:
    return subjects.visible(picks["kind"], user).filter(**picks["query"]).order_by("name")


def _objects(picks: Any, user: Any, kind: type[ContactAction]) -> list[tuple[str, str]] | None:
    """Return what can be chosen; None: more than a list can hold."""
    if not subjects.may_list(picks["kind"], user):
        return []
    pairs = list(_rows(picks, user).values_list("pk", "name")[: MOST_OFFERED + 1])
    if len(pairs) > MOST_OFFERED:
        return None
    beyond = subjects.beyond(picks["kind"], [pk for pk, _name in pairs], user, kind.needs)
    return [(str(pk), name) for pk, name in pairs if pk not in beyond]


def _value(field: forms.Field, value: Any) -> Any:
    if isinstance(field, NamedField):
        return value
    if isinstance(field, NamesField):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(field, LinesField):
        pairs = (line.partition("=") for line in value.splitlines() if line.strip())
        return {name.strip(): text.strip() for name, _sign, text in pairs}
    if isinstance(field, forms.MultipleChoiceField):
        # Some may be words, such as the owner among whom to tell.
        return [int(one) if one.isdecimal() else one for one in value]
    if isinstance(field, forms.ChoiceField) and value.isdecimal():
        return int(value)
    return value
