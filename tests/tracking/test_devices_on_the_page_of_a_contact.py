"""The page of a contact tells what they browse with, and in how many browsers they are known."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from kernel import clock
from kernel.events import Fact, record
from tests.contacts.merging import people
from tracking.models import Visitor

pytestmark = pytest.mark.django_db


def test_devices_and_browsers_are_told(client: Client, alice: User):
    ana, bo = people({"email": "ana@x.example"}, {"email": "bo@x.example"})
    now = clock.now()
    views = [("mobile", 0, 1), ("mobile", 2, 2), ("desktop", 1, 1), ("tablet", 400, 1)]
    facts = [
        Fact(ana, now - timedelta(days=ago), data={"url": "x", "device": device}, verdict=verdict)
        for device, ago, verdict in [*views, ("tablet", 1, 3)]
    ]
    record("pages.viewed", facts, now=now)
    for days in (3, 9):
        at = now - timedelta(days=days)
        Visitor.objects.create(
            key=uuid.uuid4(), contact_id=ana, first_at=at, last_at=now, identified_at=at
        )
    client.force_login(alice)
    page = client.get(f"/contacts/{ana}").content.decode()
    card = page[page.index("<h2>Devices</h2>") :].split("</section>")[0]
    # The latest first; neither what a machine opened nor what is long ago.
    assert card.index("Phone") < card.index("Computer")
    assert "2 pages" in card
    assert "Tablet" not in card
    assert "Recognised in 2 browsers" in card
    assert "Seen on no device yet" in client.get(f"/contacts/{bo}").content.decode()
