"""The first tab of a message: a broadcast is sent there, of others one sees what became of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backoffice.columns import number
from channels.models import Message
from channels.screens.runs_shown import percent
from channels.services import publishers
from channels.services.channel import Channel
from channels.services.refused import Slow
from kernel import clock
from kernel.permissions import narrow, whose
from segments.models import Segment


@dataclass(frozen=True)
class KeyFigure:
    """A number, what stands under it, and the people behind it where one may see them."""

    name: Any
    value: str
    since: str = ""
    url: str = ""


def share(part: int, whole: int) -> SafeString:
    """Write how many, and how much of the whole that is."""
    words = '{} <span class="quiet">{}</span>'
    return format_html(words, number(part), percent(part, whole))


def head(channel: Channel, request: HttpRequest, message: Message) -> dict[str, Any]:
    """Return what the head of each tab shows: what may be done, and to which run."""
    user: Any = request.user
    closed = not publishers.may_change(channel, message, user)
    return {
        "channel": channel,
        # Where the edit of who may not publish would go out.
        **({"editable": False} if closed else {}),
        "closed": closed and user.can(channel.kind, "edit", message.owner_id),
        "may_publish": user.can(channel.kind, "publish", message.owner_id),
        "opened": channel.opened(message).first(),
        "again": channel.runs_of(message).exists(),
    }


def context(
    channel: Channel,
    request: HttpRequest,
    message: Message,
    headline: Callable[[Any, Any], list[KeyFigure]],
    progress: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """Return what the first tab shows: `headline` of one by one, `progress` of a run."""
    if message.type == Message.Type.SEGMENT:
        return _broadcast(channel, request, message, progress)
    user: Any = request.user
    owner = whose(user, "contacts")
    shown: dict[str, Any] = {"only_own": owner is not None}
    try:
        channel.count([message], owner)
    except Slow:
        return {**shown, "uncounted": channel.words.uncounted}
    return {**shown, "figures": headline(message, user)}


def _broadcast(
    channel: Channel,
    request: HttpRequest,
    message: Message,
    progress: Callable[..., dict[str, Any]],
) -> dict[str, Any]:
    """Return the run on its way, or the one of the address, and how the next one would be."""
    user: Any = request.user
    runs = list(channel.runs_of(message).select_related("owner").order_by("-pk")[:50])
    asked = request.GET.get("run", "")
    opened = next((run for run in runs if run.state in channel.run.OPEN), None)
    chosen = next((run for run in runs if str(run.pk) == asked), None)
    run = chosen or opened or (runs[0] if runs else None)
    shown: dict[str, Any] = {
        "run": run,
        "runs": runs,
        "included": _segments(user, message.segments.all()),
        "excluded": _segments(user, message.excluded_segments.all()),
    }
    if run is None:
        return shown
    others = [each for each in runs if each is not run]
    try:
        channel.count_runs(others, whose(user, "contacts"))
    except Slow:
        for other in others:
            other.counts = None
    return shown | progress(message, run, clock.now(), user)


def _segments(user: Any, chosen: QuerySet[Segment]) -> dict[str, Any]:
    """Return those a user may see, each with the members they may see, and how many more."""
    rows = Segment.objects.counted_for(user).filter(pk__in=chosen.values("pk"))
    seen = list(narrow(rows, user, "segments", "view").order_by("name"))
    return {"seen": seen, "hidden": chosen.count() - len(seen)}
