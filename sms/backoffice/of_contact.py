"""The texts of a contact on their page: every message of the ledger, and what became of it."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from backoffice.attachments import tab
from contacts.models import Contact
from kernel import subjects
from kernel.ids import read_id
from sms.backoffice.deliveries import state_pill
from sms.models import TextDelivery
from sms.services import refusals

PAGE = 50


def _count(_user: Any, contact: Contact) -> int:
    return TextDelivery.objects.filter(contact_id=contact.pk).count()


@tab(
    "contacts",
    "sms",
    gettext_lazy("SMS"),
    "sms/of_contact.html",
    order=21,
    kind="sms",
    count=_count,
)
def texts_of(request: HttpRequest, contact: Contact) -> dict[str, Any]:
    """Return a page of messages, the newest first; texts one may not see have no name."""
    user: Any = request.user
    rows = TextDelivery.objects.filter(contact_id=contact.pk).order_by("-pk")
    if before := read_id(request.GET.get("before")):
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    found = {row.sms_id for row in page}
    names = subjects.seen_names("sms", found, user)
    older = {"tab": "sms", "before": page[PAGE - 1].pk} if len(page) > PAGE else {}
    return {
        "rows": [
            {
                "row": row,
                "name": names.get(row.sms_id, ""),
                "state": state_pill(row),
                "why": capfirst(refusals.said(row.reason) or ""),
            }
            for row in page[:PAGE]
        ],
        "older": urlencode(older),
    }
