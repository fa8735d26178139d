"""What a user notes as evidence of a consent: how and when it was given, and to which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.backoffice.inputs import local_instant
from contacts.values import checked
from contacts.values.text import line, lines
from kernel import clock
from kernel.partitions import OLDEST

LONGEST_TEXT, LONGEST_REFERENCE = 5_000, 120
OTHER = "other"
WAYS = {
    "phone": gettext_lazy("by phone"),
    "writing": gettext_lazy("in writing"),
    "person": gettext_lazy("in person"),
    "event": gettext_lazy("at an event"),
    "online": gettext_lazy("on a website"),
    OTHER: gettext_lazy("otherwise"),
}


@dataclass(frozen=True)
class Evidence:
    """The words agreed to, the instant, and how: with what leads to where it is kept."""

    text: str
    at: datetime
    reference: str


def of(sent: Mapping[str, str], now: datetime) -> Evidence:
    """Read it from a form; raises `ValidationError` where something lacks or cannot be."""
    text = checked(lines, sent.get("text", ""), LONGEST_TEXT)
    if not text:
        raise ValidationError(_("Write the words that were agreed to: they are the proof."))
    how = str(WAYS.get(sent.get("how", ""), WAYS[OTHER]))
    kept = checked(line, sent.get("reference", ""))[:LONGEST_REFERENCE]
    return Evidence(text, _when(sent.get("on", ""), now), f"{how} · {kept}" if kept else how)


def _when(typed: str, now: datetime) -> datetime:
    if not typed.strip():
        return now
    try:
        at = clock.parse_instant(local_instant(typed.strip()))
    except ValueError:
        raise ValidationError(_("A day and an hour are expected.")) from None
    if at > now:
        raise ValidationError(_("This lies in the future."))
    if at < now - OLDEST:
        raise ValidationError(_("This is more than 10 years ago."))
    return at
