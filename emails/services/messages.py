"""One recipient's mail: values in, bytes for the wire out."""

from datetime import datetime
from email.message import EmailMessage

from emails.services import identity
from emails.services.slices import Recipient
from emails.services.transports import Mail
from emails.services.versions import Compiled


class AddressRefused(ValueError):  # noqa: N818 - it says what happened to the mail
    """The recipient's address cannot be written to."""


def compose(version: Compiled, recipient: Recipient, now: datetime) -> Mail:
    """Fill a version in for one reader and write it as a mail."""
    rendered = version.message.render({**recipient.values, "email": version.names, "today": now})
    mail = EmailMessage()
    mail["Subject"] = rendered.subject
    mail["From"] = rendered.from_address or "relais@localhost"
    mail["To"] = recipient.address
    mail["Message-ID"] = identity.message_id(recipient.claimed.id, recipient.claimed.created_at)
    mail.set_content(rendered.text)
    mail.add_alternative(rendered.html, subtype="html")
    return Mail("relais@localhost", recipient.address, bytes(mail), rendered.subject)
