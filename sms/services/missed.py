"""Messages to us whose call never came: looked up in the provider's list, and taken in like them.

A call is made once: what came while we were away, or had another token, would be lost, and with it
somebody's STOP. Each number of ours is read on from where it was read last, day by day; how far is
noted only when all of a day was there. What came by a call is known by its name.
"""

import logging
from datetime import date, datetime, timedelta

from sms.models import Inbox, Receipt
from sms.services import receiving
from sms.services.receiving import Told
from sms.services.transports import Away, Transport, transport

logger = logging.getLogger(__name__)
# A message is listed a little after it came, and clocks differ.
LISTED_LATE = timedelta(minutes=10)
# Older ones are not taken in, however long we were away.
LONGEST_AWAY = timedelta(days=30)


def look(now: datetime) -> int:
    """Take in what came meanwhile; return how much of it was new."""
    carrier = transport()
    return sum(_look(carrier, number, now) for number in _ours(carrier))


def _ours(carrier: Transport) -> list[str]:
    """Return our numbers: that of the settings, and those that people answered to."""
    if not carrier.account or carrier.captures:
        return []
    inbound = Receipt.objects.filter(sort=Receipt.Sort.INBOUND).exclude(number="")
    answered = inbound.values_list("told__To", flat=True).distinct()
    read = Inbox.objects.filter(account=carrier.account).values_list("number", flat=True)
    # A name has no inbox.
    return sorted({number for number in (carrier.number, *answered, *read) if _dials(number)})


def _dials(number: str | None) -> bool:
    return bool(number) and str(number).startswith("+")


def _look(carrier: Transport, number: str, now: datetime) -> int:
    inbox, is_new = Inbox.objects.get_or_create(
        account=carrier.account, number=number, defaults={"read_to": now}
    )
    if is_new:
        # What came before belongs to whoever had it then.
        return 0
    since = max(inbox.read_to - LISTED_LATE, now - LONGEST_AWAY)
    found, day = 0, since.date()
    while day <= now.date():
        try:
            found += _take(carrier, number, day, since, now)
        except Away as away:
            logger.warning("Messages to %s cannot be listed: %s", number, away)
            break
        day += timedelta(days=1)
        read_to = min(datetime.combine(day, datetime.min.time(), now.tzinfo), now)
        Inbox.objects.filter(pk=inbox.pk, read_to__lt=read_to).update(read_to=read_to)
    return found


def _take(carrier: Transport, number: str, day: date, since: datetime, now: datetime) -> int:
    found = 0
    for one in carrier.received(number, day, since):
        told = {"From": one.sender, "To": number, "Body": one.body}
        if receiving.keep(Told(Receipt.Sort.INBOUND, one.reply.sid or "", told), one.made_at, now):
            found += 1
            logger.warning("A message to us, made at %s, came without a call.", one.made_at)
    return found
