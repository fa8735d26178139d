"""The action of the email channel: send an email."""

from django import forms
from django.utils.translation import gettext_lazy

from channels.plugins import actions
from emails.models import Email
from emails.services.channel import EMAILS
from kernel.actions import contact_actions
from kernel.settings_forms import picking


class SendEmailForm(actions.SendForm):
    """Which email."""

    channel = EMAILS
    email = picking(
        "email",
        forms.IntegerField(label=gettext_lazy("Email"), min_value=1),
        query={"type": Email.Type.TEMPLATE},
    )


@contact_actions.register
class SendEmail(actions.SendMessage):
    """Queues the email in the ledger; the sending workers do the rest."""

    channel = EMAILS
    key = "emails.send"
    label = gettext_lazy("Send an email")
    form = SendEmailForm
    icon = "mail"
