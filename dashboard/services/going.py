"""What is on its way: campaigns with people in them, mails going out now and next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.services import statistics
from channels.services.refused import Slow
from dashboard.services import figures, places
from emails.models import Send
from emails.services import progress
from emails.services.figures import attach
from kernel.permissions import Actor, narrow, whose

# So many lines in all, and so many of a sort where there is more.
MOST, LEAST = 6, 2


@dataclass(frozen=True)
class Going:
    """A campaign as a line."""

    name: str
    state: str
    label: str
    url: str
    in_flight: int
    entered: int
    people: str


def campaigns(user: Actor) -> tuple[list[Going], int, int]:
    """Return the published campaigns with most people on the way, how many run, and who is in."""
    published = figures.campaigns(user).filter(state="published").order_by("-pk")
    rows = list(published.only("name", "state")[:1_000])
    found = statistics.entrances([row.pk for row in rows], whose(user, "contacts"))
    rows.sort(key=lambda row: found[row.pk], reverse=True)
    lines = [
        Going(
            row.name,
            row.state,
            row.get_state_display(),
            places.at("campaigns-item", row.pk),
            *found[row.pk],
            places.people({"all": [{"campaign": [row.pk], "op": "in"}]}),
        )
        for row in rows[:MOST]
    ]
    return lines, len(rows), sum(waiting for waiting, _entered in found.values())


@dataclass(frozen=True)
class Sending:
    """A run of a broadcast as a line."""

    name: str
    url: str
    at: datetime
    state: str
    label: Any
    # Who was chosen so far, and who has been dealt with; None before there is anything to tell.
    total: int | None
    done: int | None = None
    rest: timedelta | None = None


@dataclass(frozen=True)
class Sends:
    """Runs by when they are: at work, planned, over."""

    now: list[Sending]
    later: list[Sending]
    over: list[Sending]

    def __bool__(self) -> bool:
        """Say whether there is anything to show."""
        return bool(self.now or self.later or self.over)


def sends(user: Actor, now: datetime) -> Sends:
    """Return what goes out now with its progress, what is planned, what went out last."""
    runs = narrow(Send.objects.select_related("email"), user, "emails", "view", "email__owner")
    planned = Q(state=Send.State.QUEUED, at__gt=now)
    at_work = runs.filter(finished_at=None, state__in=Send.OPEN).exclude(planned).order_by("at")
    owner = whose(user, "contacts")
    going = [_at_work(run, now, owner) for run in at_work[:MOST]]
    later = [
        _line(run, "scheduled", _("planned"), run.at)
        for run in runs.filter(planned).order_by("at")[: max(LEAST, MOST - len(going))]
    ]
    room = max(LEAST, MOST - len(going) - len(later))
    ended = runs.filter(state=Send.State.DONE).exclude(finished_at=None).order_by("-finished_at")
    gone = list(ended[:room])
    if owner is not None:
        try:
            attach(gone, owner)
        except Slow:
            for run in gone:
                run.counts = {}
    over = [
        replace(
            _line(run, run.state, run.get_state_display(), run.finished_at or run.at),
            # Of those chosen some were left out.
            total=run.counts.get("sent"),
        )
        for run in gone
    ]
    return Sends(going, later, over)


def _at_work(run: Send, now: datetime, owner: int | None) -> Sending:
    try:
        seen: progress.Progress | None = progress.of(run, now, owner)
    except Slow:
        seen = None
    words = _("starting") if run.state == Send.State.QUEUED else run.get_state_display()
    state = "running" if run.state == Send.State.PREPARING else run.state
    line = _line(run, state, words, run.started_at or run.at)
    if seen is None:
        return replace(line, total=None)
    return replace(line, total=seen.total, done=seen.total - seen.open, rest=seen.left)


def _line(run: Send, state: str, label: Any, at: datetime) -> Sending:
    url = places.at("emails-item", run.email_id)
    return Sending(run.email.name, url, at, state, label, run.counts.get("selected"))
