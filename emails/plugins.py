"""What the email channel offers: the action, its queues, and what the checks look at."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emails.models import Delivery, Email, State
from emails.services import claims, measuring, preparing, queueing, recovery, senders
from emails.services.sending import send_batch
from kernel import preferences, subjects, usage
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.permissions import PermissionKind, permission_kinds
from kernel.queues import WorkQueue, queues
from tracking import spool


class SendEmailForm(forms.Form):
    """Which email."""

    email = forms.IntegerField(label=gettext_lazy("Email"), min_value=1)

    def clean_email(self) -> int:
        """Refuse an email that does not exist."""
        number: int = self.cleaned_data["email"]
        if not Email.objects.filter(pk=number).exists():
            raise forms.ValidationError(_("There is no such email."), "not_found")
        return number


@contact_actions.register
class SendEmail(ContactAction):
    """Queues the email in the ledger; the sending workers do the rest."""

    key = "emails.send"
    label = gettext_lazy("Send an email")
    form = SendEmailForm

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Write one row of the ledger for each contact and cause."""
        email = Email.objects.filter(pk=self.config["email"]).first()
        if email is None:
            gone = _("The email no longer exists.")
            return Outcomes(failed=dict.fromkeys(batch.contacts, gone))
        skipped = queueing.queue(
            email, batch.contacts, batch.causes, now, depth=batch.depth, context=batch.context
        )
        return Outcomes(skipped=skipped, wake={queueing.queue_of(email)})

    def describe(self) -> str:
        """Name the email."""
        names = subjects.names("email", [self.config["email"]])
        name = names.get(self.config["email"], "?")
        return _("Send “%(email)s”") % {"email": name}

    def uses(self) -> list[tuple[str, int]]:
        """Point at the email."""
        return [("email", self.config["email"])]


@queues.register
class Runs(WorkQueue):
    """Broadcasts whose time has come, and cancelled ones with rows to close."""

    key = "emails.runs"
    label = gettext_lazy("Preparation of broadcasts")

    def due(self, now: datetime) -> bool:
        """Ask for runs that are not prepared."""
        return preparing.due(now)

    def work(self, now: datetime) -> bool:
        """Prepare or close one slice of one run."""
        return preparing.work(now)


class Sending(WorkQueue):
    """Due deliveries of one lane, and those whose worker died."""

    hands = "send"
    transactional: ClassVar[bool] = False

    def due(self, now: datetime) -> bool:
        """Ask the partial indexes of the ledger."""
        waiting = Delivery.objects.filter(
            state=State.QUEUED,
            transactional=self.transactional,
            run_id__in=claims.sources(),
            due_at__lte=now,
        )
        return waiting.exists() or recovery.lapsed(now, transactional=self.transactional)

    def work(self, now: datetime) -> bool:
        """Send one batch."""
        recovery.recover(now, transactional=self.transactional)
        return send_batch(now, transactional=self.transactional)


@queues.register
class Marketing(Sending):
    """Marketing mail: broadcasts, and what campaigns and forms send."""

    key = "emails.deliveries"
    label = gettext_lazy("Marketing emails")


@queues.register
class Transactional(Sending):
    """Confirmations and the like: never behind a broadcast."""

    key = "emails.transactional"
    label = gettext_lazy("Transactional emails")
    transactional = True


@permission_kinds.register
class Emails(PermissionKind):
    """Emails, their runs and what became of them; *publish* is the right to send."""

    key = "emails"
    label = gettext_lazy("Emails")


def _names(ids: list[int]) -> dict[int, str]:
    return dict(Email.objects.filter(pk__in=ids).values_list("pk", "name"))


def _used(kind: str, number: int) -> Iterable[usage.Use]:
    if kind != "segment":
        return []
    named = Q(segments=number) | Q(excluded_segments=number)
    found = Email.objects.filter(named).distinct().values_list("pk", "name")
    return [usage.Use("email", pk, name) for pk, name in found]


subjects.declare("email", _names)
usage.declare(_used)
# Whether people who were never asked get marketing mail.
preferences.declare("emails.require_consent", False, preferences.yes_or_no)  # noqa: FBT003
# The sender of emails that name none; no address is no-reply at this installation's domain.
preferences.declare("emails.from_name", "", senders.checked_name)
preferences.declare("emails.from_address", "", senders.checked)
# Hits of pixels and links, in batches.
spool.handles("emails.opened")(measuring.opened)
spool.handles("emails.clicked")(measuring.clicked)
