"""The action that erases contacts at the end of a campaign's way, and its queue."""

from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts.services import departing
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.permissions import Actor, Reach
from kernel.queues import WorkQueue, queues
from kernel.registry import ConfigProblem


@contact_actions.register
class DeleteContacts(ContactAction):
    """Erases contacts everywhere, as by hand; their way ends here."""

    key = "contacts.delete"
    label = gettext_lazy("Delete the contact")
    icon = "trash"
    places = frozenset({"campaign"})
    final: ClassVar[bool] = True
    warning: ClassVar[Any] = gettext_lazy(
        "Whoever comes here is erased for good: with all that is known of them, out of every other"
        " campaign and segment. Nothing brings them back."
    )

    def check_reach(self, user: Actor, verb: str) -> None:
        """Refuse it to whoever may not delete just anybody."""
        super().check_reach(user, verb)
        if user.reach("contacts", "delete") is not Reach.ALL:
            words = _("Only whoever may delete all contacts has campaigns delete them.")
            raise ConfigProblem([{"field": "", "code": "not_allowed", "message": words}])

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Note who goes; the queue erases them once this is committed."""
        departing.note(batch.contacts, batch.campaign or 0, now)
        return Outcomes(wake={departing.QUEUE})


@queues.register
class Departures(WorkQueue):
    """Contacts that campaigns have erased."""

    key = departing.QUEUE
    label = gettext_lazy("Contacts that campaigns delete")
    hands = "jobs"

    def due(self, now: datetime) -> bool:
        """Ask the index of what waits."""
        return departing.due(now)

    def work(self, now: datetime) -> bool:
        """Erase some."""
        return departing.work(now)
