"""What did not happen stands in the timeline, too: texts that were not sent, and why."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from channels.plugins import untold
from contacts.services.timeline import Happening, tells
from sms.services.channel import SMS


@tells("texts")
def not_sent(contact: int, user: Any, before: datetime | None, most: int) -> Iterator[Happening]:
    """Tell the texts that were left out, called off, or whose end nobody knows."""
    return untold.not_sent(SMS, contact, user, before, most)
