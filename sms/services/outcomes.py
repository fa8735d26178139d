"""Writes what became of deliveries, by id and fence, with the events that tell of it."""

import logging
import random
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from kernel import events
from kernel.events import Fact
from kernel.locks import lock_contacts
from sms.models import CapturedText, State, TextDelivery
from sms.services import numbers_closed
from sms.services.claims import Claimed
from sms.services.transports import Answer, Reply

logger = logging.getLogger(__name__)
# Seconds between tries to write what has happened already.
RETRIES = (0.1, 0.5, 2, 5)
# Minutes until the next try; about a day in all.
BACK_OFF = (0.5, 2, 5, 15, 30, 60, 120, 240, 480, 480)
# When what is in doubt is looked for first: a message is listed within seconds.
LOOKED_FOR = timedelta(seconds=60)
KEYS = {State.SENT: "sms.sent", State.FAILED: "sms.failed"}

# What has no lease any more was written before, or a receipt was quicker.
WRITE = """
WITH held AS MATERIALIZED (
  SELECT id FROM sms_delivery WHERE id = ANY(%(ids)s) ORDER BY id FOR NO KEY UPDATE)
UPDATE sms_delivery d SET state = u.state, reason = u.reason, lease_until = NULL,
  sent_at = CASE WHEN u.state = 3 THEN u.at END,
  due_at = coalesce(u.again, d.due_at), attempts = d.attempts + u.tried,
  doubts = d.doubts + (u.state = 5)::int,
  sid = coalesce(u.sid, d.sid), status = coalesce(nullif(u.status, ''), d.status),
  parts = coalesce(u.parts, d.parts), body = CASE WHEN u.state = 5 THEN d.body END
FROM held h JOIN unnest(%(ids)s::bigint[], %(fences)s::int[], %(states)s::smallint[],
       %(reasons)s::text[], %(times)s::timestamptz[], %(again)s::timestamptz[],
       %(tried)s::smallint[], %(sids)s::text[], %(statuses)s::text[], %(parts)s::smallint[])
     u(id, fence, state, reason, at, again, tried, sid, status, parts) ON u.id = h.id
WHERE d.id = h.id AND d.fence = u.fence AND d.lease_until IS NOT NULL
RETURNING d.id, d.contact_id"""
# Who was taken for the message of another, of the same words, before the answer to that one came:
# in doubt again, unless its run is over, which nothing goes out for any more.
TAKEN_BACK = """
UPDATE sms_delivery d SET sid = NULL, state = 5, sent_at = NULL, delivered_at = NULL, status = '',
  reason = 'no_answer', fence = d.fence + 1, doubts = d.doubts + 1, due_at = u.at,
  body = CASE WHEN d.number IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sms_run r WHERE r.id = d.run_id AND r.finished_at IS NOT NULL) THEN o.body END
FROM unnest(%(ids)s::bigint[], %(sids)s::text[], %(times)s::timestamptz[]) u(id, sid, at)
JOIN sms_delivery o ON o.id = u.id
WHERE d.sid = u.sid AND d.id <> u.id"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one delivery; `again_at` puts it back into the queue."""

    claimed: Claimed
    state: State
    at: datetime
    reason: str | None = None
    again_at: datetime | None = None
    tried: bool = True
    reply: Reply | None = None
    # The text, where the transport only keeps it.
    captured: str | None = None


def of(claimed: Claimed, reply: Reply, at: datetime, captured: str | None = None) -> Outcome:
    """Say what a provider's answer means for a delivery."""
    if reply.answer is Answer.ACCEPTED:
        return Outcome(claimed, State.SENT, at, reply=reply, captured=captured)
    if reply.answer is Answer.PERMANENT:
        return Outcome(claimed, State.FAILED, at, reply.words, reply=reply)
    if reply.answer is Answer.UNKNOWN:
        again = at + LOOKED_FOR
        return Outcome(claimed, State.UNCERTAIN, at, "no_answer", again, tried=False, reply=reply)
    if reply.answer is Answer.DOWN:
        again = at + timedelta(seconds=reply.rest)
        return Outcome(claimed, State.QUEUED, at, reply.words, again, tried=False)
    return _later(claimed, reply, at)


