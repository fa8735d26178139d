"""Refusals that say the address itself is dead: it is closed at once, and that is an event."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contacts.services import consent
from contacts.words import Reason
from kernel import events
from kernel.locks import lock_contacts

# RFC 3463: no such mailbox, no such host, bad syntax, moved, no mail for it (null MX), disabled.
# What a server says of us, of the text or of its own troubles proves nothing about the address.
DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})
_STATUS = re.compile(r"5\d\d[ -]+(5\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True, slots=True)
class Bounce:
    """One refused delivery."""

    delivery: int
    contact: int
    email: int
    cause: str
    words: str
    at: datetime
    depth: int = 0
    # As a report told it, where the words begin otherwise than a server's answer.
    status: str = ""


def status_of(words: str) -> str:
    """Return the enhanced status of a refusal, such as 5.1.1; nothing where there is none."""
    found = _STATUS.match(words)
    return found[1] if found else ""


def is_hard(words: str | None) -> bool:
    """Say whether the server named the address as dead; without a status nothing is guessed."""
    return status_of(words or "") in DEAD


def close(bounces: Sequence[Bounce], now: datetime) -> None:
    """Tell of hard bounces and write to their addresses no more."""
    if not bounces:
        return
    for depth in {bounce.depth for bounce in bounces}:
        facts = [_fact(bounce) for bounce in bounces if bounce.depth == depth]
        events.record("emails.bounced", facts, now=now, depth=depth + 1)
    # All at once and by id: one by one, two workers could wait for each other.
    lock_contacts(bounce.contact for bounce in bounces)
    # Everyone's own words, but one statement for those alike.
    for words in sorted({bounce.words for bounce in bounces}):
        people = [bounce.contact for bounce in bounces if bounce.words == words]
        consent.close(people, "email", Reason.HARD_BOUNCE, words, now)


def _fact(bounce: Bounce) -> events.Fact:
    data = {"delivery": str(bounce.delivery), "cause": bounce.cause, "kind": "hard"}
    data |= {"status": bounce.status or status_of(bounce.words), "reason": bounce.words}
    return events.Fact(bounce.contact, bounce.at, bounce.email, data)
