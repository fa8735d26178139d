"""Where mails go: over SMTP to the server of EMAIL_URL, or into the captured mails."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.conf import settings


class Answer(StrEnum):
    """What handing a mail over came to."""

    ACCEPTED = "accepted"
    PERMANENT = "permanent"
    PASSING = "passing"
    # The mail went out, but the server's answer never came.
    UNKNOWN = "unknown"
    # The server itself cannot be reached: nothing was tried.
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to one mail, with the server's words."""

    answer: Answer
    words: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail ready for the wire."""

    sender: str
    recipient: str
    raw: bytes
    subject: str = ""


class Transport:
    """Hands mails over; called by several threads at once, never touches the database."""

    threads: ClassVar[int] = 1
    # Whether mails are kept in `captured_mail`, together with the outcome.
    captures: ClassVar[bool] = False

    def deliver(self, mail: Mail) -> Result:
        """Hand one mail over."""
        raise NotImplementedError


class Capture(Transport):
    """Sends nothing: mails can be looked at in the back office."""

    captures = True

    def deliver(self, mail: Mail) -> Result:
        """Take the mail; it is stored with the outcome of its delivery."""
        return Result(Answer.ACCEPTED, "captured")


def transport() -> Transport:
    """Return the transport in force."""
    if not settings.EMAIL_URL:
        return Capture()
    raise NotImplementedError
