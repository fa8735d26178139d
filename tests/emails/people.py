"""Contacts, emails and broadcasts for the tests of sending."""

from datetime import UTC, datetime
from typing import Any

from contacts.models import Contact, ContactState
from emails.models import Delivery, Email, Send, State
from emails.services import editing, runs
from segments.models import Segment
from segments.services import members

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
HTML = '<p>Hello {{ contact.first_name }}, <a href="https://example.com/offer?a=1">see</a></p>'


def make_contacts(count: int, domain: str = "example.com", **values: Any) -> list[Contact]:
    contacts = Contact.objects.bulk_create(
        Contact(email=f"p{number}@{domain}", first_name=f"P{number}", **values)
        for number in range(count)
    )
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in contacts)
    return contacts


def make_contact(email: str | None = "zoe@example.com", **values: Any) -> Contact:
    contact = Contact.objects.create(email=email, **{"first_name": "Zoë", **values})
    ContactState.objects.create(contact=contact)
    return contact


def make_email(**values: Any) -> Email:
    shape = {"name": "News", "subject": "News for {{ contact.first_name }}", "html": HTML}
    return editing.create({**shape, **values}, NOW)


def make_segment(contacts: list[Contact], name: str = "Readers") -> Segment:
    segment = Segment.objects.create(name=name, created_at=NOW, updated_at=NOW)
    members.change(segment, [contact.pk for contact in contacts], now=NOW)
    return segment


def begin(contacts: list[Contact], **values: Any) -> Send:
    """Begin a broadcast to these contacts."""
    segments = values.pop("segments", None) or [make_segment(contacts)]
    email = make_email(type="segment", segments=segments, **values)
    return runs.begin(email, None, NOW, new_only=False, owner_id=None)


def states() -> dict[str, int]:
    """Count the ledger by state."""
    found: dict[str, int] = {}
    for number in Delivery.objects.values_list("state", flat=True):
        name = State(number).name.lower()
        found[name] = found.get(name, 0) + 1
    return found
