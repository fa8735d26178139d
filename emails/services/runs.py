"""Runs of broadcasts: begun once, paused, resumed, cancelled, finished."""

from datetime import datetime

from channels.services import finishing, running
from channels.services.refused import RunRefused
from channels.services.running import cancel, pause, resume
from emails.models import Email, Send
from emails.services.channel import EMAILS

__all__ = ["RunRefused", "begin", "cancel", "finish", "over", "pause", "resume"]


def begin(
    email: Email, at: datetime | None, now: datetime, *, new_only: bool, owner_id: int | None
) -> Send:
    """Begin a run of a broadcast, or return the one that is open; the email is locked."""
    run: Send = running.begin(EMAILS, email, at, now, new_only=new_only, owner_id=owner_id)
    return run


def finish(run: int, now: datetime) -> bool:
    """Close a run in which nobody waits any more."""
    return finishing.finish(EMAILS, run, now)


def over() -> list[int]:
    """Return runs in which nobody waits though nobody closed them: their last worker died."""
    return finishing.over(EMAILS)
