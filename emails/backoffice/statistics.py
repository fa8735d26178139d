"""What became of an email: people first, machines beside, by link and over time."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from backoffice.columns import number
from emails.backoffice.charts import Series, chart
from emails.backoffice.overview import headline, percent
from emails.models import Delivery, Email
from emails.services import activity, figures
from kernel import clock


@tab("emails", "statistics", gettext_lazy("Statistics"), "emails/statistics.html", order=20)
def context(request: HttpRequest, email: Email) -> dict[str, Any]:
    """Count everything of the email and its translations."""
    now = clock.now()
    figures.attach_to_emails([email])
    counts = email.counts
    first = Delivery.objects.filter(email_id=email.pk).order_by("pk").first()
    bounds = activity.asked(email, first.created_at if first else None, now)
    course = activity.course(bounds, timezone.get_current_timezone_name()) if first else None
    machines = activity.machine_clicks(bounds)
    return {
        "figures": _figures(counts, machines, activity.bounces(bounds)),
        "links": [
            (link, number(link.people), number(link.clicks), number(link.by_machines))
            for link in activity.links(bounds)
        ],
        "chart": course
        and chart(
            course.moments,
            [
                Series(_("Opened"), "1", course.opened),
                Series(_("Clicked"), "2", course.clicked),
            ],
            hourly=course.hourly,
        ),
        "hourly": course is not None and course.hourly,
    }


def _figures(counts: dict[str, Any], machines: int, bounced: int) -> list[tuple[Any, str, str]]:
    """Add to the key figures what only the log knows: machines' clicks, and bounces."""
    sent, opened, clicked, left, failed = headline(counts)
    name, value, since = clicked
    words = _("machines followed links of %(count)s") % {"count": number(machines)}
    clicked = (name, value, " · ".join(part for part in (since, words) if part))
    bounces = (_("Bounced"), number(bounced), percent(bounced, counts["sent"] + counts["failed"]))
    return [sent, opened, clicked, left, bounces, failed]
