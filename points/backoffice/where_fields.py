"""What may be asked of an event, as fields of a form: which email, which page, from how many on."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import subjects
from kernel.events import kind_of
from kernel.filters import choices, event_offers
from kernel.filters.choices import Question
from kernel.filters.offers import Asked

PREFIX = "where_"
STAR = "*"
# An operator of a text → how the text is written with a star for anything.
PATTERNS = {"starts_with": "{}*", "ends_with": "*{}", "contains": "*{}*", "is": "{}"}
ANY = _lazy("None chosen: any.")


def fields(event: str, user: Any, stored: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return the fields for an event of this type, each with what is stored as its initial."""
    offered = (subject for subject in event_offers.offered({event}, user) if subject.key == event)
    found: dict[str, forms.Field] = {}
    for asked in (asked for subject in offered for asked in subject.where):
        found[f"{PREFIX}{asked.name}"] = _field(event, asked, user, stored.get(asked.name))
    # What only the API can say stays as it is.
    for name in sorted(stored.keys() - {name.removeprefix(PREFIX) for name in found}):
        found[f"{PREFIX}{name}"] = _kept(name, stored[name])
    return found


def where(form: forms.BaseForm, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conditions that a form asks for."""
    found = {}
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if not name.startswith(PREFIX) or value in (None, "", []):
            continue
        key = name.removeprefix(PREFIX)
        found[key] = stored[key] if field.disabled else _written(field, value)
    return found


def _field(event: str, asked: Asked, user: Any, stored: Any) -> forms.Field:
    # What people call it begins with a capital; a key such as `utm_source` stays as it stands.
    label = asked.label if "_" in asked.label else asked.label[:1].upper() + asked.label[1:]
    known = _choices(event, asked, user)
    if known is not None:
        values = stored if isinstance(stored, list) else [] if stored is None else [stored]
        if not isinstance(stored, Mapping):
            return forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=known,
                initial=[str(value) for value in values],
                help_text=ANY,
            )
    elif asked.input == "number":
        if stored is None or (isinstance(stored, Mapping) and stored.get("op") == "gte"):
            return forms.DecimalField(
                label=_("%(what)s: at least") % {"what": label},
                required=False,
                initial=None if stored is None else stored["value"],
            )
    elif (text := _text(stored)) is not None:
        return forms.CharField(
            label=label,
            required=False,
            max_length=500,
            initial=text,
            help_text=_("A * at the beginning or the end stands for anything.")
            if asked.name in {"url", "path", "host", "title", "referrer"}
            else "",
            validators=[_check_stars],
        )
    return _kept(label, stored)


def _kept(label: str, stored: Any) -> forms.Field:
    return forms.CharField(
        label=label,
        required=False,
        disabled=True,
        initial=json.dumps(stored, ensure_ascii=False, default=str),
        help_text=_("Written by the API, and changed there."),
    )


def _choices(event: str, asked: Asked, user: Any) -> list[tuple[str, str]] | None:
    """Return what can be chosen; None where it is written."""
    if asked.about or not asked.choices:
        return None
    if asked.name == kind_of(event).subject or subjects.listed(asked.choices):
        return [(str(number), name) for number, name in subjects.offered(asked.choices, user)]
    return [(one.value, one.label) for one in choices.find(asked.choices, Question(user))]


def _text(stored: Any) -> str | None:
    if stored is None:
        return ""
    if isinstance(stored, Mapping):
        pattern = PATTERNS.get(str(stored.get("op")))
        value = stored.get("value")
        return pattern.format(value) if pattern and isinstance(value, str) else None
    return stored if isinstance(stored, str) else None


def _written(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.MultipleChoiceField):
        return [int(one) if one.isdecimal() else one for one in value]
    if isinstance(field, forms.DecimalField):
        return {"op": "gte", "value": int(value) if value == int(value) else float(value)}
    before, after = value.startswith(STAR), value.endswith(STAR) and len(value) > 1
    op = "contains" if before and after else "ends_with" if before else "starts_with"
    return {"op": op if before or after else "is", "value": value.strip(STAR)}


def _check_stars(value: str) -> None:
    inner = value.strip(STAR)
    if STAR in inner or not inner:
        message = _("A * can stand at the beginning or at the end, beside what must be there.")
        raise ValidationError(message, "stars")
