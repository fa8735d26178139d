"""Settings of tracking, and who takes the hits of the script."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel import preferences, retention
from tracking import spool, terms
from tracking.services import forgetting, hits, kinds


def _whole(least: int, most: int) -> preferences.Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            message = _("A whole number from %(least)s to %(most)s is expected.")
            raise ValueError(message % {"least": least, "most": most})
        return value

    return check


# Measure people who were never asked; who refused is never measured.
preferences.declare("tracking.measure_unasked", True, preferences.yes_or_no)  # noqa: FBT003
# Sites that may send hits besides our own: origins such as https://shop.example.
preferences.declare("tracking.sites", [], terms.checked_sites, terms.forget)
# Whether the script keeps and sends nothing before the visitor agreed.
preferences.declare("tracking.consent_first", True, preferences.yes_or_no, terms.forget)  # noqa: FBT003
# Whether browsers that say "do not track" are left alone.
preferences.declare("tracking.respect_signals", True, preferences.yes_or_no, terms.forget)  # noqa: FBT003
# How long an unknown visitor is remembered after the last visit.
preferences.declare("tracking.visitor_days", 90, _whole(1, 396))
retention.declare(
    retention.Keeping(
        key="tracking.visitors",
        label=_lazy("Browsers of unknown visitors"),
        what=_lazy("deleted, with what they did"),
        default=None,
        count=forgetting.count,
        forget=forgetting.forget,
        for_ever=False,
        most=396,
        setting="tracking.visitor_days",
    )
)
# How many types of events clients may invent.
preferences.declare("tracking.custom_types", 1_000, _whole(0, kinds.MOST))
spool.handles("tracking.hit")(hits.take)
