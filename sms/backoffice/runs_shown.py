"""A run as screens show it: the bar, and who was left out and why."""

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
from kernel import clock
from kernel.permissions import Actor, whose
from sms.models import Text, TextRun
from sms.services import figures, holding, refusals

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


def context(text: Text, run: TextRun, now: datetime, user: Actor) -> dict[str, Any]:
    """Return what `sms/progress.html` reads, counting the people a user may see."""
    owner = whose(user, "contacts")
    try:
        figures.attach([run], owner)
    except figures.Slow:
        return {"text": text, "run": run, "moves": False, "uncounted": True, "only_own": True}
    counts = run.counts
    total, waits = counts["selected"], sum(counts[key] for key in OPEN)
    reasons = counts["skipped_by_reason"]
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    sent = counts["sent"]
    return {
        "text": text,
        "run": run,
        "moves": run.state in TextRun.OPEN,
        "halted": run.state in TextRun.OPEN and holding.halted(),
        "refused": holding.refused(run, now),
        "counted_at": run.counted_at if total > figures.COUNTED_AT_ONCE else None,
        "every": _pause(run, now),
        "percent": hundredths(100 * (total - waits) / total if total else 0),
        "done": number(total - waits),
        "total": number(total),
        "parts": _parts(counts, total),
        "took": _took(run),
        "sent_parts": number(counts["parts"]),
        "told": [
            (_("Delivered"), number(counts["delivered"]), _share(counts["delivered"], sent)),
            (_("Human clicks so far"), number(counts["clicked"]), _share(counts["clicked"], sent)),
            (_("Answered"), number(counts["replied"]), _share(counts["replied"], sent)),
        ],
        "skipped": number(counts["skipped"]),
        "largest": max(reasons.values(), default=1),
        "reasons": [(key, refusals.said(key), count, number(count)) for key, count in ordered],
        "uncertain": counts["uncertain"],
        "only_own": owner is not None,
    }


def _parts(counts: Mapping[str, Any], total: int) -> list[Part]:
    """Lay the parts out side by side."""
    shown, at = [], 0.0
    for key, (hue, label) in PARTS.items():
        count = counts[key] + (counts["claimed"] if key == "sending" else 0)
        if key == "cancelled" and not count:
            continue
        width = WIDTH * count / total if total else 0.0
        shown.append(Part(key, label, hue, number(count), f"{at:.2f}", f"{width:.2f}"))
        at += width
    return shown


def state_pill(text: Text) -> SafeString:
    """Say whether it may be sent."""
    return pill(text.state, capfirst(text.get_state_display()))


def run_pill(run: TextRun) -> SafeString:
    """Say where a run stands; one that waits for its hour is planned."""
    shown = "running" if run.state == TextRun.State.PREPARING else run.state
    words = run.get_state_display()
    if run.state == TextRun.State.QUEUED:
        words = _("planned") if run.at > clock.now() else _("starting")
    return pill(shown, capfirst(words))


def hundredths(share: float) -> str:
    """Write a share in hundredths."""
    return _("%(number)s%%") % {"number": number(round(share, 1))}


def people(count: int) -> str:
    """Write a number of people."""
    words = ngettext("%(number)s person", "%(number)s people", count)
    return words % {"number": number(count)}


def _share(part: int, whole: int) -> str:
    return hundredths(100 * part / whole) if whole else ""


def _took(run: TextRun) -> str:
    if run.finished_at is None or run.started_at is None:
        return ""
    seconds = int((run.finished_at - run.started_at).total_seconds())
    if seconds < 60:
        return _("%(seconds)s s") % {"seconds": seconds}
    words = {"minutes": number(seconds // 60), "seconds": seconds % 60}
    return _("%(minutes)s min %(seconds)s s") % words


def _pause(run: TextRun, now: datetime) -> int:
    if run.state == TextRun.State.PAUSED or run.at > now + timedelta(minutes=1):
        return SELDOM
    return LATER if run.counts["selected"] > figures.COUNTED_AT_ONCE else SOON
