"""Posts what is due: claimed by a lease, called outside any transaction, tried again.

Hands that come free are filled at once, so that nobody waits for the slowest of all receivers.
"""

import logging
import time
from collections.abc import Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override

from kernel import clock, retelling
from kernel.http import Answer, Limits, OutboundError, fetch
from kernel.sealing import Unreadable
from webhooks.models import PostState
from webhooks.services import calls, claiming, signing
from webhooks.services.claiming import HANDS, Claimed

logger = logging.getLogger(__name__)

ANSWERED = retelling.declare(gettext_noop("The server answered with status %(status)s."))
LONGEST_ANSWER = 10_000
# New ones are begun for so long; then whoever else waits for this worker has their turn.
SECONDS = 10.0
# So long at most until what has become due meanwhile is begun, while others are waited for.
LOOK_EVERY = 1.0
BACK_OFF = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
)
# What is tried as often as it may be is over by then.
PATIENCE = sum(BACK_OFF, timedelta())
# The lease is named, so that nothing is written for whom another worker has taken it over.
WRITE = f"""
UPDATE webhook_post p SET state = f.state, due_at = f.due_at, error = f.error,
  url = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.url ELSE '' END,
  headers = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.headers ELSE '' END,
  secret = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.secret ELSE '' END,
  outside = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.outside ELSE '' END,
  body = CASE WHEN f.state = {int(PostState.WAITING)} THEN p.body ELSE '' END
FROM (VALUES (%s::bigint, %s::smallint, %s::smallint, %s::timestamptz, %s::text))
  f(id, attempts, state, due_at, error)
WHERE p.id = f.id AND p.attempts = f.attempts AND p.state = {int(PostState.WAITING)}"""  # noqa: S608


@dataclass(frozen=True)
class Came:
    """What came of a try: empty `error` is taken, `passing` is worth another."""

    error: str = ""
    passing: bool = False
    # Nobody answered: others there need not be tried one by one.
    silent: bool = False
    # Somebody did, whatever they said.
    answered: bool = False


def is_due(now: datetime) -> bool:
    """Say whether something is to be posted."""
    return claiming.is_due(now)


def deliver(now: datetime) -> bool:
    """Post what is due until a turn is over; say whether there was anything."""
    ends, began = time.monotonic() + SECONDS, False
    under_way: dict[Future[Came], Claimed] = {}
    with ThreadPoolExecutor(HANDS) as hands:
        try:
            while True:
                if time.monotonic() < ends:
                    for post in claiming.claim(under_way.values(), max(now, clock.now())):
                        under_way[hands.submit(_call, post)] = post
                        began = True
                if not under_way:
                    return began
                done, _rest = wait(under_way, timeout=LOOK_EVERY, return_when=FIRST_COMPLETED)
                _note_all(done, under_way, now)
        finally:
            # Whatever broke: answers nobody notes are asked for again, that is posted twice.
            _note_all(wait(under_way).done, under_way, now)


def _note_all(
    done: Iterable[Future[Came]], under_way: dict[Future[Came], Claimed], now: datetime
) -> None:
    """Note each answer by itself; then raise what kept one of them from being noted."""
    problem: Exception | None = None
    for each in done:
        post = under_way[each]
        try:
            _note(post, each.result(), max(now, clock.now()))
            # What could not be noted is tried once more at the end.
            del under_way[each]
        except DatabaseError as error:
            logger.exception("What came of post %s cannot be noted.", post.id)
            problem = error
            if not connection.in_atomic_block and not connection.is_usable():
                # The next statement opens another one.
                connection.close()
    if problem is not None:
        raise problem


def _call(post: Claimed) -> Came:
    # What is stored is told in the language of whoever reads it (`kernel.retelling`).
    with override(None):
        return _came(post)


def _came(post: Claimed) -> Came:
    try:
        answer = _answer(post)
    except Unreadable:
        return Came(_("The secret cannot be read any more: enter it again."))
    except OutboundError as error:
        return Came(str(error), passing=not error.permanent, silent=not error.permanent)
    except Exception:  # What one post breaks must not keep the answers to the others unwritten.
        logger.exception("Post %s cannot be made.", post.id)
        return Came(_("The call cannot be made with these settings."))
    if answer.ok:
        return Came(answered=True)
    words = ANSWERED % {"status": answer.status}
    return Came(words, passing=not answer.permanent, answered=True)


def _answer(post: Claimed) -> Answer:
    bare = not post.kind
    body = b"" if bare else post.body.encode()
    signed = signing.headers(post.cause, post.secret, body, clock.now())
    # An own type of content goes before that of the body.
    own = {"Content-Type": post.kind} if post.kind else {}
    for name, value in calls.own_headers(post.headers, post.url).items():
        own["Content-Type" if name.lower() == "content-type" else name] = value
    return fetch(
        post.method,
        calls.with_query(post.url, post.body) if bare else post.url,
        content=body,
        headers={**own, **signed},
        limits=Limits(seconds=post.seconds, body=LONGEST_ANSWER),
    )


def _note(post: Claimed, came: Came, now: datetime) -> None:
    state, due = PostState.REFUSED, now
    if not came.error:
        state = PostState.TAKEN
    elif came.passing and post.attempts <= len(BACK_OFF):
        state, due = PostState.WAITING, now + BACK_OFF[post.attempts - 1]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [post.id, post.attempts, int(state), due, came.error[:500]])
    if came.silent and post.host:
        claiming.note_silence(post.host, came.error[:500], now)
        claiming.give_up(post.host, now - PATIENCE, now)
    elif came.answered:
        claiming.note_answer(post.host)
