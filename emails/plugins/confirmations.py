"""Double opt-in: the queue of those to be asked, and the email that asks them."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emails.models import Email
from emails.services import confirming
from kernel import preferences
from kernel.ids import read_id
from kernel.queues import WorkQueue, hint_on_commit, queues


@queues.register
class Confirmations(WorkQueue):
    """People who signed up and have not been asked yet."""

    key = "emails.confirmations"
    label = gettext_lazy("Confirmations of sign-ups")
    hands = "urgent"

    def due(self, now: datetime) -> bool:
        """Ask the partial index of consents."""
        return confirming.waiting()

    def work(self, now: datetime) -> bool:
        """Queue their mails."""
        more = confirming.ask(now)
        hint_on_commit("emails.transactional")
        return more


def _email(value: Any) -> str | None:
    if value is None:
        return None
    number = read_id(value)
    if number is None:
        raise ValueError(_("An id is expected."))
    email = Email.objects.select_related("current").filter(pk=number).first()
    if email is None or email.current is None or not email.is_transactional:
        raise ValueError(_("This is no transactional email."))
    if "confirm_url" not in email.current.prepared["uses"]:
        raise ValueError(_("This email lacks {{ confirm_url }}."))
    return str(number)


# The email that asks; without one a plain one is made when it is first needed.
preferences.declare(confirming.SETTING, None, _email)
