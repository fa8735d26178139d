"""Checks of the settings by which `holding` keeps messages back; `ValueError` with a sentence."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Topic
from contacts.words import Period
from kernel.ids import read_id

MOST_RULES, HIGHEST = 20, 1_000


def caps(value: Any) -> list[dict[str, Any]]:
    """Take rules of frequency: `[{"max": 3, "per": "week", "topic": null}]`."""
    if not isinstance(value, list) or len(value) > MOST_RULES:
        raise ValueError(_("A list of rules is expected: max, per, topic."))
    return [_cap(rule) for rule in value]


def _cap(rule: Any) -> dict[str, Any]:
    if not isinstance(rule, Mapping) or not {"max", "per"} <= set(rule) <= {"max", "per", "topic"}:
        raise ValueError(_("A rule has max, per and perhaps topic."))
    most, topic = rule["max"], rule.get("topic")
    if not isinstance(most, int) or isinstance(most, bool) or not 1 <= most <= HIGHEST:
        raise ValueError(_("A number from 1 to %(most)s is expected.") % {"most": HIGHEST})
    if rule["per"] not in Period.values:
        raise ValueError(_("One of these is expected: %(words)s.") % {"words": "day, week, month"})
    if topic is not None and not Topic.objects.filter(pk=read_id(topic) or 0).exists():
        raise ValueError(_("There is no such topic."))
    return {"max": most, "per": rule["per"], "topic": str(topic) if topic is not None else None}


def quiet(value: Any) -> dict[str, str] | None:
    """Take quiet hours: `{"from": "21:00", "to": "08:00"}`, or none."""
    if value is None:
        return None
    if not isinstance(value, Mapping) or set(value) != {"from", "to"}:
        raise ValueError(_("Quiet hours have from and to, such as 21:00 and 08:00."))
    begins, ends = (_hour(value[name]) for name in ("from", "to"))
    if begins == ends:
        raise ValueError(_("Quiet hours end at another time than they begin."))
    return {"from": begins, "to": ends}


def _hour(value: Any) -> str:
    try:
        read = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo:
        raise ValueError(_("A time of day is expected, such as 21:00."))
    return read.isoformat("minutes")


def held(value: Any) -> str:
    """Take what becomes of a message over a limit or during a pause: `skip` or `delay`."""
    if value not in ("skip", "delay"):
        raise ValueError(_("One of these is expected: %(words)s.") % {"words": "skip, delay"})
    return str(value)
