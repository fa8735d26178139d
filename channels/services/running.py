"""Runs of broadcasts: begun once, paused, resumed, cancelled."""

from datetime import datetime
from typing import Any

from django.db.models import F

from channels.models import Message, Run
from channels.services.channel import Channel
from channels.services.refused import RunRefused

S = Run.State


def begin(
    channel: Channel,
    message: Message,
    at: datetime | None,
    now: datetime,
    *,
    new_only: bool,
    owner_id: int | None,
) -> Any:
    """Begin a run of a broadcast, or return the one that is open; the message is locked."""
    running = channel.opened(message).first()
    if running is not None:
        return running
    if code := _hindrance(channel, message):
        raise RunRefused(code)
    again = channel.runs_of(message).exists()
    if again and not new_only:
        raise RunRefused("already_sent")
    # Until a later hour the segments may fill.
    if (at is None or at <= now) and channel.is_empty(message):
        raise RunRefused("nobody_new" if again else "nobody")
    return channel.run._default_manager.create(
        **{channel.subject: message},
        at=at or now,
        new_only=new_only,
        owner_id=owner_id,
        created_at=now,
    )


def _hindrance(channel: Channel, message: Message) -> str:
    if message.type != Message.Type.SEGMENT:
        return "not_a_broadcast"
    if message.translation_of_id:
        return "is_translation"
    if message.state != Message.State.PUBLISHED:
        return "unpublished"
    if not message.segments.exists():
        return "no_segments"
    return channel.hinders(message)


def pause(run: Run) -> None:
    """Stop claiming; what is out already is finished."""
    runs = type(run)._default_manager.filter(pk=run.pk)
    going = runs.filter(state__in=[S.QUEUED, S.PREPARING, S.SENDING])
    if (
        not going.update(paused_from=F("state"), state=S.PAUSED)
        and not runs.filter(state=S.PAUSED).exists()
    ):
        raise RunRefused("not_running")


def resume(run: Run) -> None:
    """Go on where the run was paused."""
    paused = type(run)._default_manager.filter(pk=run.pk, state=S.PAUSED)
    if not paused.update(state=F("paused_from"), paused_from=""):
        raise RunRefused("not_paused")


def cancel(run: Run) -> None:
    """Send nothing more; the rows that wait are closed by the queue of runs."""
    if run.state == S.CANCELLED:
        return
    opened = type(run)._default_manager.filter(pk=run.pk, state__in=Run.OPEN)
    if not opened.update(state=S.CANCELLED):
        raise RunRefused("not_running")
