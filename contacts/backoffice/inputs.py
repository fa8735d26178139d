"""The input of each type of field: how a value is typed, shown again, and read."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backoffice.choosing import LongSelect
from contacts.catalogue import FieldSpec
from contacts.values import checked, clean
from contacts.values.places import country_codes
from kernel import clock, moments, zone_names

Pairs = list[tuple[str, str]]
# More choices than these are a list, not boxes to tick.
MOST_BOXES = 12
PLAIN = {"email": "email", "phone": "tel", "date": "date", "time": "time"}


class ValueField(forms.Field):
    """A field of a contact or company: `clean` gives what is kept, checked by contacts.values."""

    def __init__(self, spec: FieldSpec, **kwargs: Any) -> None:
        self.spec = spec
        kwargs.setdefault("label", spec.name)
        kwargs.setdefault("help_text", spec.help_text)
        super().__init__(required=spec.required, widget=widget(spec), **kwargs)

    def clean(self, value: Any) -> Any:
        """Read what was typed; `contacts.values` knows what can be kept."""
        kept = checked(self._kept, value)
        if kept is None and self.spec.required:
            raise ValidationError(_("This field needs a value."), "required")
        return kept

    def _kept(self, value: Any) -> Any:
        raw: Any = value
        if self.spec.type == "datetime" and value:
            raw = local_instant(str(value))
        if isinstance(raw, str) and not raw.strip():
            raw = None
        return clean(self.spec, raw if raw != [] else None)


def shown(spec: FieldSpec, value: Any) -> Any:
    """Return a kept value as its input shows it."""
    if value is None:
        return [] if spec.type == "multiselect" else ""
    if spec.type == "boolean":
        return "true" if value else "false"
    if spec.type == "datetime":
        moment = datetime.fromisoformat(str(value))
        return moments.here(moment).replace(tzinfo=None).isoformat(timespec="minutes")
    return value if spec.type == "multiselect" else str(value)


def local_instant(text: str) -> str:
    """Read a moment of the user's own zone."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return text
    aware = local if local.tzinfo else local.replace(tzinfo=timezone.get_current_timezone())
    return clock.utc(aware).isoformat()


def widget(spec: FieldSpec) -> forms.Widget:
    """Return the input of a type."""
    make = _WIDGETS.get(spec.type)
    if make is not None:
        return make(spec)
    kind = PLAIN.get(spec.type, "text")
    return forms.TextInput({"type": kind, "autocomplete": "off"})


def _long(spec: FieldSpec) -> forms.Widget:
    return forms.Textarea({"rows": 6 if spec.type == "html" else 3})


def _number(_spec: FieldSpec) -> forms.Widget:
    return forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})


def _moment(_spec: FieldSpec) -> forms.Widget:
    return forms.TextInput({"type": "datetime-local", "autocomplete": "off"})


def _truth(_spec: FieldSpec) -> forms.Widget:
    return _one([("true", _("yes")), ("false", _("no"))])


def _one(pairs: Pairs) -> forms.Widget:
    return LongSelect(choices=[("", _("not known")), *pairs])


def options(spec: FieldSpec) -> Pairs:
    """Return value and label of each choice, in the language in force."""
    language = (get_language() or "")[:2]
    return [(str(each["value"]), _label(each, language)) for each in spec.options]


def _label(option: Mapping[str, Any], language: str) -> str:
    labels = option.get("labels") or {}
    return str(labels.get(language) or option.get("label") or option["value"])


def _many(spec: FieldSpec) -> forms.Widget:
    pairs = options(spec)
    if len(pairs) <= MOST_BOXES:
        return forms.CheckboxSelectMultiple(choices=pairs)
    return forms.SelectMultiple(choices=pairs)


@lru_cache(maxsize=4)
def countries(language: str) -> Pairs:
    """Return all countries by their names."""
    names = Locale.parse(language).territories
    return sorted(((code, str(names[code])) for code in country_codes()), key=lambda it: it[1])


@lru_cache(maxsize=4)
def languages(language: str) -> Pairs:
    """Return all languages of two letters by their names."""
    names = Locale.parse(language).languages
    return sorted(((c, str(n).capitalize()) for c, n in names.items() if len(c) == 2), key=_second)


def _second(pair: tuple[str, str]) -> str:
    return pair[1]


def zones() -> Pairs:
    """Return the time zones of cities."""
    return [(name, name.replace("_", " ")) for name in zone_names.names() if "/" in name]


def _spoken() -> str:
    return (get_language() or "en")[:2]


_WIDGETS: dict[str, Callable[[FieldSpec], forms.Widget]] = {
    "long_text": _long,
    "html": _long,
    "number": _number,
    "datetime": _moment,
    "boolean": _truth,
    "select": lambda spec: _one(options(spec)),
    "multiselect": _many,
    "country": lambda _spec: _one(countries(_spoken())),
    "locale": lambda _spec: _one(languages(_spoken())),
    "timezone": lambda _spec: _one(zones()),
}
