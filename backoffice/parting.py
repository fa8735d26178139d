"""The form of something that was merged or deleted while somebody typed: nothing typed is lost."""

import json
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from backoffice.differing import digest_of


def was_read(request: HttpRequest) -> bool:
    """Say whether what is sent comes from a page that showed what is gone by now."""
    return bool(request.POST.get("version"))


def carried(request: HttpRequest, mine: forms.BaseForm, theirs: forms.BaseForm) -> QueryDict:
    """Return what was typed, for the form of whoever stayed.

    `mine` holds what was sent, `theirs` shows the one that stayed. A field that was not touched
    has their value: it was the other one's. Hidden fields say what the page had shown, and stay.
    """
    sent = request.POST.copy()
    before = _read(request.POST.get("read", ""))
    for field in mine:
        name = field.name
        if field.is_hidden or name not in theirs.fields:
            continue
        if before.get(name) == digest_of(field):
            _put(sent, field.html_name, theirs[name].value())
    return sent


def _read(text: str) -> dict[str, Any]:
    try:
        known = json.loads(text)
    except ValueError:
        return {}
    return known if isinstance(known, dict) else {}


def _put(sent: QueryDict, name: str, value: Any) -> None:
    values = value if isinstance(value, list | tuple) else [value]
    if value is None or value is False:
        sent.pop(name, None)
    else:
        sent.setlist(name, ["on" if one is True else str(one) for one in values])
