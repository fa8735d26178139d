"""What the dialog asks that gives many contacts the same value of a field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contacts.backoffice.asking import ActionForm
from contacts.backoffice.inputs import local_instant, widget
from contacts.catalogue import FieldSpec, catalogue

# Of whom no two have the same.
UNLIKE = frozenset({"email", "mobile", "phone"})


class FieldForm(ActionForm):
    """One field that all of them get the same value of."""

    key = "contacts.update"
    undoable = False
    # A browser would ask for a value where the tick to clear it is the answer.
    use_required_attribute = False
    field = forms.ChoiceField(
        label=_lazy("Field"), error_messages={"required": _lazy("Choose the field.")}
    )
    values = forms.CharField(
        label=_lazy("New value"),
        max_length=5_000,
        error_messages={
            "required": _lazy("Write the new value, or tick that what there is is cleared.")
        },
    )
    clear = forms.BooleanField(label=_lazy("Clear what there is"), required=False)

    def offer(self) -> None:
        """Offer what may be written and is one value for each."""
        field: Any = self.fields["field"]
        specs = [spec for spec in catalogue().fields.values() if self._suits(spec)]
        field.choices = [("", _("Choose…")), *((spec.alias, spec.name) for spec in specs)]
        # The dialog is asked again with the input of the field that was chosen.
        field.widget.attrs |= {
            "hx-post": reverse("contacts-bulk", args=["field"]),
            "hx-trigger": "change",
            "hx-target": "#dialog .content",
            "hx-vals": '{"confirmed": "again"}',
        }
        self._value, self._clear = self.fields["values"], self.fields["clear"]
        self.ask_for(self.data.get("field", ""))

    def ask_for(self, alias: str) -> None:
        """Ask the value of a field as the form of one contact does; of none there is nothing."""
        spec = catalogue().get(alias)
        if spec is None or not self._suits(spec):
            self._nothing_yet()
            return
        self.initial["field"] = alias
        box: Any = widget(spec)
        if isinstance(box, forms.Select):
            box.choices = [
                (key, label if key else _("Choose…")) for key, label in list(box.choices)
            ]
        self._value.widget, self._value.help_text = box, spec.help_text
        # A box left empty clears nothing: only the tick does.
        self._value.required = not self.data.get("clear")
        self.fields |= {"values": self._value, "clear": self._clear}

    def _nothing_yet(self) -> None:
        for name in ("values", "clear"):
            self.fields.pop(name, None)

    def clean(self) -> dict[str, Any]:
        """Take a value or the tick, not both."""
        if self.cleaned_data.get("values") and self.cleaned_data.get("clear"):
            both = _("Either there is a new value, or what there is is cleared.")
            self.add_error("clear", ValidationError(both, "invalid"))
        return super().clean()

    def config(self, values: dict[str, Any]) -> dict[str, Any]:
        """Set the one field; a moment is read in the user's own zone, as in the form of one."""
        alias, value = values["field"], values["values"].strip() or None
        spec = catalogue().get(alias)
        if value and spec and spec.type == "datetime":
            value = local_instant(value)
        return {"values": {alias: value}}

    @staticmethod
    def _suits(spec: FieldSpec) -> bool:
        one = spec.type not in {"multiselect", "html"} and not spec.unique
        return spec.writable and one and spec.alias not in UNLIKE
