"""Looks for returned mail where it is configured to lie, each source by one worker at a time.

* look_all(now)          every active source, one after the other
* test(source) -> Came   whether it can be reached, changing nothing
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from emails.models import MailSource
from emails.services import intake, mailboxes, maildirs
from emails.services.mailboxes import LookFailed, Progress
from kernel import clock
from kernel.counting import Counter
from kernel.permissions import Actor

logger = logging.getLogger(__name__)
EVERY = timedelta(minutes=1)
# Whoever died in the middle holds a source no longer than this.
LEASE = timedelta(minutes=5)
SECONDS = 60.0
PER_MINUTE = 20
Way = MailSource.Way
_tests = Counter("mail-source-tests")


def look_all(now: Callable[[], datetime], between: Callable[[], None] | None = None) -> None:
    """Look at each active source that nobody looks at just now; `between` is called before each."""
    rows = MailSource.objects.filter(active=True).exclude(way=Way.WEBHOOK)
    for number in list(rows.order_by("looked_at", "pk").values_list("pk", flat=True)):
        if between:
            between()
        look(number, now())


def look(number: int, now: datetime) -> bool:
    """Look at one source; say whether more lies there."""
    source = _claimed(number, now)
    if source is None:
        return False
    fresh: dict[str, Any] = {"lease_until": None, "looked_at": now}
    more = False
    try:
        came = _fetch(source, now)
    except SoftTimeLimitExceeded:
        # The worker's time is over: its lease runs out, and somebody else looks.
        raise
    except LookFailed as failed:
        fresh |= {"failed_at": now, "trouble": str(failed)[:500]}
    except Exception:
        # Whatever a server answers, the other sources are looked at.
        logger.exception("Source %s of returned mail cannot be looked at.", number)
        fresh |= {"failed_at": now, "trouble": _("The server answered what cannot be read.")}
    else:
        more = came.more
        fresh |= {"trouble": "", **({"taken_at": now} if came.taken else {})}
    MailSource.objects.filter(pk=number, lease_until=source.lease_until).update(**fresh)
    return more


def _claimed(number: int, now: datetime) -> MailSource | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    until = now + LEASE
    rows = MailSource.objects.filter(free, pk=number, active=True)
    if not rows.update(lease_until=until):
        return None
    return MailSource.objects.filter(pk=number, lease_until=until).first()


def _fetch(source: MailSource, now: datetime) -> Progress:
    def take(raw: bytes, size: int) -> bool:
        return intake.store(raw, now, source=source.pk, size=size)

    def keep(validity: int, last: int) -> None:
        held = MailSource.objects.filter(pk=source.pk, lease_until=source.lease_until)
        held.update(validity=validity, last_uid=last)

    if source.way == Way.FOLDER:
        return maildirs.look(source, take)
    return mailboxes.look(source, take, keep, SECONDS)


@dataclass(frozen=True)
class Came:
    """What came of a test, in words."""

    works: bool
    words: str


class TooOften(Exception):  # noqa: N818 - an answer to whoever asked
    """Somebody tried often enough for this minute."""


def test(source: MailSource, user: Actor) -> Came:
    """Try to reach a source; no lock may be held. Raises `TooOften`."""
    if _tests.is_over(str(user.pk), PER_MINUTE, clock.now().timestamp()):
        raise TooOften
    if source.way == Way.WEBHOOK:
        return Came(bool(source.sealed), _("It waits for posts that are signed with its secret."))
    try:
        count = (maildirs if source.way == Way.FOLDER else mailboxes).test(source)
    except LookFailed as failed:
        return Came(works=False, words=str(failed))
    except Exception:
        logger.exception("Source %s of returned mail cannot be tested.", source.pk)
        return Came(works=False, words=_("The server answered what cannot be read."))
    words = ngettext(
        "It works: %(count)d message there.", "It works: %(count)d messages there.", count
    )
    return Came(works=True, words=words % {"count": count})
