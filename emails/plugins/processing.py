"""What is done with personal data to send mail."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.processing import Processing, declare


def _servers() -> Sequence[str]:
    host = urlsplit(settings.EMAIL_URL).hostname
    return [_("the mail server %(host)s") % {"host": host}] if host else []


declare(
    Processing(
        key="emails.sending",
        label=gettext_lazy("Sending mail"),
        purpose=gettext_lazy("Write to contacts, and prove what was sent to whom and why"),
        whose=gettext_lazy("contacts"),
        basis=gettext_lazy("consent for marketing; a contract for transactional mail"),
        data=lambda: [
            _("addresses and what mails are filled in with"),
            _("the ledger: what, when, what came of it"),
            _("what came back: bounces, complaints, replies"),
            _("opens and clicks where they are measured, each with device and operating system"),
        ],
        covers=("emails.deliveries", "emails.returned"),
        kept=("events.message", "emails.quarantine", "emails.outcomes"),
        recipients=_servers,
    )
)
