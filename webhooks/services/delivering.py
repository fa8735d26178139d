"""Posts what is due: claimed by a lease, called outside any transaction, tried again."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from kernel import clock
from kernel.http import Limits, OutboundError, fetch
from kernel.sealing import Unreadable
from kernel.withholding import RESTRICTED
from webhooks.models import PostState
from webhooks.services import signing

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
LIMITS = Limits(seconds=10, body=10_000)
# At once by one worker; all of them are answered, or given up, well within the lease.
BATCH = HANDS = 16
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)
# Steps ask about their posts at least every five minutes (`posting.LATE`): where none does, the
# contact has left, or the campaign stands still.
ASKED = timedelta(minutes=15)
DUE = f"""
SELECT p.id FROM webhook_post p WHERE p.state = {int(PostState.WAITING)} AND p.due_at <= %(now)s
  AND p.asked_at > %(asked)s
  AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.id = p.contact_id
                  AND c.withheld = {RESTRICTED})
ORDER BY p.due_at LIMIT {BATCH} FOR UPDATE OF p SKIP LOCKED"""  # noqa: S608 - constants
CLAIM = f"""
UPDATE webhook_post SET attempts = least(attempts, 32766) + 1, due_at = %(lease)s
WHERE id IN ({DUE}) RETURNING id, cause, url, secret, body, attempts"""  # noqa: S608 - constants
# The lease is named, so that nothing is written for whom another worker has taken it over.
WRITE = f"""
UPDATE webhook_post p SET state = f.state, due_at = f.due_at, error = f.error,
  url = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.url ELSE '' END,
  secret = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.secret ELSE '' END,
  body = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.body ELSE '' END
FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::timestamptz[], %s::text[])
  f(id, attempts, state, due_at, error)
WHERE p.id = f.id AND p.attempts = f.attempts AND p.state = {int(PostState.WAITING)}"""  # noqa: S608


@dataclass(frozen=True)
class Claimed:
    """One post this process holds until its lease ends."""

    id: int
    cause: str
    url: str
    secret: str
    body: str
    attempts: int


@dataclass(frozen=True)
class Came:
    """What came of a try: empty `error` is taken, `passing` is worth another."""

    error: str = ""
    passing: bool = False


def is_due(now: datetime) -> bool:
    """Say whether something is to be posted."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT EXISTS ({DUE.replace('FOR UPDATE OF p SKIP LOCKED', '')})",
            {"now": now, "asked": now - ASKED},
        )
        return bool(cursor.fetchone()[0])


def deliver(now: datetime) -> bool:
    """Post some of what is due; say whether there was anything."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"now": now, "asked": now - ASKED, "lease": now + LEASE})
        claimed = [Claimed(*row) for row in cursor.fetchall()]
    if not claimed:
        return False
    with ThreadPoolExecutor(HANDS) as hands:
        came = list(hands.map(_call, claimed))
    _write(claimed, came, max(now, clock.now()))
    return True


def _call(post: Claimed) -> Came:
    body = post.body.encode()
    try:
        headers = signing.headers(post.cause, post.secret, body, clock.now())
        answer = fetch("POST", post.url, content=body, headers=headers, limits=LIMITS)
    except Unreadable:
        return Came(_("The secret cannot be read any more: enter it again."))
    except OutboundError as error:
        return Came(str(error), passing=not error.permanent)
    except Exception:  # What one post breaks must not keep the answers to the others unwritten.
        logger.exception("Post %s cannot be made.", post.id)
        return Came(_("The call cannot be made with these settings."))
    if answer.ok:
        return Came()
    words = _("The server answered with status %(status)s.") % {"status": answer.status}
    return Came(words, passing=not answer.permanent)


def _write(claimed: Sequence[Claimed], came: Sequence[Came], now: datetime) -> None:
    rows = []
    for post, result in zip(claimed, came, strict=True):
        state, due = PostState.REFUSED, now
        if not result.error:
            state = PostState.TAKEN
        elif result.passing and post.attempts <= len(BACK_OFF):
            state, due = PostState.WAITING, now + BACK_OFF[post.attempts - 1]
        rows.append((post.id, post.attempts, int(state), due, result.error[:500]))
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])
