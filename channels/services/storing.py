"""Storing what people write: the row, its segments, copies, faults of templates in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from channels.models import Message, State
from channels.services.channel import Channel
from channels.services.refused import BeingSent
from content.problems import TemplateProblem, TemplateRefused
from kernel import usage
from kernel.registry import ConfigProblem

SEGMENTS = ("segments", "excluded_segments")
WAITING = (State.QUEUED, State.CLAIMED, State.SENDING)


def apart(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part what is kept in the row from the segments, which are kept beside it."""
    chosen = {name: values[name] for name in SEGMENTS if name in values}
    return {name: value for name, value in values.items() if name not in chosen}, chosen


def choose(message: Message, chosen: Mapping[str, Any]) -> None:
    """Store the segments that were given."""
    for name, segments in chosen.items():
        getattr(message, name).set(segments)


def duplicate(channel: Channel, message: Message, name: str, owner: Any, now: datetime) -> Any:
    """Store a copy under another name; nothing is sent by it until somebody publishes it."""
    values = {field: getattr(message, field) for field in channel.copied}
    chosen = {field: list(getattr(message, field).all()) for field in SEGMENTS}
    state = Message.State.UNPUBLISHED
    return channel.create({**values, **chosen, "name": name, "owner": owner, "state": state}, now)


def delete(channel: Channel, message: Message) -> None:
    """Remove a message nobody uses; the ledger and the log keep what was sent."""
    usage.refuse_if_used(channel.subject, message.pk)
    waiting = channel.ledger_of(message).filter(state__in=WAITING)
    if channel.opened(message).exists() or waiting.exists():
        raise BeingSent
    message.delete()


def refused(error: TemplateRefused) -> ConfigProblem:
    """Return the answer to whoever stores a template that cannot be read."""
    return ConfigProblem([told(problem) for problem in error.problems])


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
