"""What somebody should look at: failed, parked, uncertain, rejected; each with its way out."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.services.refused import Slow
from contacts.models import Import
from dashboard.services import figures, jobs, places, texts
from dashboard.services.notice import Notice
from emails.models import Send
from emails.services import figures as ledger
from emails.services import halting
from kernel.jobs import said
from kernel.models import ParkedChange
from kernel.permissions import Actor, Reach, narrow, whose
from segments.models import Segment

SINCE = timedelta(days=14)
MOST_OF_A_KIND, MOST = 3, 8
MOST_RUNS = 20
# A campaign whose every step is parked is one line; counting all of them would not say more.
MOST_PARKED = 10_000
PARKED = """
SELECT n.campaign_id, c.name, count(*) FROM campaign_node n
JOIN campaign c ON c.id = n.campaign_id
JOIN LATERAL (SELECT s.contact_id FROM step s WHERE s.node_id = n.id AND s.state = 3
  LIMIT %(most)s) p ON true {own}
WHERE n.campaign_id = ANY(%(campaigns)s::bigint[]) GROUP BY 1, 2 ORDER BY 3 DESC LIMIT %(lines)s"""
ALL = PARKED.format(own="")
OWN = PARKED.format(own="JOIN contact k ON k.id = p.contact_id AND k.owner_id = %(owner)s")


def notices(user: Actor, now: datetime) -> list[Notice]:
    """Return what this user can look after, the worst first."""
    found = [
        *_halted(user),
        *_parked_steps(user),
        *_uncertain(user, now),
        *texts.notices(user, now),
        *_segments(user),
        *_jobs(user, now),
        *_parked_changes(user),
        *_imports(user, now),
    ]
    return found[:MOST]


def _halted(user: Actor) -> list[Notice]:
    if user.reach("emails", "view") is Reach.NONE or not halting.halted():
        return []
    detail = _("Mail to contacts waits until somebody takes it back in the settings.")
    may = user.reach("preferences", "view") is not Reach.NONE
    url = places.at("workspace") if may else ""
    return [Notice("hand-stop", "red", _("Nothing is being sent"), detail, url)]


def _parked_steps(user: Actor) -> list[Notice]:
    shown = figures.campaigns(user).exclude(published=None).order_by("-pk").values_list("pk")
    owner = whose(user, "contacts")
    values = {"campaigns": [pk for (pk,) in shown[:1_000]], "owner": owner}
    values |= {"most": MOST_PARKED, "lines": MOST_OF_A_KIND}
    with connection.cursor() as cursor:
        cursor.execute(ALL if owner is None else OWN, values)
        rows = cursor.fetchall()
    return [
        Notice(
            "alert-triangle",
            "red",
            _parked_title(number, name),
            _("Their step failed for good. Mend it, then let them go on."),
            f"{places.at('campaigns-parked')}?campaign={pk}",
        )
        for pk, name, number in rows
    ]


def _parked_title(number: int, name: str) -> str:
    words = ngettext(
        "%(number)s step parked in %(name)s", "%(number)s steps parked in %(name)s", number
    )
    return words % {"number": number, "name": name}


def _uncertain(user: Actor, now: datetime) -> list[Notice]:
    runs = narrow(Send.objects.all(), user, "emails", "view", "email__owner")
    late = runs.filter(started_at__gte=now - 2 * SINCE, counts__uncertain__gt=0)
    found = _with_own(list(late.select_related("email").order_by("-pk")[:MOST_RUNS]), user)
    return [
        Notice(
            "mail-x",
            "amber",
            _uncertain_title(int(run.counts["uncertain"])),
            _("%(email)s: the server never answered. They are not sent again by themselves.")
            % {"email": run.email.name},
            places.at("emails-item", run.email_id),
        )
        for run in found[:MOST_OF_A_KIND]
    ]


def _with_own(runs: list[Send], user: Actor) -> list[Send]:
    """Keep the runs with uncertain mails to people one may see; kept figures are everybody's."""
    owner = whose(user, "contacts")
    if owner is None:
        return runs
    try:
        ledger.attach(runs, owner)
    except Slow:
        return []
    return [run for run in runs if run.counts["uncertain"]]


def _uncertain_title(number: int) -> str:
    words = ngettext(
        "%(number)s message may or may not have left",
        "%(number)s messages may or may not have left",
        number,
    )
    return words % {"number": number}


def _segments(user: Actor) -> list[Notice]:
    rows = narrow(Segment.objects.all(), user, "segments", "view")
    return [
        Notice(
            "users-group",
            "red",
            _("The segment %(name)s cannot be evaluated") % {"name": row.name},
            said(row.error),
            places.at("segments-item", row.pk),
        )
        for row in rows.filter(state=Segment.State.FAILED).order_by("-pk")[:MOST_OF_A_KIND]
    ]


def _jobs(user: Actor, now: datetime) -> list[Notice]:
    return [
        Notice(
            "alert-circle", "red", _("Failed: %(what)s") % {"what": job.name}, job.error, job.url
        )
        for job in jobs.failed(user, now - SINCE)[:MOST_OF_A_KIND]
    ]


def _parked_changes(user: Actor) -> list[Notice]:
    if user.reach("preferences", "view") is not Reach.ALL or not ParkedChange.objects.exists():
        return []
    title = _("A change could not be taken in")
    detail = _("It was put aside; all others go on. The log says why.")
    return [Notice("alert-triangle", "amber", title, detail, places.at("jobs"))]


def _imports(user: Actor, now: datetime) -> list[Notice]:
    rows: Any = narrow(Import.objects.all(), user, "imports", "view")
    late = rows.filter(created_at__gte=now - SINCE, rejected__gt=0).order_by("-pk")
    return [
        Notice(
            "file-import",
            "slate",
            _rejected_title(row.rejected, row.name),
            _("Download the rows with their reasons."),
            places.at("imports-item", row.pk),
        )
        for row in late[:MOST_OF_A_KIND]
    ]


def _rejected_title(number: int, name: str) -> str:
    words = ngettext(
        "%(number)s row refused: %(name)s", "%(number)s rows refused: %(name)s", number
    )
    return words % {"number": number, "name": name}
