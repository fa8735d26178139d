"""Contacts put into a campaign, or taken out, by hand."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.models import LeftFor
from campaigns.services.entering import enter
from campaigns.services.leaving import active_visits, leave
from campaigns.services.publishing import NotPossible
from campaigns.services.returning import Arrival
from campaigns.services.running import running


def add(campaign: int, contacts: Sequence[int], now: datetime) -> set[int]:
    """Let contacts in as far as the rules allow; return those that entered."""
    if not contacts:
        return set()
    plan = running(campaign)
    if plan is None:
        raise NotPossible("not_published", _("The campaign is not published."))
    return enter(plan, [Arrival(contact) for contact in sorted(set(contacts))], now)


def remove(campaign: int, contacts: Sequence[int], now: datetime) -> int:
    """Take contacts out, wherever they are; return how many were on their way."""
    return leave(campaign, active_visits(campaign, contacts), LeftFor.REMOVED, now)
