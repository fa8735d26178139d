"""Limits on sending, as the workspace sets them: in all (`*`) and for domains of recipients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from contacts.values import ValueProblem
from contacts.values.addresses import domain
from kernel import preferences

EVERYTHING = "*"
# Seconds of each period.
PERIODS = {"second": 1, "minute": 60, "day": 86_400}
MOST = 10_000_000
# All are read and weighed in every claim.
MOST_LANES = 200


@dataclass(frozen=True, slots=True)
class Limit:
    """How many mails of one lane a second, a minute, a day; None where nothing is said."""

    lane: str
    second: int | None = None
    minute: int | None = None
    day: int | None = None

    @property
    def interval(self) -> float:
        """Return the seconds between two mails; 0 without a pace."""
        rates = [self.second or 0, (self.minute or 0) / PERIODS["minute"]]
        wanted = min((rate for rate in rates if rate), default=0)
        return 1 / wanted if wanted else 0.0


def in_force() -> dict[str, Limit]:
    """Return the limits by lane."""
    known = preferences.get("emails.limits")
    return {lane: Limit(lane, **periods) for lane, periods in known.items()}


def checked(raw: Any) -> dict[str, dict[str, int]]:
    """Check `{"*": {"second": 50}, "example.com": {"minute": 600, "day": 20000}}`."""
    if not isinstance(raw, Mapping):
        raise ValueError(_("An object is expected."))
    if len(raw) > MOST_LANES:
        message = _("There are at most %(most)s limits: in all, and for domains.")
        raise ValueError(message % {"most": MOST_LANES})
    return {_lane(name): _periods(periods) for name, periods in raw.items()}


def _lane(name: str) -> str:
    if name == EVERYTHING:
        return name
    try:
        return domain(name)
    except ValueProblem as problem:
        raise ValueError(problem.message) from problem


def _periods(raw: Any) -> dict[str, int]:
    if not isinstance(raw, Mapping) or not raw or set(raw) - set(PERIODS):
        message = _("Limits are given by these periods: %(periods)s.")
        raise ValueError(message % {"periods": ", ".join(PERIODS)})
    for count in raw.values():
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
            message = _("A limit is a whole number from 1 to %(most)s.")
            raise ValueError(message % {"most": MOST})
    return dict(raw)
