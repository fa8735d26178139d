"""First steps: each ticks itself from what is there, leads to its screen, and can be skipped."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from contacts.models import Contact
from dashboard.demo.marking import marked
from dashboard.services import places
from emails.models import Email
from kernel import preferences
from kernel.models import Preference
from kernel.permissions import Actor, Reach
from segments.models import Segment

MEASURE = "tracking.measure_unasked"


@dataclass(frozen=True)
class Step:
    """One of the first things to do. `is_done` asks the data of everybody."""

    key: str
    title: Any
    purpose: Any
    act: Any
    icon: str
    # Where it is done, and the right it takes.
    place: str
    kind: str
    verb: str
    is_done: Callable[[], bool]


@dataclass(frozen=True)
class Shown:
    """A step as somebody sees it."""

    step: Step
    number: int
    done: bool
    skipped: bool
    # The first that is open.
    current: bool

    @property
    def url(self) -> str:
        """Where it is done."""
        return places.at(self.step.place)


def _has_sender() -> bool:
    return bool(preferences.get("emails.from_address"))


def _own(model: type[Model], kind: str, **which: Any) -> bool:
    """Say whether there is one that the sample did not bring."""
    rows = model._default_manager.filter(**which)
    return rows.exclude(pk__in=marked(kind)).exists()


STEPS = (
    Step(
        "sender",
        _("Say who is writing"),
        _("The name and address people see on every mail that names no other sender."),
        _("Set the sender"),
        "id-badge-2",
        "workspace",
        "preferences",
        "edit",
        _has_sender,
    ),
    Step(
        "contacts",
        _("Bring in your contacts"),
        _("A CSV or Excel file. Columns find their fields by themselves; refused rows say why."),
        _("Import contacts"),
        "file-import",
        "imports-new",
        "imports",
        "create",
        lambda: _own(Contact, "contact"),
    ),
    Step(
        "segment",
        _("Make a segment"),
        _("A question about contacts. Its members follow every change within seconds."),
        _("New segment"),
        "users-group",
        "segments-new",
        "segments",
        "create",
        lambda: _own(Segment, "segment"),
    ),
    Step(
        "email",
        _("Write an email"),
        _("Look at it as any contact would get it, and send it to yourself first."),
        _("New email"),
        "mail",
        "emails-new",
        "emails",
        "create",
        lambda: _own(Email, "email"),
    ),
    Step(
        "campaign",
        _("Publish a campaign"),
        _("It writes to people when something happens. Nothing moves before you publish."),
        _("New campaign"),
        "route",
        "campaigns-new",
        "campaigns",
        "create",
        lambda: _own(Campaign, "campaign", published__isnull=False),
    ),
    Step(
        "measuring",
        _("Measure people who were never asked?"),
        _("Opens, clicks and page views. Whoever refused is never measured, whatever you choose."),
        _("Decide"),
        "eye-check",
        "",
        "preferences",
        "edit",
        Preference.objects.filter(key=MEASURE).exists,
    ),
)


def of(user: Actor, skipped: Collection[str] = ()) -> list[Shown]:
    """Return the steps this user has the right to do, ticked from the data."""
    allowed = [step for step in STEPS if user.reach(step.kind, step.verb) is not Reach.NONE]
    done = {step.key: step.is_done() for step in allowed}
    open_ = [step.key for step in allowed if not done[step.key] and step.key not in skipped]
    return [
        Shown(step, number, done[step.key], step.key in skipped, step.key in open_[:1])
        for number, step in enumerate(allowed, 1)
    ]


def left(steps: list[Shown]) -> int:
    """Count what is still to do."""
    return sum(not (each.done or each.skipped) for each in steps)
