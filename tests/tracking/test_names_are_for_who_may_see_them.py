"""The log names an event's object only to whoever may see that object."""

import pytest

from accounts.models import Role
from contacts.models import Contact, ContactState
from kernel import clock, events
from kernel.events import Fact
from tests.cast import client_of, make_user
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db


def test_who_may_not_see_the_email_learns_its_number_and_no_name(api):
    contact = Contact.objects.create(email="zoe@example.com")
    ContactState.objects.create(contact=contact)
    email = make_email(name="Dismissals in spring")
    now = clock.now()
    events.record("emails.sent", [Fact(contact.pk, now, subject=email.pk)], now=now)
    rights = {"contacts": {"view": "all"}, "emails": {"view": "own"}}
    carol = client_of(make_user("Carol", Role.objects.create(name="Support", rights=rights)))
    shown = {}
    for who, client in (("alice", api), ("carol", carol)):
        answer = client.get("/api/v1/events", {"type": "emails.sent"})
        [event] = answer.json()["results"]
        assert "Dismissals" not in answer.content.decode() or who == "alice"
        shown[who] = event["subject"]
    assert shown["alice"] == {"type": "email", "id": str(email.pk), "name": "Dismissals in spring"}
    assert shown["carol"] == {**shown["alice"], "name": None}
