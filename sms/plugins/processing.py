"""What is done with personal data to send texts."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import preferences
from kernel.processing import Processing, declare
from sms.services.transports import TRANSPORT


def _providers() -> Sequence[str]:
    return [_("Twilio, who sends the texts")] if preferences.get(TRANSPORT) == "twilio" else []


declare(
    Processing(
        key="sms.sending",
        label=gettext_lazy("Sending texts"),
        purpose=gettext_lazy("Write to contacts by SMS, and prove what was sent to whom and why"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("consent for marketing; a contract for transactional texts"),
        data=lambda: [
            _("mobile numbers and what texts are filled in with"),
            _("the ledger: what, when, what came of it"),
            _("what people write back, for 30 days and in their timeline"),
            _("clicks where they are measured, each with device and operating system"),
        ],
        covers=("sms.deliveries",),
        kept=("events.message",),
        recipients=_providers,
    )
)
