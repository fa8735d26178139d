"""A segment of French people, and who looks at it."""

import pytest

from contacts.models import Contact, ContactState
from kernel import clock
from segments.models import Member
from segments.services import editing
from tests.settle import settle

FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}


def person(**values):
    contact = Contact.objects.create(**values)
    ContactState.objects.create(contact=contact)
    return contact


@pytest.fixture
def screen(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def french(db):
    ann, bob = person(email="ann@example.com", country="FR"), person(email="bob@example.com")
    segment = editing.create({"name": "French", "filter": FRENCH}, now=clock.now())
    settle()
    segment.refresh_from_db()
    return segment, ann, bob


def inside(segment):
    rows = Member.objects.filter(segment_id=segment.pk).exclude(manual=2)
    return set(rows.values_list("contact_id", flat=True))
