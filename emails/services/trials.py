"""Test mails: what an author has before them, to a few addresses, counted nowhere."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from emails.mime import Letter, write
from emails.models import CapturedMail, Email
from emails.services import identity, preview, signing
from emails.services.transports import Answer, Mail, Reply, transport
from emails.services.workspace import Workspace

MOST = 5
# No delivery of the ledger: whoever sees all emails and contacts finds it among captured mails.
NO_DELIVERY = 0
HEADERS = (("Auto-Submitted", "auto-generated"),)


class SenderRefused(Exception):  # noqa: N818 - an answer to a person
    """The workspace, or the author's role, may not send from this address."""


@dataclass(frozen=True)
class Trial:
    """A test mail to be sent: of what, as whom it is filled in, by which role."""

    email: Email
    contact: int | None
    role: str
    # As somebody who belongs to this audience alone.
    audience: str = ""


def send(trial: Trial, addresses: list[str], now: datetime) -> dict[str, str]:
    """Send it to each address; return who did not take it, with the server's words."""
    mails = {address: _mail(trial, address, now) for address in addresses}
    carrier = transport()
    refused = {}
    for address, mail in mails.items():
        reply = carrier.deliver(mail)
        if reply.answer is not Answer.ACCEPTED:
            refused[address] = _words(reply)
        elif carrier.captures:
            _keep(mail, now)
    return refused


def _mail(trial: Trial, address: str, now: datetime) -> Mail:
    rendered = preview.draft(trial.email, trial.contact, now, trial.audience)
    workspace = Workspace.read()
    sender = rendered.from_address or workspace.address
    if not workspace.senders.permit(sender, trial.role):
        raise SenderRefused(sender)
    subject = _("[Test]") + " " + rendered.subject
    letter = Letter(
        from_address=sender,
        from_name=rendered.from_name or workspace.name,
        to_address=address,
        reply_to=rendered.reply_to,
        subject=subject,
        message_id=f"<test-{uuid.uuid4().hex}@{identity.domain()}>",
        date=now,
        text=rendered.text,
        html=rendered.html,
        headers=HEADERS,
    )
    raw = write(letter)
    if signer := signing.signer_for(sender, workspace.signers):
        raw = signer.sign(raw)
    return Mail(sender, address, raw, subject)


def _keep(mail: Mail, now: datetime) -> None:
    CapturedMail.objects.create(
        delivery_id=NO_DELIVERY,
        sender=mail.sender,
        recipients=mail.recipient,
        subject=mail.subject,
        raw=mail.raw,
        created_at=now,
    )


def _words(reply: Reply) -> str:
    if reply.answer is Answer.DOWN:
        return _("The mail server cannot be reached.")
    return reply.words
