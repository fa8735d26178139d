"""Contacts and texts for the tests of SMS."""

from datetime import UTC, datetime
from typing import Any

from contacts.models import Contact, ContactState
from kernel.actions import Batch, contact_actions, run_action
from sms.models import Text, TextDelivery
from sms.services import editing

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def make_contact(mobile: str | None = "+33612345678", **values: Any) -> Contact:
    contact = Contact.objects.create(mobile=mobile, **{"first_name": "Zoë", **values})
    ContactState.objects.create(contact=contact)
    return contact


def make_text(body: str = "Hello {{ contact.first_name }}", **values: Any) -> Text:
    return editing.create({"name": "Reminder", "body": body, **values}, NOW)


def send(text: Text, *contacts: Contact, visit: int = 1, now: datetime = NOW) -> list[TextDelivery]:
    """Send a text as a step of a campaign does."""
    action = contact_actions.get("sms.send")({"sms": text.pk})
    ids = [contact.pk for contact in contacts]
    run_action(action, Batch(ids, [f"step:{visit}{one}:n1:1" for one in ids]), now)
    return list(TextDelivery.objects.filter(sms_id=text.pk).order_by("pk"))
