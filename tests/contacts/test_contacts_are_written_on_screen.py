"""The form of a contact: an input for each type, values checked, nothing overwritten unseen."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from contacts.services import fields
from kernel import clock
from kernel.models import Event
from tests.contacts.test_contacts_on_screen import add

pytestmark = pytest.mark.django_db
SPORTS = {"options": ["ski", "hike"]}
# What is typed, what is kept, and what cannot be taken.
TYPES: dict[str, tuple[dict[str, Any], Any, Any, Any]] = {
    "text": ({}, "Zoë  ", "Zoë", "a\x00b"),
    "long_text": ({}, "a\r\nb", "a\nb", "x" * 200_000),
    "html": ({}, "<b>a</b><script>x</script>", "<b>a</b>", "x" * 200_000),
    "number": ({"decimals": 1}, "25.5", 25.5, "many"),
    "boolean": ({}, "false", False, "perhaps"),
    "date": ({}, "2026-11-30", "2026-11-30", "30/11"),
    "datetime": ({}, "2026-11-30T10:00", "2026-11-30T09:00:00.000Z", "soon"),
    "time": ({}, "09:30", "09:30", "25:00"),
    "email": ({}, "a@example.com", "a@example.com", "a@"),
    "phone": ({}, "+33 6 39 98 12 40", "+33 6 39 98 12 40", "no"),
    "url": ({}, "https://example.com", "https://example.com", "javascript:x"),
    "select": (SPORTS, "ski", "ski", "golf"),
    "multiselect": (SPORTS, ["hike", "ski"], ["ski", "hike"], ["golf"]),
    "country": ({}, "FR", "FR", "Atlantis"),
    "locale": ({}, "fr", "fr", "zz-top-99"),
    "timezone": ({}, "Europe/Paris", "Europe/Paris", "Moon/Base"),
}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    alice.timezone = "Europe/Paris"
    alice.save()
    client.force_login(alice)
    return client


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_of_field_has_an_input_that_reads_and_shows_it(
    screen: Client, api: Any, kind: str
):
    more, typed, kept, wrong = TYPES[kind]
    fields.create({"label": "Thing", "type": kind, **more}, clock.now())
    sent = {"email": "p@example.com", "thing": typed}
    answer = screen.post("/contacts/new", sent)
    assert answer.status_code == 302, answer.context["form"].errors
    contact = Contact.objects.get()
    assert api.get(f"/api/v1/contacts/{contact.pk}").json()["thing"] == kept
    form = screen.get(f"/contacts/{contact.pk}/edit").context["form"]
    again = {name: form[name].value() for name in form.fields} | {"version": contact.version}
    answer = screen.post(f"/contacts/{contact.pk}/edit", again)
    assert answer.status_code == 302, answer.context["form"].errors
    contact.refresh_from_db()
    assert contact.version == again["version"], "saving what is shown changes nothing"
    again["thing"] = wrong
    refused = screen.post(f"/contacts/{contact.pk}/edit", again)
    assert refused.status_code == 422
    assert "thing" in refused.context["form"].errors


def test_a_form_writes_only_what_was_changed_in_it(screen: Client):
    contact = add(email="p@example.com", city="Chamonix")
    form = {"email": "p@example.com", "city": "Megève", "version": contact.version}
    assert screen.post(f"/contacts/{contact.pk}/edit", form).status_code == 302
    told = Event.objects.order_by("id").last()
    assert told is not None
    assert (told.data or {})["changed"] == ["city"]


def test_who_has_an_address_already_is_named_with_a_link(screen: Client):
    other = add(email="p@example.com", first_name="Ada <b>")
    page = screen.post("/contacts/new", {"email": "P@example.com"})
    assert page.status_code == 422
    text = page.content.decode()
    assert f'href="/contacts/{other.pk}"' in text
    assert "Ada &lt;b&gt;" in text


def test_whoever_sees_only_their_own_is_told_no_names(client: Client, dora: User, alice: User):
    add(email="p@example.com", first_name="Secret", owner=alice.pk)
    client.force_login(dora)
    page = client.post("/contacts/new", {"email": "p@example.com"})
    assert page.status_code == 422
    assert "Secret" not in page.content.decode()
    assert client.post("/contacts/new", {"email": "q@example.com"}).status_code == 302
    assert Contact.objects.get(email="q@example.com").owner_id == dora.pk
    given = client.post("/contacts/new", {"email": "r@example.com", "owner": alice.pk})
    assert given.status_code == 422


def test_tags_of_a_form_are_put_on_and_taken_off(screen: Client, api: Any):
    answer = screen.post("/contacts/new", {"email": "p@example.com", "tags": "vip, Ski club"})
    contact = Contact.objects.get()
    assert answer["Location"] == f"/contacts/{contact.pk}"
    screen.post(f"/contacts/{contact.pk}/tags", {"remove": "vip"})
    page = screen.post(f"/contacts/{contact.pk}/tags", {"add": "<i>x</i>"}, follow=True)
    assert "<i>x</i>" not in page.content.decode()
    assert api.get(f"/api/v1/contacts/{contact.pk}").json()["tags"] == ["<i>x</i>", "Ski club"]
    token = list(page.context["messages"])[-1].extra_tags.removeprefix("undo:")
    screen.post("/undo", {"undo": token})
    shown = json.dumps(api.get(f"/api/v1/contacts/{contact.pk}").json()["tags"])
    assert shown == '["Ski club"]'
