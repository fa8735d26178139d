"""A run as screens show it: the bar, how far it is, and who was left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.columns import number
from backoffice.templatetags.relais import pill
from channels.models import Message, Run
from channels.services.channel import Channel
from kernel import clock

WIDTH = 1000.0
# Classes of the bar and its legend, and what the parts are called.
PARTS: Mapping[str, tuple[str, Any]] = {
    "sent": ("c1", gettext_lazy("Sent")),
    "sending": ("c3", gettext_lazy("Sending now")),
    "queued": ("rest", gettext_lazy("Queued")),
    "skipped": ("warn", gettext_lazy("Skipped")),
    "failed": ("red", gettext_lazy("Failed")),
    "uncertain": ("violet", gettext_lazy("Uncertain")),
    "cancelled": ("c6", gettext_lazy("Cancelled")),
}
OPEN = ("queued", "claimed", "sending")
# Seconds between two looks: at what is counted now, at kept figures, at what does not move.
SOON, LATER, SELDOM = 2, 5, 10


@dataclass(frozen=True)
class Part:
    """One part of the bar."""

    key: str
    label: Any
    hue: str
    count: str
    x: str
    width: str


def context(
    channel: Channel, message: Message, run: Run, *, counted_at: datetime | None, only_own: bool
) -> dict[str, Any]:
    """Return what `channels/progress.html` reads of a run that has its `counts`.

    `counted_at` is when they are from; None: now.
    """
    counts = run.counts
    total, waits = counts["selected"], sum(counts[key] for key in OPEN)
    reasons = counts["skipped_by_reason"]
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        **_of(channel, message, run),
        "run_pill": run_pill(run),
        "moves": run.state in Run.OPEN,
        "counted_at": counted_at,
        "every": _pause(run, counted_at),
        "percent": hundredths(100 * (total - waits) / total if total else 0),
        "done": number(total - waits),
        "total": number(total),
        "parts": _parts(counts, total),
        "took": _took(run),
        "skipped": number(counts["skipped"]),
        "largest": max(reasons.values(), default=1),
        "reasons": [(key, channel.said(key), count, number(count)) for key, count in ordered],
        "uncertain": counts["uncertain"],
        "only_own": only_own,
    }


def uncounted(channel: Channel, message: Message, run: Run) -> dict[str, Any]:
    """Return what it reads of a run that takes too long to count."""
    told = {"moves": False, "uncounted": channel.words.uncounted, "only_own": True}
    return {**_of(channel, message, run), **told}


def _of(channel: Channel, message: Message, run: Run) -> dict[str, Any]:
    kind = channel.kind
    return {
        "channel": channel,
        "message": message,
        "run": run,
        "page": f"{kind}-item",
        "look": f"{kind}-run",
    }


def _parts(counts: Mapping[str, Any], total: int) -> list[Part]:
    """Lay the parts out side by side; that some were cancelled is said where some were."""
    shown, at = [], 0.0
    for key, (hue, label) in PARTS.items():
        count = counts[key] + (counts["claimed"] if key == "sending" else 0)
        if key == "cancelled" and not count:
            continue
        width = WIDTH * count / total if total else 0.0
        shown.append(Part(key, label, hue, number(count), f"{at:.2f}", f"{width:.2f}"))
        at += width
    return shown


def state_pill(message: Message) -> SafeString:
    """Say whether it may be sent."""
    return pill(message.state, capfirst(message.get_state_display()))


def run_pill(run: Run) -> SafeString:
    """Say where a run stands; one that waits for its hour is planned."""
    shown = "running" if run.state == Run.State.PREPARING else run.state
    words = run.get_state_display()
    if run.state == Run.State.QUEUED:
        words = _("planned") if run.at > clock.now() else _("starting")
    return pill(shown, capfirst(words))


def spoken(time: timedelta) -> str:
    """Say a duration as people do: hours and minutes, minutes and seconds, less than a second."""
    seconds = int(time.total_seconds())
    if seconds < 1:
        return _("less than 1 s")
    hours, minutes, rest = seconds // 3600, seconds % 3600 // 60, seconds % 60
    if hours:
        return _("%(hours)s h %(minutes)s min") % {"hours": number(hours), "minutes": minutes}
    if minutes:
        return _("%(minutes)s min %(seconds)s s") % {"minutes": minutes, "seconds": rest}
    return _("%(seconds)s s") % {"seconds": rest}


def hundredths(share: float) -> str:
    """Write a share in hundredths."""
    return _("%(number)s%%") % {"number": number(round(share, 1))}


def percent(part: int, whole: int) -> str:
    """Write a part in hundredths; nothing where there is no whole."""
    return hundredths(100 * part / whole) if whole else ""


def people(count: int) -> str:
    """Write a number of people."""
    words = ngettext("%(number)s person", "%(number)s people", count)
    return words % {"number": number(count)}


def _took(run: Run) -> str:
    if run.finished_at is None or run.started_at is None:
        return ""
    return spoken(run.finished_at - run.started_at)


def _pause(run: Run, counted_at: datetime | None) -> int:
    if run.state == Run.State.PAUSED or run.at > clock.now() + timedelta(minutes=1):
        return SELDOM
    return LATER if counted_at else SOON
