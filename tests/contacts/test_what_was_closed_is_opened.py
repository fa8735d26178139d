"""Taking an opt-out back lifts what it left on the suppression list, that alone, and tells."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, DoNotContact, Suppression
from contacts.services import consent, suppression
from contacts.services.erase import erase
from contacts.services.suppression import digest
from contacts.words import Reason
from emails.services import leaving
from emails.services.leaving import Reader
from kernel import clock, preferences
from tests.contacts.merging import rows
from tests.contacts.test_contacts_on_screen import add
from tests.emails.test_reachable_is_who_gets_it import listed
from tests.segments.scene import follow, inside
from tests.settle import settle

pytestmark = pytest.mark.django_db
EMAIL = "ana@example.com"


def anew(reason: str = Reason.UNSUBSCRIBED) -> Contact:
    """Have somebody leave and be erased; they come anew."""
    first, now = add(email=EMAIL), clock.now()
    consent.close([first.pk], "email", reason, "", now)
    erase(first.pk, now)
    assert hashes() == [digest(EMAIL)]
    return add(email=EMAIL)


def hashes() -> list[str]:
    return list(Suppression.objects.filter(kind="hash").values_list("value", flat=True))


def test_the_person_takes_it_back(api: APIClient):
    contact = anew()
    reader = Reader(contact, None)
    assert reader.has_left
    leaving.choose(reader, clock.now(), receives=True)
    assert hashes() == []
    assert not Reader(contact, None).has_left


def test_rest_takes_it_back_for_its_reason_alone(api: APIClient):
    contact = anew(Reason.COMPLAINT)
    at = f"/api/v1/contacts/{contact.pk}/do-not-contact/email"
    assert api.delete(f"{at}?reason=unsubscribed").status_code == 404
    assert hashes() == [digest(EMAIL)]
    assert api.delete(f"{at}?reason=complaint").status_code == 204
    assert hashes() == []
    told = "SELECT e.data ->> 'reason' FROM event e JOIN event_type t ON t.id = e.type_id"
    assert rows(f"{told} WHERE t.key = 'contacts.reopened'") == [("complaint",)]


def test_on_the_page_it_is_told_and_lifted(client: Client, alice: User):
    contact = anew()
    listed("domain", "example.com")
    client.force_login(alice)
    page = tab(client, contact)
    assert "of this address, only a hash was kept" in page
    assert "The domain example.com is on the suppression list" in page
    body = {"act": "open", "seen": "hash:unsubscribed"}
    answer = client.post(f"/contacts/{contact.pk}/channels/email", body, follow=True)
    assert "The address is still on the suppression list" in answer.content.decode()
    assert hashes() == []
    # Somebody put the domain there: who closed it, opens it.
    page = tab(client, contact)
    assert "May be contacted again" not in page
    entry = Suppression.objects.get()
    assert f'href="/settings/suppressions/{entry.pk}"' in page


def test_lifting_for_many_leaves_what_others_closed(api: APIClient):
    contact, other = anew(Reason.MANUAL), add(email="bo@example.com")
    consent.close([other.pk], "email", Reason.MANUAL, "", clock.now())
    config = {"channel": "email", "what": "open"}
    body = {"key": "channels.change", "contacts": [contact.pk, other.pk], "config": config}
    assert api.post("/api/v1/actions", body).status_code == 202
    settle()
    assert not DoNotContact.objects.exists()
    assert hashes() == [digest(EMAIL)]


def test_others_of_that_address_are_reached_again_too():
    preferences.put("contacts.unique_kinds", [])
    contact, other = anew(), add(email=EMAIL)
    segment = follow({"field": "suppressed", "op": "is", "value": True})
    assert inside(segment) == {contact.pk, other.pk}
    consent.reopen([contact.pk], "email", "", clock.now())
    settle()
    assert inside(segment) == set()


@pytest.mark.parametrize(
    "asked",
    [
        {"field": "suppressed", "op": "is", "value": True},
        {"field": "do_not_contact.sms", "op": "is_not_empty"},
        {"field": "consent.sms_marketing", "op": "is_not_empty"},
    ],
)
def test_what_filters_ask_of_a_number_never_follows_the_list(asked: dict[str, Any]):
    """The list is asked about addresses alone: of others who have the number nothing is old."""
    now, number = clock.now(), "+33612345678"
    gone = add(mobile=number)
    consent.close([gone.pk], "sms", Reason.UNSUBSCRIBED, "", now)
    erase(gone.pk, now)
    assert hashes() == [digest(number)]
    named, nameless = add(mobile=number, first_name="Ana"), add(mobile="06 12 34 56 78")
    preferences.put("contacts.phone_region", "FR")
    segment = follow(asked)
    assert [len(suppression.about(one.pk)) for one in (named, nameless)] == [1, 1]
    consent.reopen([named.pk], "sms", "START", now)
    settle()
    assert [suppression.about(one.pk) for one in (named, nameless)] == [[], []]
    assert inside(segment) == inside(follow(asked)) == set()


def tab(client: Client, contact: Contact) -> str:
    return client.get(f"/contacts/{contact.pk}?tab=consent").content.decode()
