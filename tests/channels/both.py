"""Messages and runs of either channel, for the tests of what channels share."""

from types import ModuleType
from typing import Any

import pytest

from channels.services.channel import Channel
from contacts.models import Contact
from emails.services import figures as of_mails
from emails.services.channel import EMAILS
from sms.services import figures as of_texts
from sms.services.channel import SMS
from tests.emails.people import NOW, make_email, make_segment
from tests.sms.people import make_contact, make_text

BOTH = pytest.mark.parametrize("channel", [EMAILS, SMS], ids=["emails", "sms"])
RUNS = {"emails": "/api/v1/sends", "sms": "/api/v1/sms-sends"}
FIGURES: dict[str, ModuleType] = {"emails": of_mails, "sms": of_texts}


def make_message(channel: Channel, **values: Any) -> Any:
    return (make_email if channel is EMAILS else make_text)(**values)


def make_broadcast(channel: Channel, contacts: list[Contact], **values: Any) -> Any:
    return make_message(channel, type="segment", segments=[make_segment(contacts)], **values)


def make_run(channel: Channel, message: Any, **values: Any) -> Any:
    return channel.run._default_manager.create(**{channel.subject: message, "at": NOW, **values})


def make_people(count: int) -> list[Contact]:
    """Make contacts that have an address in each channel."""
    return [make_contact(f"+3361234{one:04}", email=f"p{one}@example.com") for one in range(count)]


def write(channel: Channel, message: Any, run: Any, contact: Contact, state: int) -> Any:
    """Write a row of the ledger."""
    values = {channel.column: message.pk, "run_id": run.pk if run else 0, "due_at": NOW}
    return channel.delivery._default_manager.create(
        contact_id=contact.pk, cause=f"test:{contact.pk}", state=state, **values
    )


def count_slowly(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let counting of one user's contacts take longer than a person waits."""
    figures = FIGURES[channel.kind]
    slow = f"{figures.OWN} CROSS JOIN (SELECT pg_sleep(0.3)) slow"
    monkeypatch.setattr(figures, "OWN", slow)
    monkeypatch.setattr(figures, "PATIENCE_MS", 40)
