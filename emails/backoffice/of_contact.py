"""The emails of a contact on their page: every message of the ledger, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from contacts.models import Contact
from emails.backoffice.deliveries import state_pill
from emails.models import Delivery
from emails.services import refusals
from kernel import subjects
from kernel.ids import read_id

PAGE = 50


def _count(_user: Any, contact: Contact) -> int:
    return Delivery.objects.filter(contact_id=contact.pk).count()


@tab(
    "contacts",
    "emails",
    gettext_lazy("Emails"),
    "emails/of_contact.html",
    order=20,
    kind="emails",
    count=_count,
)
def emails_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return a page of messages, the newest first; emails one may not see have no name."""
    user: Any = request.user
    rows = Delivery.objects.filter(contact_id=contact.pk).order_by("-pk")
    if before := read_id(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    found = {row.email_id for row in page}
    names = subjects.seen_names("email", found, user)
    older = {"tab": "emails", "before": page[PAGE - 1].pk} if len(page) > PAGE else {}
    return {
        "rows": [
            {
                "row": row,
                "name": names.get(row.email_id, ""),
                "state": state_pill(row),
                "why": capfirst(refusals.said(row.reason) or ""),
            }
            for row in page[:PAGE]
        ],
        "older": urlencode(older),
    }
