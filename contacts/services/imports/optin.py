"""The opt-in column: who says no is never written to, who says yes is believed within limits.

*No* closes the email channel. *Yes* is kept as consent; it opens the channel again only where the
person had unsubscribed and the import says that these people asked again. A complaint, a bounce
or a word by hand is never lifted by a file.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from contacts.services import consent
from contacts.services.imports.options import OptIn
from contacts.words import Channel, ConsentState, Purpose, Reason

Said = Sequence[tuple[int, bool | None]]
# Somebody's word, which a file's *yes* does not outweigh; a bounce is only the address's fault.
_SOMEBODYS_WORD = frozenset({Reason.UNSUBSCRIBED, Reason.COMPLAINT, Reason.MANUAL})

CLOSED = """
SELECT contact_id, reason FROM do_not_contact WHERE channel = %s AND contact_id = ANY(%s)"""
CONSENTS = """
SELECT contact_id, state FROM consent
WHERE purpose = %s AND topic_id = 0 AND contact_id = ANY(%s)"""


@dataclass(frozen=True)
class Answers:
    """How the answers of one file are to be taken, and what is kept as their proof."""

    option: OptIn
    source: str
    name: str

    @property
    def proof(self) -> str:
        """What is kept with a consent: where the answer stood, and why it counts."""
        where = _("Column %(column)s of %(file)s")
        told = where % {"column": self.option.column, "file": self.name}
        return f"{told}: {self.option.reason}" if self.option.reason else told

    def consent(self, state: str, now: datetime) -> consent.Proof:
        """Return the record that is kept with whoever this answer is taken from."""
        return consent.Proof(Purpose.EMAIL, state, self.source, now, self.proof)


def apply_answers(said: Said, answers: Answers, now: datetime) -> int:
    """Carry out the answers of a batch, in the order of its rows.

    Returns for how many the channel was opened again.
    """
    final = _final(said, answers.option)
    if not final:
        return 0
    closed = closed_for(final)
    states = _consents(final)
    no = [contact for contact, answer in final.items() if not answer]
    yes = [contact for contact, answer in final.items() if answer]
    # What somebody said before says more than this does.
    fresh = [c for c in no if not closed.get(c, set()) & _SOMEBODYS_WORD]
    consent.close(fresh, Channel.EMAIL, Reason.UNSUBSCRIBED, answers.proof, now)
    refused = [c for c in no if states.get(c) != ConsentState.REFUSED]
    consent.give(refused, answers.consent(ConsentState.REFUSED, now), now)
    reopened, believed = _lifted(yes, closed, answers, now)
    if not answers.option.asked_again:
        believed = [c for c in believed if states.get(c) != ConsentState.REFUSED]
    # Whose unsubscribe is lifted has proof of it, whatever consent was in force beside it.
    granted = [c for c in believed if states.get(c) != ConsentState.GRANTED or c in reopened]
    consent.give(granted, answers.consent(ConsentState.GRANTED, now), now)
    return len(reopened)


def liftable(rows: Iterable[tuple[int, bool | None]]) -> set[int]:
    """Return which of these people, by what their rows say, unsubscribed and would be opened."""
    yes = {contact for contact, answer in rows if answer}
    closed = closed_for(yes) if yes else {}
    return {contact for contact, reasons in closed.items() if Reason.UNSUBSCRIBED in reasons}


def closed_for(contacts: Iterable[int]) -> dict[int, set[str]]:
    """Return all reasons why the email channel is closed, for those for whom it is."""
    found: dict[int, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, [Channel.EMAIL, sorted(contacts)])
        for contact, reason in cursor.fetchall():
            found.setdefault(contact, set()).add(reason)
    return found


def _lifted(
    yes: Sequence[int], closed: dict[int, set[str]], answers: Answers, now: datetime
) -> tuple[set[int], list[int]]:
    """Open the channel for whom this file may; return these, and whose *yes* is believed."""
    lifts = {Reason.UNSUBSCRIBED} if answers.option.asked_again else set()
    believed = sorted(c for c in yes if not closed.get(c, set()) & (_SOMEBODYS_WORD - lifts))
    reopened: list[int] = []
    if lifts:
        reopened = consent.reopen(yes, Channel.EMAIL, answers.proof, now, [Reason.UNSUBSCRIBED])
    return set(reopened), believed


def _final(said: Said, option: OptIn) -> dict[int, bool]:
    """Reduce the rows of each contact to one answer, as if the rows came one after the other."""
    final: dict[int, bool] = {}
    for contact, answer in said:
        if answer is None and option.empty == "opted_out":
            final[contact] = False
        elif answer is not None:
            lifts = answer and (option.asked_again or final.get(contact, True))
            final[contact] = bool(lifts)
    return final


def _consents(contacts: Iterable[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(CONSENTS, [Purpose.EMAIL, sorted(contacts)])
        return dict(cursor.fetchall())
