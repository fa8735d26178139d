"""Durations and instants in a step's settings."""

import re
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
        problems.add("invalid_duration", _wrong(text))


def _wrong(text: object) -> str:
    """Say what is wrong with the number, which people write apart from its unit."""
    written = re.fullmatch(r"(-?)(\d+)([.,]\d+)?[smhdw]", text) if isinstance(text, str) else None
    if written is None:
        return _("Write a whole number with its unit, such as 90s, 10m, 1h, 3d or 2w.")
    if written[1]:
        return _("Less than 0 is not possible: write 0 or more.")
    if written[3]:
        return _("Write a whole number.")
    return _("That is longer than ten years.")


def duration(text: str) -> timedelta:
    """Read a checked duration, which may carry a minus."""
    if text.startswith("-"):
        return -clock.parse_duration(text[1:])
    return clock.parse_duration(text)
