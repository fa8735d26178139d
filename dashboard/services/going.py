"""What is on its way: campaigns with people in them, mails going out now and next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from campaigns.services import statistics
from dashboard.services import figures, places
from emails.models import Send
from emails.services.figures import attach
from kernel.permissions import Actor, narrow, whose

MOST = 6


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


def sends(user: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return what goes out now or next, then what went out last."""
    runs = narrow(Send.objects.select_related("email"), user, "emails", "view", "email__owner")
    coming = list(runs.filter(finished_at=None, state__in=Send.OPEN).order_by("at")[:MOST])
    gone = list(runs.filter(state=Send.State.DONE).order_by("-pk")[: MOST - len(coming)])
    if (owner := whose(user, "contacts")) is not None:
        attach([*coming, *gone], owner)
    return [
        {
            "name": run.email.name,
            "url": places.at("emails-item", run.email_id),
            "at": run.finished_at or run.at,
            "state": "scheduled" if run.at > now else run.state,
            "label": run.get_state_display(),
            "selected": run.counts.get("selected"),
            "sent": run.counts.get("sent"),
        }
        for run in [*coming, *gone]
    ]
