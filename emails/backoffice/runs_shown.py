"""A run as screens show it: the bar, the pace, who was left out and why, by domain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backoffice.charts import TICKS, Chart, Series, draw
from backoffice.columns import number
from backoffice.templatetags.relais import pill
from emails.models import Email, Send
from emails.services import figures, halting, pace, progress, refusals
from kernel import clock
from kernel.permissions import Actor, whose

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


def context(email: Email, run: Send, now: datetime, user: Actor) -> dict[str, Any]:
    """Return what `emails/progress.html` reads, counting the people a user may see."""
    owner = whose(user, "contacts")
    try:
        seen = progress.of(run, now, owner)
    except figures.Slow:
        return {"email": email, "run": run, "moves": False, "uncounted": True, "only_own": True}
    reasons = seen.counts["skipped_by_reason"]
    largest = max(reasons.values(), default=1)
    ordered = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return {
        "email": email,
        "run": run,
        "run_pill": run_pill(run),
        "moves": run.state in Send.OPEN,
        "halted": run.state in Send.OPEN and halting.halted(),
        "every": _pause(run, seen),
        "percent": hundredths(seen.share),
        "done": number(seen.total - seen.open),
        "total": number(seen.total),
        "parts": parts(seen),
        "rate": None if seen.rate is None else number(round(seen.rate)),
        "limit": seen.limit and number(seen.limit),
        "left": seen.left and spoken(seen.left),
        "ends_at": seen.left and now + seen.left,
        "counted_at": seen.counted_at,
        "took": _took(run),
        "clicked": number(seen.counts["clicked"]),
        "clicked_share": _share(seen.counts["clicked"], seen.counts["sent"]),
        "skipped": number(seen.counts["skipped"]),
        "largest": largest,
        "reasons": [(key, refusals.said(key), count, number(count)) for key, count in ordered],
        "parts_known": bool(seen.total),
        "uncertain": seen.counts["uncertain"],
        "domains": [
            (each, hundredths(each.share), _domain_pill(each, run))
            for each in (progress.domains(run, owner) if seen.total else [])
        ],
        "chart": _chart(pace.of(run, now)) if owner is None else None,
        "only_own": owner is not None,
        "domains_of": number(progress.LOOKED_AT) if seen.total > progress.LOOKED_AT else "",
    }


def _chart(course: pace.Course | None) -> Chart | None:
    """Draw how fast it went."""
    if course is None:
        return None
    names = [f"{timezone.localtime(at):%H:%M:%S}" for at in course.moments]
    label = _("Messages per minute") if course.by_minute else _("Messages per second")
    every = max(1, len(names) // TICKS)
    minutes = {names[place][:5]: place for place in range(0, len(names), every)}
    ticks = [(place, minute) for minute, place in minutes.items()]
    series = Series(label, course.values, line=True, area=True)
    most = number(max(course.values, default=0))
    said = _("%(label)s, at most %(most)s") % {"label": label, "most": most}
    return draw(names, [series], said, ticks=ticks)


def _domain_pill(domain: progress.Domain, run: Send) -> SafeString:
    """Say how one receiving domain takes it."""
    if not domain.open:
        return pill("done", _("Done"))
    if run.state == Send.State.PAUSED:
        return pill("paused", _("Paused"))
    if domain.deferred:
        return pill("", _("Slowed"), "amber", "clock-pause")
    return pill("running", _("Running"))


def parts(seen: progress.Progress) -> list[Part]:
    """Lay the parts out side by side; those of a run that is over and empty are left out."""
    shown, at = [], 0.0
    for key, count in seen.parts.items():
        if key == "cancelled" and not count:
            continue
        width = WIDTH * count / seen.total if seen.total else 0.0
        hue, label = PARTS[key]
        shown.append(Part(key, label, hue, number(count), f"{at:.2f}", f"{width:.2f}"))
        at += width
    return shown


def state_pill(email: Email) -> SafeString:
    """Say whether it may be sent."""
    return pill(email.state, capfirst(email.get_state_display()))


def run_pill(run: Send) -> SafeString:
    """Say where a run stands; one that waits for its hour is planned."""
    shown = "running" if run.state == Send.State.PREPARING else run.state
    words = run.get_state_display()
    if run.state == Send.State.QUEUED:
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


def people(count: int) -> str:
    """Write a number of people."""
    words = ngettext("%(number)s person", "%(number)s people", count)
    return words % {"number": number(count)}


def _share(part: int, whole: int) -> str:
    return hundredths(100 * part / whole) if whole else ""


def _took(run: Send) -> str:
    if run.finished_at is None or run.started_at is None:
        return ""
    return spoken(run.finished_at - run.started_at)


def _pause(run: Send, seen: progress.Progress) -> int:
    if run.state == Send.State.PAUSED or run.at > clock.now() + timedelta(minutes=1):
        return SELDOM
    return LATER if seen.counted_at else SOON
