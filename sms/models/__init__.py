"""The tables of the SMS channel, one file a subject."""

from channels.models import State
from sms.models.captured import CapturedText
from sms.models.delivery import Reason, TextDelivery
from sms.models.inbox import Inbox
from sms.models.link import ShortLink
from sms.models.pace import TextPace
from sms.models.receipt import Receipt
from sms.models.run import TextRun
from sms.models.text import Text, TextVersion

__all__ = [
    "CapturedText",
    "Inbox",
    "Reason",
    "Receipt",
    "ShortLink",
    "State",
    "Text",
    "TextDelivery",
    "TextPace",
    "TextRun",
    "TextVersion",
]
