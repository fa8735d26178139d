"""What a person chooses on their preference page: topics, how often, a pause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from contacts.models import ChannelWish, Consent, Topic
from contacts.services import consent
from contacts.words import Period, Purpose
from emails.services.leaving import said
from kernel.zone import workspace_zone

LONGEST_PAUSE = timedelta(days=365)
# What the page offers; a rule set elsewhere is shown beside them.
FREQUENCIES: tuple[tuple[str, Any], ...] = (
    ("", _("As often as there is something to say")),
    ("1 day", _("At most one a day")),
    ("1 week", _("At most one a week")),
    ("1 month", _("At most one a month")),
)
OWN = _("As agreed: %(most)s per %(period)s")


@dataclass(frozen=True)
class Chosen:
    """What is in force for a person."""

    # Each topic, and whether its mails come.
    topics: list[tuple[Topic, bool]]
    frequencies: list[tuple[str, Any]]
    frequency: str
    pause_until: str


def of(contact: int) -> Chosen:
    """Read what a person has chosen; topics nobody is to see are shown only to who left them."""
    refused = set(_said(contact, "refused"))
    topics = [one for one in Topic.objects.order_by("name") if one.public or one.pk in refused]
    mine = ChannelWish.objects.filter(contact_id=contact, channel="email").first()
    frequency = f"{mine.most} {mine.per}" if mine and mine.most else ""
    offered = list(FREQUENCIES)
    if mine and frequency not in dict(offered):
        words = {"most": mine.most, "period": Period(mine.per).label}
        offered.append((frequency, OWN % words))
    pause = mine.pause_until if mine else None
    shown = [(topic, topic.pk not in refused) for topic in topics]
    return Chosen(shown, offered, frequency, pause.isoformat() if pause else "")


def keep(
    contact: int,
    chosen: Mapping[str, Sequence[str]],
    text: str,
    now: datetime,
    ip: str | None = None,
) -> None:
    """Keep what a person chose; what the page did not show stays as it is."""
    known = {str(topic.pk): topic.pk for topic, _comes in of(contact).topics}
    shown = {known[one] for one in chosen.get("shown", ()) if one in known}
    wanted = {known[one] for one in chosen.get("topic", ()) if one in known}
    refused = set(_said(contact, "refused"))
    pending = set(_said(contact, "pending"))
    for topic in sorted(shown):
        state = "granted" if topic in wanted else "refused"
        if (topic in refused) == (state == "granted") or topic in pending:
            proof = said(Purpose.EMAIL, state, now, text, ip)
            consent.give([contact], replace(proof, topic=topic), now)
    if "frequency" in chosen:
        _keep_wish(contact, chosen, now)


def _keep_wish(contact: int, chosen: Mapping[str, Sequence[str]], now: datetime) -> None:
    mine = ChannelWish.objects.filter(contact_id=contact, channel="email").first()
    values: dict[str, Any] = {}
    if mine is not None:
        values = {"quiet_from": mine.quiet_from, "quiet_to": mine.quiet_to}
    frequency = chosen["frequency"][-1]
    if mine and frequency == f"{mine.most} {mine.per}":
        values |= {"most": mine.most, "per": mine.per}
    elif frequency and frequency in dict(FREQUENCIES):
        most, _space, per = frequency.partition(" ")
        values |= {"most": int(most), "per": per}
    values["pause_until"] = _day(chosen.get("pause_until", [""])[-1], now)
    consent.wish(contact, "email", values)


def _day(text: str, now: datetime) -> date | None:
    """Read a day to come within a year; anything else is no pause."""
    today = now.astimezone(workspace_zone()).date()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if today < day <= today + LONGEST_PAUSE else None


def _said(contact: int, state: str) -> list[int]:
    rows = Consent.objects.filter(contact_id=contact, purpose=Purpose.EMAIL, topic_id__gt=0)
    return list(rows.filter(state=state).values_list("topic_id", flat=True))
