"""Saves what people write: checked with its place before anything is stored, then compiled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from channels.services import storing
from content.problems import TemplateRefused
from kernel import usage
from sms.models import Text
from sms.services.versions import CONTENT, check, compile_version

# A template may be longer than what it makes.
LONGEST = 5_000


def create(values: Mapping[str, Any], now: datetime) -> Text:
    """Store a new text with its first version."""
    usage.hold()
    plain, chosen = storing.apart(values)
    text = Text(**plain, created_at=now, updated_at=now)
    with transaction.atomic():
        text.save()
        storing.choose(text, chosen)
        _compile(text)
    return text


def change(text: Text, values: Mapping[str, Any], now: datetime) -> Text:
    """Store changes; changed content makes a new version, which is sent from then on."""
    usage.hold()
    before = _content(text)
    plain, chosen = storing.apart(values)
    for name, value in plain.items():
        setattr(text, name, value)
    text.version += 1
    text.updated_at = now
    with transaction.atomic():
        text.save()
        storing.choose(text, chosen)
        if _content(text) != before:
            _compile(text)
    return text


def faults(text: Text) -> list[dict[str, Any]]:
    """Tell everything for which a text would not be saved, with its place."""
    try:
        check(text)
    except TemplateRefused as refused:
        return [storing.told(problem) for problem in refused.problems]
    return []


def _content(text: Text) -> list[Any]:
    return [getattr(text, name) for name in CONTENT]


def _compile(text: Text) -> None:
    try:
        compile_version(text)
    except TemplateRefused as problems:
        raise storing.refused(problems) from problems
    text.save(update_fields=["current"])