def _later(claimed: Claimed, reply: Reply, at: datetime) -> Outcome:
    if claimed.attempts >= len(BACK_OFF):
        return Outcome(claimed, State.FAILED, at, reply.words, reply=reply)
    minutes = BACK_OFF[claimed.attempts] * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load
    again = at + max(timedelta(minutes=minutes), timedelta(seconds=reply.rest))
    return Outcome(claimed, State.QUEUED, at, reply.words, again)


def write(outcomes: Iterable[Outcome]) -> set[int]:
    """Commit outcomes; the texts are out, so a database that is away for a moment is waited for."""
    kept = list(outcomes)
    for pause in RETRIES:
        try:
            return commit(kept)
        except OperationalError:
            if connection.in_atomic_block:
                raise
            logger.warning("Outcomes are written again in %s s.", pause)
            connection.close()
            time.sleep(pause)
    return commit(kept)


def commit(outcomes: Iterable[Outcome]) -> set[int]:
    """Write outcomes in one transaction, or the caller's; return which were still ours."""
    kept = sorted(outcomes, key=lambda outcome: outcome.claimed.id)
    if not kept:
        return set()
    with transaction.atomic():
        # Contacts before their rows, as merging and erasing do.
        closing = [one.claimed.id for one in kept if _closes(one)]
        whose = TextDelivery.objects.filter(pk__in=closing).values_list("contact_id", flat=True)
        lock_contacts(list(whose) if closing else [])
        rows = _rows(kept)
        with connection.cursor() as cursor:
            cursor.execute(TAKEN_BACK, rows)
            cursor.execute(WRITE, rows)
            ours: dict[int, int] = dict(cursor.fetchall())
        # Who was merged meanwhile is the survivor.
        mine = [
            replace(one, claimed=replace(one.claimed, contact_id=ours[one.claimed.id]))
            for one in kept
            if one.claimed.id in ours
        ]
        _tell(mine)
        numbers_closed.close([_refusal(one) for one in mine if _closes(one)], kept[0].at)
        CapturedText.objects.bulk_create(
            CapturedText(
                delivery_id=one.claimed.id,
                recipient=one.claimed.number,
                body=one.captured,
                parts=one.reply.parts or 1 if one.reply else 1,
                created_at=one.at,
            )
            for one in mine
            if one.captured is not None
        )
    return set(ours)


def _closes(one: Outcome) -> bool:
    refused = one.state == State.FAILED and one.reply is not None
    return refused and one.reply.code in numbers_closed.CODES  # type: ignore[union-attr]


def _refusal(one: Outcome) -> numbers_closed.Refusal:
    code = one.reply.code if one.reply else 0
    row = one.claimed
    return numbers_closed.Refusal(row.contact_id, row.number, code, one.reason or "")


def _tell(outcomes: Sequence[Outcome]) -> None:
    groups: dict[tuple[str, int, bool], list[Outcome]] = defaultdict(list)
    for one in outcomes:
        if key := KEYS.get(one.state):
            groups[key, one.claimed.depth, one.claimed.run_id > 0].append(one)
    for (key, depth, bulk), group in groups.items():
        now = max(one.at for one in group)
        facts = [_fact(one) for one in group]
        # Telling of it is a reaction to what asked for the text.
        events.record(key, facts, now=now, depth=depth + 1, bulk=bulk)


def _fact(one: Outcome) -> Fact:
    row = one.claimed
    told: dict[str, Any] = {"delivery": str(row.id), "cause": row.cause}
    if one.reason:
        told["reason"] = one.reason
    if one.reply and one.reply.code:
        told["code"] = str(one.reply.code)
    return Fact(row.contact_id, one.at, subject=row.sms_id, data=told)


def _rows(group: Sequence[Outcome]) -> dict[str, Any]:
    replies = [one.reply for one in group]
    return {
        "ids": [one.claimed.id for one in group],
        "fences": [one.claimed.fence for one in group],
        "states": [int(one.state) for one in group],
        "reasons": [str(one.reason) if one.reason else None for one in group],
        "times": [one.at for one in group],
        "again": [one.again_at for one in group],
        "tried": [int(one.tried) for one in group],
        "sids": [reply.sid if reply else None for reply in replies],
        "statuses": [reply.status if reply else "" for reply in replies],
        "parts": [reply.parts if reply else None for reply in replies],
    }
