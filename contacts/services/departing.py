"""Contacts that a campaign has erased: noted by its step, erased by a queue, some at a time.

The step only writes a row. Erasing takes lanes before contacts, which a step cannot: it holds
people already. The row goes in the transaction that erases; a kill before it leaves both.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.db import OperationalError, connection, transaction

from contacts.models import Departure
from contacts.services import erase
from kernel import withholding
from kernel.locks import by_lane, collided

QUEUE = "contacts.departures"
SLICE = 2_000
# Of one lane, for while they go nobody reacts to what happens there.
AT_ONCE = 200
TURN_SECONDS = 5.0
# How long one whose erasure fails is left alone, longer each time.
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)
NOTE = """
INSERT INTO departure (contact_id, asked_at, due_at, attempts)
SELECT c.id, %s, %s, 0 FROM contact c WHERE c.id = ANY(%s::bigint[]) ORDER BY c.id
ON CONFLICT (contact_id) DO NOTHING"""
logger = logging.getLogger(__name__)


def note(contacts: Sequence[int], now: datetime) -> None:
    """Note who is to be erased."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [now, now, list(contacts)])


def due(now: datetime) -> bool:
    """Say whether somebody is to be erased."""
    return Departure.objects.filter(due_at__lte=now).exists()


def work(now: datetime) -> bool:
    """Erase some, lane by lane; say whether there were any."""
    rows = Departure.objects.filter(due_at__lte=now).order_by("due_at", "contact_id")
    waiting = list(rows.values_list("contact_id", flat=True)[:SLICE])
    end = time.monotonic() + TURN_SECONDS
    for part in _parts(waiting):
        _let_go(part, now)
        if time.monotonic() > end:
            break
    return bool(waiting)


def _parts(waiting: Sequence[int]) -> Iterator[list[int]]:
    for lane in by_lane(waiting):
        for at in range(0, len(lane), AT_ONCE):
            yield lane[at : at + AT_ONCE]


def _let_go(part: Sequence[int], now: datetime) -> None:
    """Erase them in one transaction; halve them down to the one who cannot be erased."""
    try:
        _erase(part, now)
    except OperationalError as error:
        # Whoever was quicker goes on; its turn comes again.
        if not collided(error):
            raise
    except Exception:
        if len(part) == 1:
            logger.exception("Contact %s cannot be erased.", part[0])
            _postpone(part[0], now)
            return
        middle = len(part) // 2
        for half in (part[:middle], part[middle:]):
            _let_go(half, now)


@transaction.atomic
def _erase(part: Sequence[int], now: datetime) -> None:
    held = set(erase.hold(part))
    # Since the step somebody may have asked to be kept, and only kept (GDPR 18).
    kept = {
        contact
        for contact, what in withholding.withheld(held).items()
        if what == withholding.RESTRICTED
    }
    erase.drop(held - kept, now)
    # Of those who are kept, and of whom another contact has become or who went otherwise.
    Departure.objects.filter(contact_id__in=part).delete()


def _postpone(contact: int, now: datetime) -> None:
    rows = Departure.objects.filter(pk=contact)
    for attempts in rows.values_list("attempts", flat=True):
        later = now + min(SOONEST * 2**attempts, LATEST)
        rows.update(attempts=min(attempts + 1, 10), due_at=later)
