"""The threads that render mails and hand them over; none of them touches the database."""

import logging
import os
import random
import threading
import time
from collections import deque
from datetime import timedelta
from queue import SimpleQueue

from emails.addresses import AddressRefused
from emails.models import Reason
from emails.services import messages
from emails.services.attempts import Attempt
from emails.services.senders import SenderRefused
from emails.services.slices import Recipient, Slice
from emails.services.transports import Answer, Reply, Transport, transport
from emails.services.turns import Door

logger = logging.getLogger(__name__)
# What is left of a lease must outlast the server's answer to one mail.
MARGIN = timedelta(seconds=75)
# A server that cannot be reached is left alone this long, longer each time.
REST_SECONDS, LONGEST_REST = 5.0, 60.0
JITTER = 0.2
NEVER = 1 << 30
Work = tuple[Slice, Recipient, float]


class Hands:
    """A process's threads over its transport, with the rest a dead server is given."""

    _mine: "tuple[int, Hands] | None" = None

    def __init__(self, over: Transport) -> None:
        self.transport = over
        self.threads = over.threads
        self._todo: SimpleQueue[Work | None] = SimpleQueue()
        self._done: deque[Attempt] = deque()
        self._wanted = NEVER
        self._enough = threading.Event()
        self._door = Door()
        self._rests_until = 0.0
        self._pause = REST_SECONDS
        for number in range(over.threads):
            threading.Thread(target=self._work, name=f"mail-{number}", daemon=True).start()

    @classmethod
    def of_this_process(cls) -> "Hands":
        """Return the threads, made anew after a fork or when the transport has changed."""
        over = transport()
        process, mine = cls._mine or (0, None)
        if mine is None or process != os.getpid() or mine.transport is not over:
            if mine and process == os.getpid():
                mine.close()
            cls._mine = (os.getpid(), mine := cls(over))
        return mine

    def close(self) -> None:
        """Let the threads end."""
        for _thread in range(self.threads):
            self._todo.put(None)

    def resting(self) -> bool:
        """Say whether the server was out of reach a moment ago."""
        return time.monotonic() < self._rests_until

    def take(self, part: Slice) -> None:
        """Have the threads send everybody of a slice their mail."""
        ends = time.monotonic() + (part.lease_until - part.began_at - MARGIN).total_seconds()
        for recipient in part.recipients:
            self._todo.put((part, recipient, ends))

    def collect(self, enough: int, seconds: float) -> list[Attempt]:
        """Return what was tried, as soon as so many mails are, or the time is over."""
        self._enough.clear()
        self._wanted = enough
        if len(self._done) < enough:
            self._enough.wait(seconds)
        self._wanted = NEVER
        return [self._done.popleft() for _mail in range(len(self._done))]

    def _work(self) -> None:
        while work := self._todo.get():
            part, recipient, ends = work
            try:
                attempt = self._attempt(part, recipient, ends)
            except Exception:
                # Nobody knows how far the mail came.
                logger.exception("Delivery %s ended in an error", recipient.claimed.id)
                attempt = Attempt(part, recipient, Reply(Answer.UNKNOWN))
            self._done.append(attempt)
            if len(self._done) >= self._wanted:
                self._enough.set()

    def _attempt(self, part: Slice, recipient: Recipient, ends: float) -> Attempt:
        if time.monotonic() > ends or self.resting():
            return Attempt(part, recipient, None)
        try:
            mail = messages.compose(part, recipient)
        except SenderRefused:
            return Attempt(part, recipient, None, reason=Reason.BAD_SENDER)
        except AddressRefused:
            return Attempt(part, recipient, None, reason=Reason.BAD_ADDRESS)
        except Exception:
            # One reader's values must not stop the others.
            logger.exception("The mail of delivery %s cannot be written", recipient.claimed.id)
            return Attempt(part, recipient, None, reason=Reason.POISON)
        if not self._door.waits(recipient.claimed.turn):
            return Attempt(part, recipient, None)
        reply = self.transport.deliver(mail)
        self._learn(reply)
        return Attempt(part, recipient, reply, mail)

    def _learn(self, reply: Reply) -> None:
        if reply.answer == Answer.DOWN:
            pause = self._pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads
            self._rests_until = time.monotonic() + pause
            self._pause = min(self._pause * 2, LONGEST_REST)
        else:
            self._pause = REST_SECONDS
