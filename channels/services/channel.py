"""What the common code knows of a channel: names, tables, words, and what it does itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from channels.models import Delivery, Message, Run
from channels.services.audiences import Audience

# What a channel does itself takes its own messages and runs, so that no signature fits all.
Does = Callable[..., Any]


@dataclass(frozen=True)
class Words:
    """Sentences in which a channel names its messages."""

    # Of so many messages: what was done to them.
    published: Callable[[int], str]
    unpublished: Callable[[int], str]
    # To who may edit and not publish.
    closed: Any
    unpublished_only: Any
    being_sent: Any
    # There are too many to be counted while one waits.
    uncounted: Any
    # Of a person: it was never to get this; of everybody: they will stand here.
    never: Any
    meant: Any
    # On the page of a person: one that may not be seen; there is none yet.
    hidden: Any
    none: Any
    # Why a run does not begin, by code (`channels.services.running.begin`).
    begin: Mapping[str, Any]
    # Of the action: the message is gone, unpublished (`%(SUBJECT)s` is its name), a broadcast.
    gone: Any
    idle: Any
    not_a_template: Any
    # In the timeline of a person: not sent, called off, perhaps sent, where the name is hidden.
    untold: Callable[[], tuple[str, str, str]]


@dataclass(frozen=True)
class Channel:
    """A channel.

    `kind` is the right, the first word of its screens, queues and events, the name of its REST
    and the folder of its templates; `subject` is what ledger, runs, settings and the registry of
    subjects call a message by.
    """

    kind: str
    subject: str
    message: type[Message]
    run: type[Run]
    delivery: type[Delivery]
    words: Words
    # The field of contacts that messages go to.
    address: str
    # Reasons of the ledger and their words; what stands in the ledger in words.
    reasons: Sequence[tuple[str, Any]]
    said: Callable[[str | None], str | None]
    # What is measured of a delivery: its column, and the head of the list.
    moments: Sequence[tuple[str, Any]]
    # (message, seen) → who would get it now.
    audience: Callable[..., Audience]
    # (message) → whether a run begun now would find nobody new.
    is_empty: Callable[[Any], bool]
    # (message, contact, now) → `channels.services.explaining.Explanation`.
    explain: Does
    # (message) → code and words of what its author may have overlooked.
    warnings: Callable[[Any], list[tuple[str, str]]]
    # (runs, owner), (messages, owner): give them their `counts`; may be `Slow`.
    count_runs: Does
    count: Does
    # (run, now): count it and keep its figures.
    keep: Does
    # (numbers of messages, owner) → their figures in all; may be `Slow`.
    figures: Does
    # (message, contact, now) → it as a contact gets it.
    preview: Does
    # (message, contacts, causes, now, depth, context) → who is skipped, and why.
    queue: Does
    # What the action foretells and counts, as `kernel.rehearsals` asks it of the message.
    rehearse: Does
    foresee: Does
    effects: Does
    # (message, contact, key, now, event) → the delivery; (message) → whose hands send it.
    queue_one: Does
    queue_of: Callable[[Any], str]
    # Storing, as REST and screens do: (values, now), (message, values, now).
    create: Does
    change: Does
    # What is copied, beside the content.
    copied: tuple[str, ...]
    # SQL over the ledger `d`: what keeps a run open, beyond what waits or is in somebody's hands.
    keeps_open: tuple[str, ...] = ()
    # Why a run may not begin, beyond what all channels ask: a code of `words.begin`, or "".
    hinders: Callable[[Any], str] = lambda _message: ""
    # What became known of a delivery after it was sent, in words.
    since: Callable[[Any], str] = lambda _row: ""

    @property
    def column(self) -> str:
        """Return the column by which ledger and runs name their message."""
        return f"{self.subject}_id"

    @property
    def queues(self) -> tuple[str, str]:
        """Return who works on a run: preparing and cancelling, then sending."""
        return (f"{self.kind}.runs", f"{self.kind}.deliveries")

    def messages(self) -> QuerySet[Any]:
        """Return all messages."""
        return self.message._default_manager.all()

    def runs_of(self, message: Message) -> QuerySet[Any]:
        """Return the runs of a message."""
        return self.run._default_manager.filter(**{self.column: message.pk})

    def opened(self, message: Message) -> QuerySet[Any]:
        """Return the run of a message that is not over: one at most."""
        return self.runs_of(message).filter(state__in=self.run.OPEN)

    def ledger_of(self, message: Message) -> QuerySet[Any]:
        """Return the deliveries of a message."""
        return self.delivery._default_manager.filter(**{self.column: message.pk})

    def about(self, row: Run | Delivery) -> int:
        """Return the message of a run or a delivery, by number."""
        number: int = getattr(row, self.column)
        return number
