"""The action of the SMS channel: send a text."""

from django import forms
from django.utils.translation import gettext_lazy

from channels.plugins import actions
from kernel.actions import contact_actions
from kernel.settings_forms import picking
from sms.models import Text
from sms.services.channel import SMS


class SendTextForm(actions.SendForm):
    """Which text."""

    channel = SMS
    sms = picking(
        "sms",
        forms.IntegerField(label=gettext_lazy("SMS"), min_value=1),
        query={"type": Text.Type.TEMPLATE},
    )


@contact_actions.register
class SendSms(actions.SendMessage):
    """Queues the text in the ledger; the sending workers do the rest."""

    channel = SMS
    key = "sms.send"
    label = gettext_lazy("Send an SMS")
    form = SendTextForm
    icon = "message"
