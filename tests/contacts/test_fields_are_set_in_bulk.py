"""Setting a field of many contacts: its value is asked as the form of one contact asks it."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from backoffice import deeds
from contacts.models import Contact
from contacts.services import fields
from kernel import clock
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db
COLOURS = [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}]


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def ask(client: Client, field: str = "", confirmed: str = "again") -> str:
    ids = ",".join(str(contact.pk) for contact in Contact.objects.all())
    sent = {"ids": ids, "confirmed": confirmed, "field": field}
    answer = client.post("/contacts/bulk/field", sent)
    assert answer.status_code == 200
    return answer.content.decode()


def put(client: Client, field: str, **sent: Any) -> Any:
    ids = ",".join(str(contact.pk) for contact in Contact.objects.all())
    return client.post(
        "/contacts/bulk/field", {"ids": ids, "confirmed": "yes", "field": field, **sent}
    )


def tag_of(page: str) -> str:
    found = re.search(r"<(?:input|select|textarea)[^>]*name=\"values\"[^>]*>", page)
    return found[0] if found else ""


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        ({"type": "date"}, 'type="date"'),
        ({"type": "time"}, 'type="time"'),
        ({"type": "datetime"}, 'type="datetime-local"'),
        ({"type": "number", "decimals": 1}, 'inputmode="decimal"'),
        ({"type": "boolean"}, "<select"),
        ({"type": "select", "options": COLOURS}, "<select"),
        ({"type": "country"}, "<select"),
        ({"type": "long_text"}, "<textarea"),
        ({"type": "text"}, 'type="text"'),
    ],
)
def test_each_type_is_asked_by_its_own_input(screen: Client, definition: dict[str, Any], says: str):
    add(email="a@example.com")
    fields.create({"label": "Kept", **definition}, clock.now())
    assert tag_of(ask(screen, confirmed="")) == ""
    page = ask(screen, "kept")
    assert says in tag_of(page)
    assert '<option value="kept" selected' in page
    assert "is-invalid" not in page


def test_the_value_is_asked_for_unless_it_is_cleared(screen: Client):
    ada = add(email="a@example.com", city="Lyon")
    assert "optional" not in ask(screen, "city")
    refused = put(screen, "city", values=" ")
    assert (refused.status_code, "Write the new value" in refused.content.decode()) == (422, True)
    both = put(screen, "city", values="Nice", clear="on")
    assert (both.status_code, "Either there is" in both.content.decode()) == (422, True)
    assert put(screen, "city", values="", clear="on").status_code == 200
    ada.refresh_from_db()
    assert ada.city is None


def test_a_choice_and_a_truth_are_chosen_and_told_in_words(screen: Client):
    ada = add(email="a@example.com")
    now = clock.now()
    fields.create({"label": "Colour", "type": "select", "options": COLOURS}, now)
    fields.create({"label": "Member", "type": "boolean"}, now)
    page = ask(screen, "colour")
    assert '<option value="b">Blue</option>' in page
    refused = put(screen, "colour", values="")
    assert refused.status_code == 422
    assert '<option value="b">Blue</option>' in refused.content.decode()
    assert put(screen, "colour", values="b").headers["HX-Refresh"] == "true"
    assert put(screen, "member", values="true").headers["HX-Refresh"] == "true"
    ada.refresh_from_db()
    assert ada.attrs == {"colour": "b", "member": True}
    trail = AuditEntry.objects.filter(verb="bulk").order_by("pk")
    told = [deeds.retold(one.kind, one.verb, one.name, one.after) for one in trail]
    assert told == ["Colour = Blue: 1", "Member = yes: 1"]
    assert put(screen, "member", values="", clear="on").status_code == 200
    ada.refresh_from_db()
    assert "member" not in ada.attrs


def test_nothing_is_written_while_the_field_is_chosen(screen: Client):
    ada = add(email="a@example.com", city="Lyon")
    ids = str(ada.pk)
    sent = {"ids": ids, "confirmed": "again", "field": "city", "values": "Nice"}
    assert screen.post("/contacts/bulk/field", sent).status_code == 200
    ada.refresh_from_db()
    assert ada.city == "Lyon"
    assert ada.version == 1
