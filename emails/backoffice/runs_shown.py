"""A run of mails as screens show it: beside what all channels show the pace, and by domain."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backoffice.charts import TICKS, Chart, Series, draw
from backoffice.columns import number
from backoffice.templatetags.relais import pill
from channels.screens import runs_shown
from channels.screens.runs_shown import hundredths, percent, spoken
from channels.services.refused import Slow
from emails.models import Email, Send
from emails.services import halting, pace, progress
from emails.services.channel import EMAILS
from kernel.permissions import Actor, whose


def context(email: Email, run: Send, now: datetime, user: Actor) -> dict[str, Any]:
    """Return what `emails/progress.html` reads, counting the people a user may see."""
    owner = whose(user, "contacts")
    try:
        seen = progress.of(run, now, owner)
    except Slow:
        return runs_shown.uncounted(EMAILS, email, run)
    common = runs_shown.context(
        EMAILS, email, run, counted_at=seen.counted_at, only_own=owner is not None
    )
    return {
        **common,
        "halted": run.state in Send.OPEN and halting.halted(),
        "rate": None if seen.rate is None else number(round(seen.rate)),
        "limit": seen.limit and number(seen.limit),
        "left": seen.left and spoken(seen.left),
        "ends_at": seen.left and now + seen.left,
        "clicked": number(seen.counts["clicked"]),
        "clicked_share": percent(seen.counts["clicked"], seen.counts["sent"]),
        "parts_known": bool(seen.total),
        "domains": [
            (each, hundredths(each.share), _domain_pill(each, run))
            for each in (progress.domains(run, owner) if seen.total else [])
        ],
        "chart": _chart(pace.of(run, now)) if owner is None else None,
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
