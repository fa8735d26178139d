"""What is on its way: campaigns with people in them, broadcasts going out now and next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.services import statistics
from channels.models import Run
from channels.services.channel import Channel
from channels.services.refused import Slow
from dashboard.services import figures, places
from emails.models import Send
from emails.services import progress
from emails.services.channel import EMAILS
from kernel.permissions import Actor, narrow, whose
from sms.services.channel import SMS

# So many lines in all, and so many of a sort where there is more.
MOST, LEAST = 6, 2
CHANNELS = ((EMAILS, "mail"), (SMS, "message"))


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
    # That of the channel.
    picture: str
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
    planned = Q(state=Run.State.QUEUED, at__gt=now)
    owner = whose(user, "contacts")
    going = [
        _at_work(run, now, owner)
        for run in _first(user, "at", MOST, ~planned, finished_at=None, state__in=Run.OPEN)
    ]
    later = [
        _line(run, "scheduled", _("planned"), run.run.at)
        for run in _first(user, "at", max(LEAST, MOST - len(going)), planned)
    ]
    room = max(LEAST, MOST - len(going) - len(later))
    ended = _first(user, "-finished_at", room, finished_at__isnull=False, state=Run.State.DONE)
    if owner is not None:
        _count(ended, owner)
    return Sends(going, later, [_over(run) for run in ended])


@dataclass(frozen=True)
class _Run:
    """A run of a channel."""

    channel: Channel
    picture: str
    run: Any


def _first(user: Actor, order: str, most: int, *conditions: Q, **values: Any) -> list[_Run]:
    """Return the first runs of all channels that a user may see, by a moment of theirs."""
    found = []
    for channel, picture in CHANNELS:
        rows = channel.run._default_manager.select_related(channel.subject)
        seen = narrow(rows, user, channel.kind, "view", f"{channel.subject}__owner")
        chosen = seen.filter(*conditions, **values).order_by(order)[:most]
        found += [_Run(channel, picture, run) for run in chosen]
    name, back = order.removeprefix("-"), order.startswith("-")
    return sorted(found, key=lambda one: getattr(one.run, name), reverse=back)[:most]


def _count(ended: list[_Run], owner: int) -> None:
    """Give runs the figures of one user's contacts, all of a channel at once: they wait for it."""
    for channel, _picture in CHANNELS:
        runs = [one.run for one in ended if one.channel is channel]
        try:
            channel.count_runs(runs, owner)
        except Slow:
            for run in runs:
                run.counts = {}


def _over(one: _Run) -> Sending:
    run = one.run
    line = _line(one, run.state, run.get_state_display(), run.finished_at or run.at)
    # Of those chosen some were left out.
    return replace(line, total=run.counts.get("sent"))


def _at_work(one: _Run, now: datetime, owner: int | None) -> Sending:
    run, rest = one.run, None
    words = _("starting") if run.state == Run.State.QUEUED else run.get_state_display()
    state = "running" if run.state == Run.State.PREPARING else run.state
    line = _line(one, state, words, run.started_at or run.at)
    try:
        # Texts go as fast as their provider takes them: nobody can tell how long.
        if isinstance(run, Send):
            rest = progress.of(run, now, owner).left
        else:
            one.channel.count_runs([run], owner)
    except Slow:
        return replace(line, total=None)
    total = run.counts["selected"]
    waits = sum(run.counts[key] for key in ("queued", "claimed", "sending"))
    return replace(line, total=total, done=total - waits, rest=rest)


def _line(one: _Run, state: str, label: Any, at: datetime) -> Sending:
    run, message = one.run, getattr(one.run, one.channel.subject)
    url = places.at(f"{one.channel.kind}-item", message.pk)
    total = run.counts.get("selected")
    return Sending(message.name, one.picture, url, at, state, label, total)
