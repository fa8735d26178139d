"""The threads that render mails and hand them over; none of them touches the database."""

import logging
import os
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.addresses import AddressRefused
from emails.models import CapturedMail, Reason, State
from emails.services import messages
from emails.services.outcomes import Outcome, given_back, passing
from emails.services.slices import Recipient, Slice
from emails.services.transports import Answer, Mail, Reply, Transport, transport

logger = logging.getLogger(__name__)
# What is left of a lease must outlast the server's answer to one mail.
MARGIN = timedelta(seconds=75)
# A server that cannot be reached is left alone this long, longer each time.
REST_SECONDS, LONGEST_REST = 5.0, 60.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One mail of a slice: what was handed over, and the answer; None when it was not tried."""

    recipient: Recipient
    reply: Reply | None
    mail: Mail | None = None
    reason: Reason | None = None


@dataclass(frozen=True)
class Report:
    """What a thread did with its slice."""

    part: Slice
    attempts: list[Attempt]
    captures: bool

    def outcomes(self, at: datetime) -> Iterable[Outcome]:
        """Say for each delivery what the ledger shall hold."""
        for attempt in self.attempts:
            yield self._outcome(attempt, at)

    def _outcome(self, attempt: Attempt, at: datetime) -> Outcome:
        claimed = attempt.recipient.claimed
        if attempt.reason:
            state = State.FAILED if attempt.reason == Reason.POISON else State.SKIPPED
            return Outcome(claimed, state, at, attempt.reason)
        reply = attempt.reply
        if reply is None:
            return given_back(claimed, at)
        if reply.answer == Answer.ACCEPTED:
            kept = self._captured(attempt, at) if self.captures else None
            return Outcome(claimed, State.SENT, at, captured=kept)
        if reply.answer == Answer.PERMANENT:
            return Outcome(claimed, State.FAILED, at, reply.words)
        if reply.answer == Answer.DOWN:
            waits = given_back(claimed, at, timedelta(seconds=LONGEST_REST))
            return waits.because(reply.words)
        if reply.answer == Answer.UNKNOWN and self.part.version.marketing:
            return Outcome(claimed, State.UNCERTAIN, at, Reason.NO_ANSWER)
        return passing(claimed, reply.words or Reason.NO_ANSWER, at, cut=reply.cut)

    def _captured(self, attempt: Attempt, at: datetime) -> CapturedMail | None:
        mail = attempt.mail
        if mail is None:
            return None
        return CapturedMail(
            delivery_id=attempt.recipient.claimed.id,
            sender=mail.sender,
            recipients=mail.recipient,
            subject=mail.subject,
            raw=mail.raw,
            created_at=at,
        )


class Hands:
    """A process's pool of threads over its transport, with the rest a dead server is given."""

    _mine: "tuple[int, Hands] | None" = None

    def __init__(self, over: Transport) -> None:
        self.transport = over
        self.threads = over.threads
        self._pool = ThreadPoolExecutor(over.threads, thread_name_prefix="mail")
        self._rests_until = 0.0
        self._pause = REST_SECONDS

    @classmethod
    def of_this_process(cls) -> "Hands":
        """Return the pool, made anew after a fork or when the transport has changed."""
        over = transport()
        if cls._mine is None or cls._mine[0] != os.getpid() or cls._mine[1].transport is not over:
            cls._mine = (os.getpid(), cls(over))
        return cls._mine[1]

    def resting(self) -> bool:
        """Say whether the server was out of reach a moment ago."""
        return time.monotonic() < self._rests_until

    def take(self, part: Slice) -> Future[Report]:
        """Have a thread send a slice."""
        return self._pool.submit(self._send, part)

    def _send(self, part: Slice) -> Report:
        ends = time.monotonic() + (part.lease_until - part.began_at - MARGIN).total_seconds()
        attempts = [self._attempt(part, recipient, ends) for recipient in part.recipients]
        return Report(part, attempts, self.transport.captures)

    def _attempt(self, part: Slice, recipient: Recipient, ends: float) -> Attempt:
        if time.monotonic() > ends or self.resting():
            return Attempt(recipient, None)
        try:
            mail = messages.compose(part, recipient)
        except AddressRefused:
            return Attempt(recipient, None, reason=Reason.BAD_ADDRESS)
        except Exception:
            # One reader's values must not stop the others.
            logger.exception("The mail of delivery %s cannot be written", recipient.claimed.id)
            return Attempt(recipient, None, reason=Reason.POISON)
        reply = self.transport.deliver(mail)
        self._learn(reply)
        return Attempt(recipient, reply, mail)

    def _learn(self, reply: Reply) -> None:
        if reply.answer == Answer.DOWN:
            self._rests_until = time.monotonic() + self._pause
            self._pause = min(self._pause * 2, LONGEST_REST)
        else:
            self._pause = REST_SECONDS
