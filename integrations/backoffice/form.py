"""The form of a connection: what it is called, the settings of its connector, the mapping."""

from copy import deepcopy
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from integrations.models import Connection
from integrations.services import connecting, mapping
from kernel.connectors import connectors
from kernel.registry import ConfigProblem
from kernel.settings_forms import SecretField

PREFIX = "set_"
USUAL = "integrations.rest"
EMPTY = {"remote": "", "source": "", "text": "", "empty": mapping.LEAVE}
BLANK = 3


def offered() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what can be sent, by group, as choices."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for source in mapping.sources().values():
        groups.setdefault(source.group, []).append((source.key, source.label))
    return [(group, sorted(found, key=lambda pair: pair[1])) for group, found in groups.items()]


def line_context(line: dict[str, str], number: int) -> dict[str, Any]:
    """Return what the template of a line needs."""
    return {"line": line, "number": number, "groups": offered(), "text_key": mapping.TEXT}


class Lines(forms.Widget):
    """The mapping as a table of lines; one whose field is empty is left out."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Put the columns together."""
        columns = [data.getlist(f"{name}_{key}") for key in mapping.KEYS]
        lines = [
            {key: value.strip() for key, value in zip(mapping.KEYS, cells, strict=True)}
            for cells in zip(*columns, strict=False)
        ]
        return [line for line in lines if line["remote"]]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Say whether the page had no lines."""
        return f"{name}_remote" not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Draw the lines there are, and some to fill in."""
        lines = [*(value or []), *([EMPTY] * BLANK)]
        context = {
            "lines": [line_context(line, place) for place, line in enumerate(lines, 1)],
            "known": self.attrs.get("known", []),
            "id": (attrs or {}).get("id", name),
        }
        return render_to_string("integrations/lines.html", context)


class LinesField(forms.Field):
    """A mapping; its lines are checked where it is kept."""

    widget = Lines

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare line by line."""
        return list(initial or []) != list(data or [])


class ConnectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """A connection, with the settings its connector asks for."""

    class Meta:
        model = Connection
        fields = ("name", "description", "active")
        widgets = {"description": forms.Textarea({"rows": 2})}
        help_texts = {
            "active": _lazy("Switch it on once a test works. Nothing is pushed while it is off.")
        }

    def __init__(self, *args: Any, user: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        row: Connection = self.instance
        key = (self.data.get("connector") if self.is_bound else "") or row.connector or USUAL
        self._add_kinds(key)
        self.kind = connectors.get(key)
        for name, each in (self.kind.form.base_fields if self.kind else {}).items():
            self.fields[f"{PREFIX}{name}"] = self._drawn(name, each)
        self.fields["match"] = forms.ChoiceField(
            label=_lazy("Found by"),
            choices=offered(),
            initial=row.match,
            help_text=_lazy("What stands for {match} where a record is looked for."),
        )
        self.fields["mapping"] = LinesField(
            label=_lazy("What goes there"), required=False, initial=row.mapping
        )
        self.fields["mapping"].widget.attrs["known"] = row.remote_fields

    def _add_kinds(self, key: str) -> None:
        kinds = [(each.key, each.label) for each in connectors]
        field = forms.ChoiceField(label=_lazy("Kind of system"), choices=kinds, initial=key)
        if len(kinds) == 1 or self.instance.pk:
            field.widget = forms.HiddenInput()
        self.fields["connector"] = field

    def _drawn(self, name: str, field: forms.Field) -> forms.Field:
        drawn = deepcopy(field)
        drawn.initial = self.instance.settings.get(name, field.initial)
        if isinstance(field, SecretField):
            # Typed anew or not at all; what is sealed is never written out.
            known = name in self.instance.secrets
            drawn = forms.CharField(
                label=field.label,
                required=False,
                max_length=field.max_length,
                help_text=_("Set. Leave it empty to keep it.") if known else field.help_text,
                widget=forms.PasswordInput({"autocomplete": "new-password"}),
                strip=False,
            )
        return drawn

    @property
    def general(self) -> list[forms.BoundField]:
        """Return what every connection has."""
        return [self[name] for name in ("name", "description", "connector", "active")]

    @property
    def there(self) -> list[forms.BoundField]:
        """Return the settings of its connector."""
        return [self[name] for name in self.fields if name.startswith(PREFIX)]

    def clean(self) -> dict[str, Any]:
        """Have the connection take it, and say what is wrong where it is."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return values
        settings = {
            name.removeprefix(PREFIX): value
            for name, value in values.items()
            if name.startswith(PREFIX) and value not in (None, "")
        }
        taken = {name: values[name] for name in ("name", "description", "active", "match")}
        taken |= {"connector": values["connector"], "settings": settings}
        taken["mapping"] = values["mapping"] or []
        try:
            connecting.take(self.instance, taken, self.user)
        except ConfigProblem as refused:
            for problem in refused.problems:
                self._tell(problem)
        return values

    def _tell(self, problem: dict[str, str]) -> None:
        first, _dot, rest = problem["field"].partition(".")
        place = f"{PREFIX}{rest}" if first == "settings" else first
        message = problem["message"]
        if first == "mapping" and rest:
            number = int(rest.partition(".")[0]) + 1
            message = _("Line %(number)d: %(what)s") % {"number": number, "what": message}
        known = place if place in self.fields else None
        self.add_error(known, ValidationError(message, problem["code"]))
