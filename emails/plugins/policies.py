"""Workspace settings of when and how often marketing mail goes out, and what stands at its foot."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Topic
from contacts.values import ValueProblem
from contacts.values.text import lines
from contacts.words import Period
from kernel import preferences
from kernel.ids import read_id

MOST_RULES, HIGHEST = 20, 1_000
LONGEST_FOOTER = 500


def _caps(value: Any) -> list[dict[str, Any]]:
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


def _quiet(value: Any) -> dict[str, str] | None:
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


def _held(value: Any) -> str:
    if value not in ("skip", "delay"):
        raise ValueError(_("One of these is expected: %(words)s.") % {"words": "skip, delay"})
    return str(value)


def _footer(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_FOOTER:
        raise ValueError(_("A short text is expected."))
    try:
        return lines(value).strip()
    except ValueProblem as problem:
        raise ValueError(problem.message) from problem


def _days(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 365:
        raise ValueError(_("A number from 1 to %(most)s is expected.") % {"most": 365})
    return value


# At most so many marketing mails a person: [{"max": 3, "per": "week", "topic": null}].
preferences.declare("emails.frequency_caps", [], _caps)
# No marketing mail in these hours of the person's day: {"from": "21:00", "to": "08:00"}.
preferences.declare("emails.quiet_hours", None, _quiet)
# What becomes of a mail over a limit or during a pause: it is left out, or waits up to 30 days.
preferences.declare("emails.when_held", "skip", _held)
# The law of many countries asks for both at the foot of marketing mail.
preferences.declare("emails.postal_address", "", _footer)
preferences.declare("emails.footer_reason", "", _footer)
# Whether marketing mail without a postal address is refused instead of warned about.
preferences.declare("emails.require_postal_address", False, preferences.yes_or_no)  # noqa: FBT003
# How long a sign-up waits to be confirmed.
preferences.declare("emails.confirm_within_days", 30, _days)
