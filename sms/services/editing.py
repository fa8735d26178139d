"""Saves what people write: checked with its place before anything is stored, then compiled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from content.problems import TemplateProblem, TemplateRefused
from kernel import usage
from kernel.registry import ConfigProblem
from sms.models import State, Text, TextDelivery, TextRun
from sms.services.versions import CONTENT, check, compile_version

SEGMENTS = ("segments", "excluded_segments")
# A template may be longer than what it makes.
LONGEST = 5_000


class BeingSent(Exception):  # noqa: N818 - an answer to a person
    """The text is on its way to people and cannot be deleted now."""


def create(values: Mapping[str, Any], now: datetime) -> Text:
    """Store a new text with its first version."""
    plain, chosen = _apart(values)
    text = Text(**plain, created_at=now, updated_at=now)
    with transaction.atomic():
        text.save()
        _choose(text, chosen)
        _compile(text)
    return text


def change(text: Text, values: Mapping[str, Any], now: datetime) -> Text:
    """Store changes; changed content makes a new version, which is sent from then on."""
    before = _content(text)
    plain, chosen = _apart(values)
    for name, value in plain.items():
        setattr(text, name, value)
    text.version += 1
    text.updated_at = now
    with transaction.atomic():
        text.save()
        _choose(text, chosen)
        if _content(text) != before:
            _compile(text)
    return text


def duplicate(text: Text, name: str, owner: Any, now: datetime) -> Text:
    """Store a copy under another name; nothing is sent by it until somebody publishes it."""
    values = {field: getattr(text, field) for field in (*CONTENT, "type", "translation_of")}
    chosen = {field: list(getattr(text, field).all()) for field in SEGMENTS}
    state = Text.State.UNPUBLISHED
    return create({**values, **chosen, "name": name, "owner": owner, "state": state}, now)


def faults(text: Text) -> list[dict[str, Any]]:
    """Tell everything for which a text would not be saved, with its place."""
    try:
        check(text)
    except TemplateRefused as refused:
        return [told(problem) for problem in refused.problems]
    return []


def delete(text: Text) -> None:
    """Remove a text nobody uses; the ledger and the log keep what was sent."""
    usage.refuse_if_used("sms", text.pk)
    open_states = [State.QUEUED, State.CLAIMED, State.SENDING]
    waiting = TextDelivery.objects.filter(sms_id=text.pk, state__in=open_states)
    if text.runs.filter(state__in=TextRun.OPEN).exists() or waiting.exists():
        raise BeingSent
    text.delete()


def _apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what is kept in the row from the segments, which are kept beside it."""
    chosen = {name: values[name] for name in SEGMENTS if name in values}
    return {name: value for name, value in values.items() if name not in chosen}, chosen


def _choose(text: Text, chosen: Mapping[str, Any]) -> None:
    for name, segments in chosen.items():
        getattr(text, name).set(segments)


def _content(text: Text) -> list[Any]:
    return [getattr(text, name) for name in CONTENT]


def _compile(text: Text) -> None:
    try:
        compile_version(text)
    except TemplateRefused as refused:
        raise ConfigProblem([told(problem) for problem in refused.problems]) from refused
    text.save(update_fields=["current"])


def told(problem: TemplateProblem) -> dict[str, Any]:
    """Say a fault of a template as the API does, with its place."""
    words = {"line": problem.line, "column": problem.column, "fault": problem.message}
    return {
        "field": problem.field,
        "code": problem.code,
        "message": _("Line %(line)s, column %(column)s: %(fault)s") % words,
        "line": problem.line,
        "column": problem.column,
    }
