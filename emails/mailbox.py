"""Django's mail door: mails of the product to its own users take the same way as all others."""

from collections.abc import Sequence
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from emails.models import CapturedMail
from emails.services.identity import default_address
from emails.services.transports import Answer, Mail, transport
from kernel import clock


class Backend(BaseEmailBackend):
    """Hands each mail to the transport in force; one that captures keeps it to be looked at."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send them one by one; `OSError` when one was not taken, so that it is tried again."""
        for message in email_messages:
            if message.from_email == settings.DEFAULT_FROM_EMAIL:
                message.from_email = formataddr(("Relais", default_address()))
            for recipient in message.recipients():
                _deliver(message, recipient)
        return len(email_messages)


def _deliver(message: EmailMessage, recipient: str) -> None:
    carrier = transport()
    subject, sender = str(message.subject), parseaddr(message.from_email)[1]
    raw = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    result = carrier.deliver(Mail(sender, recipient, raw, subject))
    if result.answer is not Answer.ACCEPTED:
        raise OSError(f"The mail server answered: {result.words}")
    if carrier.captures:
        CapturedMail.objects.create(
            sender=sender,
            recipients=recipient,
            subject=subject,
            raw=raw,
            created_at=clock.now(),
        )
