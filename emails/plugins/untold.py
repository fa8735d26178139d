"""What did not happen stands in the timeline, too: mails that were not sent, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from channels.plugins import untold
from contacts.services.timeline import Happening, tells
from emails.services.channel import EMAILS


@tells("mails")
def not_sent(contact: int, user: Any, before: datetime | None, most: int) -> Iterator[Happening]:
    """Tell the mails that were left out, called off, or whose end nobody knows."""
    return untold.not_sent(EMAILS, contact, user, before, most)
