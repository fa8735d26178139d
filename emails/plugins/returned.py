"""What comes back: its queue, its schedule, its settings, how long it is kept, whose data it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emails.services import aftermath, intake, looking, quarantine, returned_mail
from kernel import clock, preferences
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.jobs import Claimed, handles
from kernel.permissions import PermissionKind, permission_kinds
from kernel.queues import WorkQueue, queues
from kernel.retention import Keeping, declare
from kernel.schedule import scheduled


@permission_kinds.register
class ReturnedMail(PermissionKind):
    """Returned mail in quarantine: a message may be of anybody, so it is nobody's own."""

    key = "returned_mail"
    label = gettext_lazy("Returned mail")
    owned = False
    verbs = ("view", "edit")


LOOK = "emails.look_for_returned"


@queues.register
class Returned(WorkQueue):
    """Messages that came back and were not read yet."""

    key = intake.QUEUE
    label = gettext_lazy("Returned mail")

    def due(self, now: datetime) -> bool:
        """Ask the partial index."""
        return returned_mail.due(now)

    def work(self, now: datetime) -> bool:
        """Work on a slice of them."""
        return returned_mail.work(now)


@handles(LOOK)
def _look(job: Claimed) -> None:
    # One look may last longer than a job's lease.
    looking.look_all(clock.now, lambda: job.hold(looking.LEASE))


scheduled(LOOK, looking.EVERY)


def _between(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            words = _("A number from %(least)s to %(most)s is expected.")
            raise ValueError(words % {"least": least, "most": most})
        return value

    return check


# So many soft bounces within so many days close an address; 0: soft bounces never do.
preferences.declare(aftermath.COUNT, 5, _between(0, 50))
preferences.declare(aftermath.DAYS, 30, _between(1, 90))


@contact_data.register
class ReturnedMails(ContactData):
    """What became known of a contact's mails, and messages in quarantine that name them."""

    key = "emails.returned"
    label = gettext_lazy("Bounces, complaints and replies")
    counted = "email_outcome"
    tables: ClassVar[Sequence[str]] = ("email_outcome", "returned_mail")

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Hand them over."""
        quarantine.merge(pairs)

    def export(self, contact: int) -> dict[str, Any]:
        """List the outcomes."""
        return {"email_outcomes": quarantine.export(contact)}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Forget outcomes, and empty messages in which they are named."""
        quarantine.erase(contacts)


declare(
    Keeping(
        key="emails.quarantine",
        label=gettext_lazy("Returned mail in quarantine"),
        what=gettext_lazy("deleted"),
        default=60,
        count=quarantine.count_held,
        forget=quarantine.forget_held,
        for_ever=False,
    )
)
declare(
    Keeping(
        key="emails.outcomes",
        label=gettext_lazy("What became known of mails: bounces, complaints, replies"),
        what=gettext_lazy("deleted; their events and what they closed stay"),
        default=400,
        count=quarantine.count_old,
        forget=quarantine.forget_old,
        least=90,
        for_ever=False,
    )
)
