"""One mail that was tried, or could not be, and what the ledger shall hold of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emails.models import CapturedMail, Reason, State
from emails.services.outcomes import Outcome, given_back, passing
from emails.services.slices import Recipient, Slice
from emails.services.transports import Answer, Mail, Reply

# How long everybody waits whose server could not be reached.
AWAY = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One mail of a slice: what was handed over, and the answer; None when it was not tried."""

    part: Slice
    recipient: Recipient
    reply: Reply | None
    mail: Mail | None = None
    reason: Reason | None = None

    def outcome(self, at: datetime, *, captures: bool) -> Outcome:
        """Say what became of the delivery."""
        claimed = self.recipient.claimed
        if self.reason:
            ours = self.reason in (Reason.POISON, Reason.BAD_SENDER)
            state = State.FAILED if ours else State.SKIPPED
            return Outcome(claimed, state, at, self.reason)
        if self.reply is None:
            return given_back(claimed, at)
        return self._answered(self.reply, at, captures=captures)

    def _answered(self, reply: Reply, at: datetime, *, captures: bool) -> Outcome:
        claimed = self.recipient.claimed
        if reply.answer == Answer.ACCEPTED:
            kept = self._captured(at) if captures else None
            return Outcome(claimed, State.SENT, at, captured=kept)
        if reply.answer == Answer.PERMANENT:
            return Outcome(claimed, State.FAILED, at, reply.words)
        if reply.answer == Answer.DOWN:
            return given_back(claimed, at, AWAY).because(reply.words)
        if reply.answer == Answer.UNKNOWN and self.part.version.marketing:
            return Outcome(claimed, State.UNCERTAIN, at, Reason.NO_ANSWER)
        return passing(claimed, reply.words or Reason.NO_ANSWER, at, cut=reply.cut)

    def _captured(self, at: datetime) -> CapturedMail | None:
        mail = self.mail
        if mail is None:
            return None
        return CapturedMail(
            delivery_id=self.recipient.claimed.id,
            sender=mail.sender,
            recipients=mail.recipient,
            subject=mail.subject,
            raw=mail.raw,
            created_at=at,
        )
