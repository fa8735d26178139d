"""Where two people wrote the same thing: what the other changed, and what each of them wrote."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django import forms
from django.utils.translation import gettext as _

LONGEST = 120
# What is never written beside what somebody else wrote.
_UNSEEN = (forms.PasswordInput, forms.FileInput)


@dataclass(frozen=True)
class Difference:
    """A field two people filled in differently; what is long is named and not written out."""

    label: Any
    anchor: str
    told: bool
    theirs: str
    mine: str


def reading(form: forms.BaseForm) -> str:
    """Return what a page keeps of the values it was read with: JSON, a digest of each field."""
    kept = {field.name: digest_of(field) for field in form if _is_comparable(field)}
    return json.dumps(kept, separators=(",", ":"))


def differences(theirs: forms.BaseForm, mine: forms.BaseForm, read: str) -> list[Difference]:
    """Compare what a form would show now with what somebody sent who had read it before.

    `read` is the `reading` of their page: what nobody else changed since is left out, and so is
    what only they changed. Without one, everything that differs is named.
    """
    before = _read(read)
    known: Mapping[str, Any] = before if isinstance(before, dict) else {}
    sent = [
        field
        for field in mine
        if field.name in theirs.fields
        and _is_told(mine, field)
        and known.get(field.name) != digest_of(theirs[field.name])
    ]
    return [
        _difference(theirs[field.name], field)
        for field in sent
        if _differ(theirs[field.name], field)
    ]


def _is_told(form: forms.BaseForm, field: forms.BoundField) -> bool:
    widget = field.field.widget
    left_out = widget.value_omitted_from_data(form.data, form.files, field.html_name)
    return not left_out and _is_comparable(field)


def _is_comparable(field: forms.BoundField) -> bool:
    return not isinstance(field.field.widget, _UNSEEN)


def digest_of(field: forms.BoundField) -> str:
    """Tell a value from another, whatever order a set of them is read in."""
    value = field.value()
    several = isinstance(value, list | tuple | set)
    # Browsers end lines their own way.
    kept = sorted(map(str, value)) if several else str(value).replace("\r\n", "\n")
    return sha256(json.dumps(kept).encode()).hexdigest()[:16]


def _difference(theirs: forms.BoundField, mine: forms.BoundField) -> Difference:
    texts = [_words(theirs), _words(mine)]
    told = not mine.is_hidden and all(len(text) <= LONGEST for text in texts)
    return Difference(mine.label, mine.id_for_label or "", told, *texts)


def _differ(theirs: forms.BoundField, mine: forms.BoundField) -> bool:
    before, after = theirs.value(), mine.value()
    if isinstance(before, str) and isinstance(after, str):
        if _lines(before) == _lines(after):
            return False
        if mine.is_hidden:
            return bool(_read(before) != _read(after))
    return before != after and bool(mine.field.has_changed(theirs.initial, mine.data))


def _lines(text: str) -> str:
    """Forget how lines end: browsers send them their own way, and without what follows the last."""
    return "\n".join(text.splitlines()).strip()


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _words(field: forms.BoundField) -> str:
    value = field.value()
    if isinstance(field.field, forms.BooleanField):
        return _("yes") if field.field.to_python(value) else _("no")
    several = value if isinstance(value, list | tuple) else [value]
    labels = dict(_choices(getattr(field.field, "choices", ())))
    words = [labels.get(str(one), str(one)) for one in several if one not in (None, "")]
    return ", ".join(words) or _("nothing")


def _choices(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _choices(label)
        else:
            yield str(key), str(label)
