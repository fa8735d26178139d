"""Where texts go: to Twilio, or into the captured texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol

from kernel import preferences
from sms.parts import count

TRANSPORT, PER_SECOND = "sms.transport", "sms.per_second"


class Answer(Enum):
    """What came of handing a text over."""

    ACCEPTED = "accepted"
    # Refused for good.
    PERMANENT = "permanent"
    # Not taken now.
    PASSING = "passing"
    # Out of reach, or it takes nothing from us at all: the text was not looked at.
    DOWN = "down"
    # Nobody knows whether it was taken.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One text ready for the wire."""

    delivery: int
    number: str
    body: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The provider's answer; `code` is its number of a refusal, `rest` how long to leave it.

    `unnamed` is a refusal that does not say whose fault it is, as of a proxy in between.
    """

    answer: Answer
    words: str = ""
    code: int = 0
    sid: str | None = None
    status: str = ""
    parts: int | None = None
    rest: float = 0.0
    unnamed: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the provider lists it; `reply` is what it would have answered to it."""

    body: str
    sender: str
    made_at: datetime
    reply: Reply


class Away(Exception):  # noqa: N818 - an answer
    """The provider could not be asked, or did not list everything."""


class Transport(Protocol):
    """Hands texts over; called by several threads at once, never touches the database."""

    @property
    def name(self) -> str:
        """Return the word of the setting."""

    @property
    def per_second(self) -> int | None:
        """Return how many texts may go a second; None: any number."""

    @property
    def captures(self) -> bool:
        """Say whether texts are kept in `captured_sms`, together with the outcome."""

    @property
    def account(self) -> str:
        """Return who is asked: what went to another cannot be looked for."""

    @property
    def sender(self) -> str:
        """Return in whose name texts go: a number, a name or a service."""

    def deliver(self, text: Outgoing) -> Reply:
        """Hand one text over."""

    @property
    def number(self) -> str:
        """Return our own number, if it has one: where people answer."""

    def received(self, number: str, day: date, since: datetime) -> Iterator[Message]:
        """Yield the messages people wrote to a number of ours on a day of UTC, not before `since`.

        Raises `Away`.
        """

    def listed(self, number: str, since: datetime) -> list[Message]:
        """Return the messages a program had sent to a number since then, the newest first.

        Raises `Away`.
        """


class Capture:
    """Sends nothing: texts can be looked at in the back office."""

    name = "capture"
    per_second: int | None = None
    captures = True
    account, sender, number = "capture", "", ""

    def deliver(self, text: Outgoing) -> Reply:
        """Take the text; it is stored with the outcome of its delivery."""
        return Reply(Answer.ACCEPTED, parts=count(text.body).parts)

    def received(self, number: str, day: date, since: datetime) -> Iterator[Message]:
        """Nobody can answer to it."""
        return iter(())

    def listed(self, number: str, since: datetime) -> list[Message]:
        """Nothing was ever sent: what has no outcome was not kept either."""
        return []


def transport() -> Transport:
    """Return the transport in force, with its settings of this moment."""
    if preferences.get(TRANSPORT) == "twilio":
        from sms.services import twilio

        return twilio.of_settings(int(preferences.get(PER_SECOND)))
    return Capture()
