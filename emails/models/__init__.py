"""The tables of the email channel, one file a subject."""

from channels.models import State
from emails.models.captured import CapturedMail
from emails.models.delivery import Delivery, Reason
from emails.models.email import Email, EmailVersion
from emails.models.held import HeldClick
from emails.models.pace import Pace, Quota
from emails.models.returned import MailOutcome, MailSource, ReturnedMail
from emails.models.run import Send
from emails.models.signing import SigningDomain, SigningKey

__all__ = [
    "CapturedMail",
    "Delivery",
    "Email",
    "EmailVersion",
    "HeldClick",
    "MailOutcome",
    "MailSource",
    "Pace",
    "Quota",
    "Reason",
    "ReturnedMail",
    "Send",
    "SigningDomain",
    "SigningKey",
    "State",
]
