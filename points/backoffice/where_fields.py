"""What may be asked of an event, as fields of a form: which email, which page, from how many on."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import subjects
from kernel.filters import choices, event_offers
from kernel.filters.choices import Question
from kernel.filters.offers import Asked

PREFIX = "where_"
STAR = "*"
# An operator of a text → how the text is written with a star for anything.
PATTERNS = {"starts_with": "{}*", "ends_with": "*{}", "contains": "*{}*", "is": "{}"}
STARRED = frozenset({"url", "path", "host", "title", "referrer"})
LONGEST = 500
ANY = _lazy("None chosen: any.")


class PatternField(forms.CharField):
    """A text in which a star at the beginning or the end stands for anything."""

    def validate(self, value: str) -> None:
        """Refuse stars elsewhere, and nothing but stars."""
        super().validate(value)
        inner = value.strip(STAR)
        if value and (STAR in inner or not inner):
            message = _("A * can stand at the beginning or at the end, beside what must be there.")
            raise ValidationError(message, "stars")


def fields(event: str, user: Any, stored: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Return the fields for an event of this type, each with what is stored as its initial."""
    offered = (subject for subject in event_offers.offered({event}, user) if subject.key == event)
    found: dict[str, forms.Field] = {}
    for asked in (asked for subject in offered for asked in subject.where):
        found[f"{PREFIX}{asked.name}"] = _field(asked, user, stored.get(asked.name))
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
        # What nobody touched stays as it was written, in whatever form the API gave it.
        same = key in stored and not field.has_changed(field.initial, value)
        found[key] = stored[key] if field.disabled or same else _written(field, value)
    return found


def _field(asked: Asked, user: Any, stored: Any) -> forms.Field:
    # What people call it begins with a capital; a key such as `utm_source` stays as it stands.
    label = asked.label if "_" in asked.label else asked.label[:1].upper() + asked.label[1:]
    known = _choices(asked, user)
    if known is not None:
        values = stored if isinstance(stored, list) else [] if stored is None else [stored]
        if not isinstance(stored, Mapping):
            return forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=[*known, *_missing(asked.choices, values, dict(known), user)],
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
    elif asked.name in STARRED and (text := _text(stored)) is not None:
        hint = _("A * at the beginning or the end stands for anything.")
        return PatternField(
            label=label, required=False, max_length=LONGEST, initial=text, help_text=hint
        )
    elif asked.name not in STARRED and (text := _plain(stored)) is not None:
        return forms.CharField(label=label, required=False, max_length=LONGEST, initial=text)
    return _kept(label, stored)


def _kept(label: str, stored: Any) -> forms.Field:
    return forms.CharField(
        label=label,
        required=False,
        disabled=True,
        initial=json.dumps(stored, ensure_ascii=False, default=str),
        help_text=_("Written by the API, and changed there."),
    )


def _choices(asked: Asked, user: Any) -> list[tuple[str, str]] | None:
    """Return what can be chosen; None where it is written."""
    if asked.about or not asked.choices:
        return None
    if subjects.listed(asked.choices):
        return [(str(number), name) for number, name in subjects.offered(asked.choices, user)]
    if not choices.known(asked.choices):
        return None
    return [(one.value, one.label) for one in choices.find(asked.choices, Question(user))]


def _missing(
    kind: str, values: list[Any], known: Mapping[str, str], user: Any
) -> list[tuple[str, str]]:
    """Return the stored values that are not offered: what one may not see goes by its number."""
    absent = [value for one in values if (value := str(one)) not in known]
    if not absent:
        return []
    found = choices.find(kind, Question(user, values=frozenset(absent)))
    names = {one.value: one.label for one in found}
    return [
        (value, names.get(value, f"#{value}" if value.isdecimal() else value)) for value in absent
    ]


def _text(stored: Any) -> str | None:
    """Write a condition with stars; None where reading it back would give another one."""
    told = stored if isinstance(stored, Mapping) else {"op": "is", "value": stored or ""}
    pattern, value = PATTERNS.get(str(told.get("op"))), told.get("value")
    if pattern is None or not isinstance(value, str):
        return None
    text = pattern.format(value)
    back = _pattern(text) == {"op": told["op"], "value": value}
    return text if back and STAR not in value and _fits(text) else None


def _plain(stored: Any) -> str | None:
    told = stored.get("value") if _is_equality(stored) else stored or ""
    return told if isinstance(told, str) and _fits(told) else None


def _is_equality(stored: Any) -> bool:
    return isinstance(stored, Mapping) and bool(stored.get("op") == "is")


def _fits(text: str) -> bool:
    return text == text.strip() and len(text) <= LONGEST


def _written(field: forms.Field, value: Any) -> Any:
    if isinstance(field, forms.MultipleChoiceField):
        return [int(one) if one.isdecimal() else one for one in value]
    if isinstance(field, forms.DecimalField):
        return {"op": "gte", "value": int(value) if value == int(value) else float(value)}
    return _pattern(value) if isinstance(field, PatternField) else {"op": "is", "value": value}


def _pattern(text: str) -> dict[str, str]:
    before, after = text.startswith(STAR), text.endswith(STAR) and len(text) > 1
    op = "contains" if before and after else "ends_with" if before else "starts_with"
    return {"op": op if before or after else "is", "value": text.strip(STAR)}
