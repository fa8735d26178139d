"""Contacts put into a campaign, or taken out, by hand or by an action."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from campaigns.models import LeftFor, Source, Visit
from campaigns.services import returning
from campaigns.services.entering import enter
from campaigns.services.leaving import active_visits, leave
from campaigns.services.publishing import NotPossible
from campaigns.services.returning import Arrival
from campaigns.services.running import entrance
from kernel.changes import DEEPEST


def add(
    campaign: int,
    contacts: Sequence[int],
    now: datetime,
    *,
    origin: int | None = None,
    trigger: int | None = None,
    depth: int = 0,
) -> set[int]:
    """Let contacts in as far as the rules allow; return those that entered.

    `origin` is the campaign whose step puts them in: what it does is a reaction, so that two that
    feed each other stop. `trigger` is the point trigger that does: unlike somebody by hand it
    brings in only whom the publisher reaches.
    """
    if not contacts:
        return set()
    plan = entrance(campaign)
    if plan is None:
        raise NotPossible("not_published", _("The campaign is not published."))
    people = sorted(set(contacts))
    if origin is None:
        source = Source.MANUAL if trigger is None else Source.TRIGGER
        arrivals = [Arrival(contact, source, trigger) for contact in people]
        return enter(plan, arrivals, now, depth=depth)
    if depth >= DEEPEST:
        returning.tell_of_depth(plan, people, now)
        raise NotPossible("too_deep", _("Campaigns feed each other."))
    arrivals = [Arrival(contact, Source.CAMPAIGN, origin) for contact in people]
    return enter(plan, arrivals, now, depth=depth + 1)


def remove(campaign: int, contacts: Sequence[int], now: datetime, *, depth: int = 0) -> int:
    """Take contacts out, wherever they are; return how many were on their way."""
    visits = active_visits(campaign, contacts)
    return leave(campaign, visits, LeftFor.REMOVED, now, depth=depth)


def origin(causes: Sequence[str]) -> int | None:
    """Return the campaign whose step these causes are of; None: something else led here."""
    visit = _number(causes, "step")
    if visit is None:
        return None
    return Visit.objects.values_list("campaign_id", flat=True).filter(pk=visit).first()


def trigger(causes: Sequence[str]) -> int | None:
    """Return the point trigger these causes are of; None: something else led here."""
    return _number(causes, "trigger")


def _number(causes: Sequence[str], wanted: str) -> int | None:
    kind, _colon, rest = (causes[0] if causes else "").partition(":")
    return int(rest.split(":")[0]) if kind == wanted else None
