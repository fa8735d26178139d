"""Rights, names, uses and settings of the email channel, and who takes its hits."""

from collections.abc import Collection, Iterator

from django.utils.translation import gettext_lazy

from emails.models import Email
from emails.services import audiences, halting, limits, measuring, senders, suspense
from kernel import clock, preferences, subjects, usage
from kernel.jobs import Claimed, handles
from kernel.permissions import PermissionKind, permission_kinds
from kernel.schedule import scheduled
from tracking import spool, visits


@permission_kinds.register
class Emails(PermissionKind):
    """Emails, their runs and what became of them; *publish* is the right to send."""

    key = "emails"
    label = gettext_lazy("Emails")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Email.objects.filter(pk__in=ids).values_list("pk", "name"))


# By which fields emails name objects of a kind.
NAMED_BY = {
    "segment": ("segments", "excluded_segments"),
    "topic": ("topic",),
    "image": ("images",),
}


def _used(kind: str, numbers: Collection[int]) -> Iterator[tuple[int, usage.Use]]:
    fields = NAMED_BY.get(kind, ())
    found = {
        (number, pk, name)
        for field in fields
        for number, pk, name in Email.objects.filter(**{f"{field}__in": numbers}).values_list(
            field, "pk", "name"
        )
    }
    for email in Email.objects.exclude(audiences=[]).only("name", "audiences"):
        named = {number for each, number in audiences.named(email) if each == kind}
        found |= {(number, email.pk, email.name) for number in named & set(numbers)}
    for number, pk, name in sorted(found):
        yield number, usage.Use("email", pk, name)


subjects.declare("email", _names, rights="emails", rows=Email.objects.all())
usage.declare(_used)
# Holds everything; each minute a file notes beside the database that this was in force.
preferences.declare(halting.SETTING, False, preferences.yes_or_no)  # noqa: FBT003
scheduled(halting.MARK, halting.EVERY)


@handles(halting.MARK)
def _mark(_job: Claimed) -> None:
    halting.mark(clock.now())


# Whether people who were never asked get marketing mail.
preferences.declare("emails.require_consent", False, preferences.yes_or_no)  # noqa: FBT003
# The sender of emails that name none; no address is no-reply at this installation's domain.
preferences.declare("emails.from_name", "", senders.checked_name)
preferences.declare("emails.from_address", "", senders.checked)
# Hits of pixels and links, in batches.
spool.handles("emails.opened")(measuring.opened)
spool.handles("emails.clicked")(measuring.clicked)
# Whoever decides in the meantime waits for clicks that are held, as for those on the spool.
spool.waits.append(suspense.oldest)
# Whom a browser belongs to that came by one of our mails.
visits.resolvers["email"] = measuring.followed_by_people
# Limits on sending, in all and by the domain of recipients.
preferences.declare("emails.limits", {}, limits.checked)
# Where bounces come back to, each mail to an address of its own; empty: to its sender.
preferences.declare("emails.return_path_domain", "", senders.checked_domain)
# Whoever wants to leave may also write here; empty: one click alone.
preferences.declare("emails.unsubscribe_address", "", senders.checked)
# Who may be named as sender, and by which roles; nobody listed: everybody.
preferences.declare("emails.senders", [], senders.checked_senders)
