"""Single fields of a contact are edited where they stand; who comes second loses nothing typed."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.models import Contact, Tag
from contacts.services import fields
from kernel import clock
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def save(client: Client, contact: Contact, name: str, value: Any, version: int) -> Any:
    sent = {name: value, "version": version}
    return client.post(f"/contacts/{contact.pk}/field?name={name}", sent)


def test_a_field_is_asked_stored_and_told(screen: Client):
    fields.create({"label": "Boot size", "type": "number", "decimals": 1}, clock.now())
    ada = add(email="a@example.com", city="Lyon")
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    assert f'hx-get="/contacts/{ada.pk}/field?name=boot_size"' in page
    asked = screen.get(f"/contacts/{ada.pk}/field?name=city").content.decode()
    assert 'value="Lyon"' in asked
    told = save(screen, ada, "city", "Nice", ada.version)
    assert told.status_code == 200
    assert "Nice" in told.content.decode()
    ada.refresh_from_db()
    assert (ada.city, ada.email) == ("Nice", "a@example.com")
    trail = AuditEntry.objects.get(verb="change")
    assert (trail.object_id, trail.name, trail.after) == (ada.pk, "", {"field": "city"})
    refused = save(screen, ada, "boot_size", "large", ada.version)
    assert refused.status_code == 422
    assert 'value="large"' in refused.content.decode()
    assert save(screen, ada, "boot_size", "25.5", ada.version).status_code == 200
    ada.refresh_from_db()
    assert ada.attrs == {"boot_size": 25.5}


def test_whoever_comes_second_keeps_what_they_typed(screen: Client):
    ada = add(email="a@example.com", city="Lyon")
    assert save(screen, ada, "city", "Nice", ada.version).status_code == 200
    late = save(screen, ada, "city", "Pau<b>", ada.version)
    assert late.status_code == 409
    text = late.content.decode()
    assert "Pau&lt;b&gt;" in text
    assert "Nice" in text
    assert Contact.objects.get().city == "Nice"
    assert save(screen, ada, "city", "Pau", ada.version + 1).status_code == 200
    assert Contact.objects.get().city == "Pau"


def test_addresses_of_others_are_refused_and_the_owner_is_chosen(screen: Client, bob: User):
    add(email="b@example.com")
    ada = add(email="a@example.com")
    taken = save(screen, ada, "email", "B@example.com", ada.version)
    assert taken.status_code == 422
    assert "already" in taken.content.decode()
    changed = save(screen, ada, "email", "c@example.com", ada.version)
    assert changed.headers["HX-Refresh"] == "true"
    save(screen, ada, "owner", bob.pk, ada.version + 1)
    assert Contact.objects.get(pk=ada.pk).owner_id == bob.pk


@pytest.mark.parametrize("name", ["", "points", "attrs", "id", "tags", "tags_shown", "version"])
def test_what_is_no_field_to_write_is_not_found(screen: Client, name: str):
    ada = add(email="a@example.com")
    assert screen.get(f"/contacts/{ada.pk}/field?name={name}").status_code == 404
    assert save(screen, ada, name, "5", ada.version).status_code == 404


def test_only_who_may_change_a_contact_does(client: Client, bob: User, dora: User, alice: User):
    ada = add(email="a@example.com", owner=alice.pk)
    for user, status in ((bob, 403), (dora, 404)):
        client.force_login(user)
        assert client.get(f"/contacts/{ada.pk}/field?name=city").status_code == status
        assert save(client, ada, "city", "x", ada.version).status_code == status
    client.force_login(bob)
    assert "/field?name=" not in client.get(f"/contacts/{ada.pk}").content.decode()


def test_tags_that_somebody_else_put_on_meanwhile_stay(screen: Client, api: Any):
    ada = add(email="a@example.com")
    api.patch(f"/api/v1/contacts/{ada.pk}", {"tags": ["one", "two"]}, format="json")
    form = screen.get(f"/contacts/{ada.pk}/edit").context["form"]
    api.patch(f"/api/v1/contacts/{ada.pk}", {"tags": {"add": ["three"]}}, format="json")
    sent = {name: form[name].value() or "" for name in form.fields} | {"tags": "one"}
    ada.refresh_from_db()
    answer = screen.post(f"/contacts/{ada.pk}/edit", {**sent, "version": ada.version})
    assert answer.status_code == 302
    assert api.get(f"/api/v1/contacts/{ada.pk}").json()["tags"] == ["one", "three"]
    assert Tag.objects.count() == 3
