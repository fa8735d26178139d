"""Durations and instants in a step's settings."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.problems import Problems
from kernel import clock


def check_duration(value: Any, problems: Problems, *, signed: bool = False) -> None:
    """Note a duration that cannot be read."""
    text = value.removeprefix("-") if signed and isinstance(value, str) else value
    try:
        if not isinstance(text, str):
            raise ValueError(text)
        clock.parse_duration(text)
    except ValueError:
        message = _("A duration is a number and a unit: 90s, 10m, 1h, 3d, 2w.")
        problems.add("invalid_duration", message)


def duration(text: str) -> timedelta:
    """Read a checked duration, which may carry a minus."""
    if text.startswith("-"):
        return -clock.parse_duration(text[1:])
    return clock.parse_duration(text)
