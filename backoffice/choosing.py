"""Choices in forms: an empty one has words, and long lists of them are drawn at once."""

from typing import Any

from django import forms
from django.db import models
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from backoffice.planning import MomentField


class LongSelect(forms.Select):
    """A select of hundreds of choices: Django draws each of them by a template of its own."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the options in one go."""
        chosen = set(self.format_value(value))
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            (
                (key, SafeString(" selected") if str(key) in chosen else "", label)
                for key, label in _pairs(self)
            ),
        )
        given = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        return format_html("<select{}>{}</select>", given, options)


def worded(field: Any, **kwargs: Any) -> Any:
    """Make the form field of a model's; a `formfield_callback` for forms.

    What must be chosen says so; what may stay empty is none.
    """
    if isinstance(field, models.DateTimeField):
        kwargs.setdefault("form_class", MomentField)
    made = field.formfield(**kwargs)
    empty = _("Choose…") if made is not None and made.required else _("None")
    if isinstance(made, forms.ModelChoiceField):
        if made.empty_label is not None:
            made.empty_label = empty
    elif isinstance(made, forms.ChoiceField):
        made.choices = [
            (key, empty if (key, label) in BLANK_CHOICE_DASH else label)
            for key, label in _pairs(made)
        ]
    return made


def _pairs(choosing: Any) -> list[tuple[Any, Any]]:
    """Return value and label of each choice; neither widgets nor fields tell their type."""
    return list(choosing.choices)
