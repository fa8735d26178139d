"""Tokens of forms: each time a form is shown it gets one, which names that showing and its version.

What is sent twice from one showing is one submission; what comes too soon was not typed by a
person; and, where the form wants it, the browser has worked for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from forms.models import Form, FormVersion
from tracking.tokens import make, read

# As long as somebody may leave a page open.
VALID = timedelta(days=7)
SOONEST = timedelta(seconds=2)
# Leading bits of zero that the work of a browser must have: a quarter of a second.
BITS = 14


@dataclass(frozen=True)
class Showing:
    """One time a form was shown."""

    version: int
    name: str
    at: datetime


def show(version: FormVersion, now: datetime) -> str:
    """Return the token of a new showing."""
    return make(
        "form", version.form_id, version.pk, token_urlsafe(12), int(now.timestamp() * 1_000)
    )


def shown(form: Form, token: str, now: datetime) -> Showing | None:
    """Return what a token says; None for another form's, a changed one, or one too old."""
    payload = read("form", token)
    if payload is None or len(payload) != 4:
        return None
    number, version, name, made = payload
    if number != form.pk or not isinstance(version, int) or not isinstance(made, int):
        return None
    at = datetime.fromtimestamp(made / 1_000, now.tzinfo)
    return Showing(version, str(name), at) if at <= now <= at + VALID else None


def has_worked(token: str, work: str) -> bool:
    """Say whether a browser found the number that its token asks for."""
    if not (work.isascii() and work.isdigit() and len(work) <= 12):
        return False
    found = sha256(f"{token}:{work}".encode()).digest()
    return int.from_bytes(found[:4]) >> (32 - BITS) == 0
