"""What became of an email: people first, machines beside, by link and over time."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.charts import Chart, Series, draw
from backoffice.columns import number
from channels.screens.behind import who_did
from channels.screens.overview import KeyFigure
from channels.screens.runs_shown import percent
from channels.services.refused import Slow
from emails.backoffice.overview import headline
from emails.models import Delivery, Email
from emails.services import activity, figures
from emails.services.channel import EMAILS
from kernel import clock, moments
from kernel.permissions import whose


@tab("emails", "statistics", gettext_lazy("Statistics"), "emails/statistics.html", order=20)
def context(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Count everything of the email and its translations."""
    user: Any = request.user
    now = clock.now()
    owner = whose(user, "contacts")
    try:
        figures.attach_to_emails([email], owner)
    except Slow:
        return {"only_own": True, "uncounted": EMAILS.words.uncounted}
    first = Delivery.objects.filter(email_id=email.pk).order_by("pk").first()
    bounds = activity.asked(email, first.created_at if first else None, now, owner)
    course = activity.course(bounds, timezone.get_current_timezone_name()) if first else None
    machines = activity.machine_clicks(bounds)
    return {
        "figures": _figures(email, request.user, machines, activity.bounces(bounds)),
        "links": [
            (link, number(link.people), number(link.clicks), number(link.by_machines))
            for link in activity.links(bounds)
        ],
        "chart": course and _chart(course),
        "hourly": course is not None and course.hourly,
        "only_own": owner is not None,
    }


def _chart(course: activity.Course) -> Chart | None:
    """Draw readers by hour or day; who comes back counts in each."""
    opened = Series(_("Opened"), course.opened, 1, line=True, area=True, summed=False)
    clicked = Series(_("Clicked"), course.clicked, 2, line=True, summed=False)
    names = [_when(moment, hourly=course.hourly) for moment in course.moments]
    return draw(names, [opened, clicked], _("People who opened and clicked over time"))


def _when(moment: datetime, *, hourly: bool) -> str:
    day = moments.day_of_year(moment)
    return f"{day}, {moments.hour(moment)}" if hourly else day


def _figures(email: Email, user: Any, machines: int, bounced: int) -> list[KeyFigure]:
    """Add to the key figures what only the log knows: machines' clicks, and bounces."""
    counts = email.counts
    sent, opened, clicked, left, failed = headline(email, user)
    words = _("machines followed links of %(count)s") % {"count": number(machines)}
    words = words if machines else ""
    clicked = replace(clicked, since=" · ".join(part for part in (clicked.since, words) if part))
    share = percent(bounced, counts["sent"] + counts["failed"])
    url = who_did(EMAILS, user, "bounced", email.pk) if bounced else ""
    return [
        sent,
        opened,
        clicked,
        left,
        KeyFigure(_("Bounced"), number(bounced), share, url),
        failed,
    ]
