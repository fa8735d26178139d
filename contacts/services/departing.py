"""Contacts that a campaign has erased: noted by its step, erased by a queue, some at a time.

The step only writes a row. Erasing takes lanes before contacts, which whoever carries out several
actions for people cannot: it holds them already. The row goes in the transaction that erases; a
kill before it leaves both. Unpublishing the campaign takes the rows back.
"""

import logging
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from contacts.models import Departure
from contacts.services import braking, erase
from kernel import subjects, trail, withholding
from kernel.locks import Overtaken, by_lane, collided, out_of_time

QUEUE = "contacts.departures"
SLICE = 2_000
# Of one lane, for while they go nobody reacts to what happens there.
AT_ONCE = 200
TURN_SECONDS = 5.0
# How long one whose erasure fails is left alone, longer each time.
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)
MOST_ATTEMPTS = 10
NOTE = """
INSERT INTO departure (contact_id, campaign_id, asked_at, due_at, attempts)
SELECT c.id, %s, %s, %s, 0 FROM contact c WHERE c.id = ANY(%s::bigint[]) ORDER BY c.id
ON CONFLICT (contact_id) DO NOTHING"""
# Whom another campaign only holds: nobody may ever confirm it, and this one has them erased.
TAKE_OVER = """
UPDATE departure SET campaign_id = %s, asked_at = %s, due_at = %s, attempts = 0
WHERE contact_id IN (
  SELECT contact_id FROM departure
  WHERE contact_id = ANY(%s::bigint[]) AND due_at IS NULL AND campaign_id <> %s
  ORDER BY contact_id FOR UPDATE)"""
# In the order in which they are held while they are erased.
TAKE_BACK = """
DELETE FROM departure WHERE contact_id IN (
  SELECT contact_id FROM departure WHERE campaign_id = %s AND (NOT %s OR due_at IS NULL)
  ORDER BY contact_id FOR UPDATE)"""
HELD = """
SELECT contact_id, campaign_id, confirmed_at IS NOT NULL FROM departure
WHERE contact_id = ANY(%s::bigint[]) AND due_at IS NOT NULL ORDER BY contact_id FOR UPDATE"""
# What says nothing about the people at hand.
UNRELATED = (InterfaceError, SoftTimeLimitExceeded)
logger = logging.getLogger(__name__)


def note(contacts: Sequence[int], campaign: int, now: datetime) -> None:
    """Note who is to be erased, and by which campaign; 0 where it is none.

    Too many within an hour are held until somebody confirms it.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_OVER, [campaign, now, now, list(contacts), campaign])
        noted = int(cursor.rowcount)
        cursor.execute(NOTE, [campaign, now, now, list(contacts)])
        noted += int(cursor.rowcount)
    braking.count(campaign, noted, now)


def take_back(campaign: int, *, only_held: bool = False) -> int:
    """Keep whom the campaign has not erased yet, or only whom nobody confirmed; return how many.

    Waits for those that are being erased, some seconds at most.
    """
    # The brake first, as whoever confirms does.
    braking.release(campaign)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_BACK, [campaign, only_held])
        return int(cursor.rowcount)


def due(now: datetime) -> bool:
    """Say whether somebody is to be erased."""
    return Departure.objects.filter(due_at__lte=now).exists()


def work(now: datetime) -> bool:
    """Erase some, lane by lane; say whether anything came of it."""
    rows = Departure.objects.filter(due_at__lte=now).order_by("due_at", "contact_id")
    found = list(rows.values_list("contact_id", "attempts")[:SLICE])
    end = time.monotonic() + TURN_SECONDS
    went_on = False
    for part in _parts(found):
        went_on |= _let_go(part, now)
        if time.monotonic() > end:
            break
    return went_on


def _parts(found: Sequence[tuple[int, int]]) -> Iterator[list[int]]:
    """Part them by lanes; the more often it was in vain, the fewer at once, and the later."""
    for attempts in sorted({attempts for _contact, attempts in found}):
        size = max(AT_ONCE >> attempts, 1)
        for lane in by_lane(contact for contact, known in found if known == attempts):
            for at in range(0, len(lane), size):
                yield lane[at : at + size]


def _let_go(part: Sequence[int], now: datetime) -> bool:
    """Erase them in one transaction; say whether anything came of it.

    Where it fails they are halved down to the one who cannot be erased; where it takes too long
    they wait, and are fewer at once the next time, so that others are not held up meanwhile.
    """
    try:
        _erase(part, now)
    except UNRELATED:
        raise
    except Overtaken:
        return False
    except OperationalError as error:
        return _took_too_long(error, part, now)
    except Exception:
        if len(part) == 1:
            logger.exception("Contact %s cannot be erased.", part[0])
            _postpone(part, now)
            return True
        middle = len(part) // 2
        for half in (part[:middle], part[middle:]):
            _let_go(half, now)
    return True


def _took_too_long(error: OperationalError, part: Sequence[int], now: datetime) -> bool:
    # Whoever was quicker goes on; its turn comes again.
    if collided(error):
        return False
    if not out_of_time(error):
        raise error
    logger.warning("Erasing %s contacts took too long.", len(part))
    _postpone(part, now)
    return True


@transaction.atomic
def _erase(part: Sequence[int], now: datetime) -> None:
    held = set(erase.hold(part))
    # Since they were read a campaign may have been unpublished or held up, or two become one.
    asked = _asked(part)
    # Since the step somebody may have asked to be kept, and only kept (GDPR 18).
    kept = {
        contact
        for contact, what in withholding.withheld(held).items()
        if what == withholding.RESTRICTED
    }
    gone = erase.drop((held & asked.keys()) - kept, now)
    # Of those who are kept, and who went otherwise.
    _due(part).delete()
    _tell(Counter(asked[contact] for contact in gone), now)


def _asked(part: Sequence[int]) -> dict[int, int]:
    """Return who is still to go, by which campaign.

    Whom it was tried to erase while the others of their campaign were held is held now.
    """
    with connection.cursor() as cursor:
        cursor.execute(HELD, [sorted(part)])
        rows = cursor.fetchall()
    braked = braking.holding({campaign for _contact, campaign, sure in rows if not sure})
    late = {contact for contact, campaign, sure in rows if campaign in braked and not sure}
    if late:
        Departure.objects.filter(pk__in=late).update(due_at=None)
    return {contact: campaign for contact, campaign, _sure in rows if contact not in late}


def _due(part: Sequence[int]) -> QuerySet[Departure]:
    """Leave out who was held meanwhile, until somebody confirms it."""
    return Departure.objects.filter(pk__in=part, due_at__isnull=False)


def _tell(gone: Counter[int], now: datetime) -> None:
    """Leave in the trail which campaign deleted how many."""
    names = subjects.names("campaign", [campaign for campaign in gone if campaign])
    for campaign, count in sorted(gone.items()):
        told = trail.Deed(
            "campaigns",
            "erase contacts",
            object=campaign or None,
            name=names.get(campaign, ""),
            after={"contacts": count},
        )
        trail.note(told, now)


def _postpone(part: Sequence[int], now: datetime) -> None:
    """Leave them alone for a while: one longer each time, several to be fewer at once then."""
    rows = _due(part)
    if len(part) > 1:
        # So that `_parts` makes less than this of them, by half or more.
        smaller = (AT_ONCE // len(part)).bit_length()
        rows.update(attempts=smaller, due_at=now + SOONEST)
        return
    for attempts in rows.values_list("attempts", flat=True):
        later = now + min(SOONEST * 2**attempts, LATEST)
        rows.update(attempts=min(attempts + 1, MOST_ATTEMPTS), due_at=later)
