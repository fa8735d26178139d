"""A worker's turn: claims some texts, writes them, hands them over, writes what became of them.

While the provider is asked nothing is locked and no transaction is open. A crash leaves in doubt
what was handed over without an answer, `AT_ONCE` texts at most; `settling` looks for these.
"""

import logging
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from kernel.locks import GATE_LOCK, wait_lock
from sms.models import State, TextDelivery
from sms.services import claims, holding, outcomes, pace, runs
from sms.services.composing import Written, begin
from sms.services.outcomes import Outcome
from sms.services.transports import Answer, Outgoing, Reply, Transport, transport

logger = logging.getLogger(__name__)
AT_ONCE = HANDS = 20
# Seconds after which nothing is handed over any more: with the longest answer well within a lease.
LATEST = 60.0
# The way to the provider is open where one of so many texts went so lately.
LOOKED_AT, LATELY = 100, timedelta(minutes=10)
# Seconds after which no further source is begun with: the next turn begins anew.
LONGEST = 20.0


def send_batch(now: datetime, *, transactional: bool) -> bool:
    """Send some of what is due of every source; say whether there was anything."""
    carrier, found, at, began = transport(), False, now, time.monotonic()
    for run in _in_turn(holding.sources()):
        claimed, seen = claims.claim(run, carrier, AT_ONCE, at, transactional=transactional)
        found = found or bool(seen)
        if claimed:
            _send(begin(claimed, carrier, at), carrier, at)
        if run and seen < AT_ONCE:
            runs.finish(run, at)
        elapsed = time.monotonic() - began
        if elapsed > LONGEST:
            return True
        # A source waits for those before it; leases begin when it is its turn.
        at = now + timedelta(seconds=elapsed)
    return found


def _in_turn(sources: Sequence[int]) -> list[int]:
    """Return single texts first, then the runs, each of them before the others now and then."""
    runs = list(sources[1:])
    random.shuffle(runs)
    return [*sources[:1], *runs]


def _send(written: Sequence[Written], carrier: Transport, now: datetime) -> None:
    if not written:
        return
    began = time.monotonic()
    with ThreadPoolExecutor(HANDS) as hands:
        replies = list(hands.map(lambda one: _deliver(carrier, one.outgoing, began), written))
    at = now + timedelta(seconds=time.monotonic() - began)
    replies = _each_its_own(replies, carrier, at)
    found = [_outcome(one, reply, carrier, at) for one, reply in zip(written, replies, strict=True)]
    outcomes.write(found)
    if seconds := max(reply.rest for reply in replies):
        with transaction.atomic():
            wait_lock(GATE_LOCK, claims.GATE)
            pace.rest(carrier.name, seconds, at)


def _each_its_own(replies: list[Reply], carrier: Transport, at: datetime) -> list[Reply]:
    """Take a refusal for its text's where others go through: it is tried less."""
    if not any(reply.unnamed for reply in replies):
        return replies
    went = any(reply.answer is Answer.ACCEPTED for reply in replies)
    if not went:
        kept = TextDelivery.objects.filter(account=carrier.account).order_by("-pk")[:LOOKED_AT]
        lately = kept.values_list("state", "sent_at")
        went = any(state == State.SENT and sent and sent > at - LATELY for state, sent in lately)
    if not went:
        return replies
    return [
        replace(one, answer=Answer.PASSING, rest=0.0) if one.unnamed else one for one in replies
    ]


def _deliver(carrier: Transport, text: Outgoing, began: float) -> Reply:
    if time.monotonic() - began > LATEST:
        # Whoever slept so long no longer holds it: others may have handed it over by now.
        return Reply(Answer.DOWN)
    try:
        return carrier.deliver(text)
    except Exception:
        # Nobody knows how far it came; the other texts have their answers.
        logger.exception("The text of delivery %s ended in an error", text.delivery)
        return Reply(Answer.UNKNOWN)


def _outcome(one: Written, reply: Reply, carrier: Transport, at: datetime) -> Outcome:
    return outcomes.of(one.claimed, reply, at, one.body if carrier.captures else None)
