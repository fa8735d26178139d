"""Runs of broadcasts: begun once, paused, resumed, cancelled, finished."""

from datetime import datetime

from channels.services import finishing, running
from channels.services.refused import RunRefused
from channels.services.running import cancel, pause, resume
from sms.models import Text, TextRun
from sms.services.channel import SMS

__all__ = ["RunRefused", "begin", "cancel", "finish", "over", "pause", "resume"]


def begin(
    text: Text, at: datetime | None, now: datetime, *, new_only: bool, owner_id: int | None
) -> TextRun:
    """Begin a run of a broadcast, or return the one that is open; the text is locked."""
    run: TextRun = running.begin(SMS, text, at, now, new_only=new_only, owner_id=owner_id)
    return run


def finish(run: int, now: datetime) -> bool:
    """Close a run in which nobody waits any more."""
    return finishing.finish(SMS, run, now)


def over() -> list[int]:
    """Return runs in which nobody waits though nobody closed them: their last worker died."""
    return finishing.over(SMS)
