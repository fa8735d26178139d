"""What somebody should look at among texts: doubts about them, and answers that cannot be kept."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels.services.refused import Slow
from dashboard.services import places
from dashboard.services.notice import Notice
from kernel.permissions import Actor, Reach, narrow, whose
from sms.models import Receipt, TextRun
from sms.services import figures

SINCE = timedelta(days=28)
MOST, MOST_RUNS = 3, 20
# It failed so often: it is no moment's trouble.
TRIES = 4


def notices(user: Actor, now: datetime) -> list[Notice]:
    """Return what this user can look after."""
    if user.reach("sms", "view") is Reach.NONE:
        return []
    return [*_unread(user), *_uncertain(user, now)]


def _unread(user: Actor) -> list[Notice]:
    """Tell of answers that were not worked on: somebody among them may have left."""
    if whose(user, "contacts") is not None:
        return []
    rows = Receipt.objects.filter(done_at=None, sort=Receipt.Sort.INBOUND, attempts__gte=TRIES)
    if not (number := rows.count()):
        return []
    words = ngettext(
        "%(number)s answer to texts could not be taken in",
        "%(number)s answers to texts could not be taken in",
        number,
    )
    detail = _("Whoever wrote STOP is not unsubscribed yet. It is tried again every hour.")
    url = places.at("sms")
    return [Notice("message", "red", words % {"number": number}, detail, url)]


def _uncertain(user: Actor, now: datetime) -> list[Notice]:
    runs = narrow(TextRun.objects.all(), user, "sms", "view", "sms__owner")
    late = runs.filter(started_at__gte=now - SINCE, counts__uncertain__gt=0)
    found = list(late.select_related("sms").order_by("-pk")[:MOST_RUNS])
    try:
        figures.attach(found, whose(user, "contacts"))
    except Slow:
        return []
    return [_doubt(run) for run in found if run.counts["uncertain"]][:MOST]


def _doubt(run: TextRun) -> Notice:
    number = int(run.counts["uncertain"])
    words = ngettext(
        "%(number)s SMS may or may not have left", "%(number)s SMS may or may not have left", number
    )
    detail = _("%(name)s: the provider did not say whether it took them. It is asked about them.")
    return Notice(
        "message",
        "amber",
        words % {"number": number},
        detail % {"name": run.sms.name},
        places.at("sms-item", run.sms_id),
    )
