"""The settings of a wait: for a while, or until a moment."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.graph.durations import check_duration
from campaigns.graph.problems import Problems
from kernel import clock

Json = dict[str, Any]


def clean(config: Json, problems: Problems) -> Json:
    """Return a wait's settings as they are stored; what is wrong is noted."""
    for key in config:
        if key not in ("for", "until"):
            problems.at(str(key)[:80]).add("unknown_field", _("This setting is not known."))
    if ("for" in config) == ("until" in config):
        problems.add("required", _("A wait needs either “for” or “until”."))
    elif "for" in config:
        check_duration(config["for"], problems.at("for"))
    else:
        _check_until(config["until"], problems.at("until"))
    return config


def _check_until(until: object, problems: Problems) -> None:
    if not isinstance(until, dict) or set(until) != {"date"}:
        problems.add("invalid", _("An object with “date” is expected."))
        return
    try:
        clock.parse_instant(until["date"])
    except (ValueError, TypeError):
        message = _("An instant with its offset is expected: 2026-11-22T10:00:00Z.")
        problems.at("date").add("invalid_instant", message)
