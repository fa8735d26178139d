"""Workspace settings of when and how often marketing mail goes out, and what stands at its foot."""

from typing import Any

from django.utils.translation import gettext as _

from contacts.services import holding_rules
from contacts.values import ValueProblem
from contacts.values.text import lines
from kernel import preferences

LONGEST_FOOTER = 500


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
preferences.declare("emails.frequency_caps", [], holding_rules.caps)
# No marketing mail in these hours of the person's day: {"from": "21:00", "to": "08:00"}.
preferences.declare("emails.quiet_hours", None, holding_rules.quiet)
# What becomes of a mail over a limit or during a pause: it is left out, or waits up to 30 days.
preferences.declare("emails.when_held", "skip", holding_rules.held)
# The law of many countries asks for both at the foot of marketing mail.
preferences.declare("emails.postal_address", "", _footer)
preferences.declare("emails.footer_reason", "", _footer)
# Whether marketing mail without a postal address is refused instead of warned about.
preferences.declare("emails.require_postal_address", False, preferences.yes_or_no)  # noqa: FBT003
# How long a sign-up waits to be confirmed.
preferences.declare("emails.confirm_within_days", 30, _days)
