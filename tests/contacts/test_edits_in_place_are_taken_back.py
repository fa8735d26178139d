"""What was edited where it stands is taken back, and told by the names people use."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from contacts.services import fields
from kernel import clock
from tests.contacts.test_contacts_on_screen import add
from tests.contacts.test_fields_are_edited_in_place import save

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def token(answer: Any) -> str:
    text = answer.content.decode()
    assert 'hx-swap-oob="beforeend:#toasts"' in text
    return str(text.split('name="undo" value="')[1].split('"')[0])


def test_names_are_edited_in_place_and_the_page_is_read_again(screen: Client):
    ada = add(first_name="Ada", email="a@example.com")
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    for name in ("first_name", "last_name"):
        assert f'hx-get="/contacts/{ada.pk}/field?name={name}"' in page
    saved = save(screen, ada, "last_name", "Lovelace", ada.version)
    assert saved.headers["HX-Refresh"] == "true"
    again = screen.get(f"/contacts/{ada.pk}").content.decode()
    assert "<h1>Ada Lovelace</h1>" in again
    assert "Last name changed" in again


@pytest.mark.parametrize(
    ("name", "before", "typed"),
    [
        ("city", "Lyon", "Nice"),
        ("city", None, "Nice"),
        ("city", "Lyon", ""),
        ("boot_size", Decimal("25.5"), "26"),
        ("sports", ["ski"], ["ski", "sail"]),
        ("news", True, "false"),
        ("met", "2026-01-02T10:00:00.000Z", "2026-03-04T10:00"),
    ],
)
def test_a_field_gets_its_former_value_back(screen: Client, name: str, before: Any, typed: Any):
    sports = [{"value": "ski", "label": "Ski"}, {"value": "sail", "label": "Sailing"}]
    for more in (
        {"label": "Boot size", "type": "number", "decimals": 1},
        {"label": "Sports", "type": "multiselect", "options": sports},
        {"label": "News", "type": "boolean"},
        {"label": "Met", "type": "datetime"},
    ):
        fields.create(more, clock.now())
    ada = add(email="a@example.com", **({name: before} if before is not None else {}))
    was = (ada.city, ada.attrs)
    changed = save(screen, ada, name, typed, ada.version)
    now = Contact.objects.get()
    assert (now.city, now.attrs) != was
    screen.post("/undo", {"undo": token(changed)})
    back = Contact.objects.get()
    assert (back.city, back.attrs) == was


def test_what_changed_since_stays_as_it_is(screen: Client, bob: User):
    ada = add(email="a@example.com", city="Lyon")
    first = token(save(screen, ada, "city", "Nice", ada.version))
    save(screen, ada, "city", "Pau", ada.version + 1)
    screen.post("/undo", {"undo": first})
    assert Contact.objects.get().city == "Pau"
    said = [str(each) for each in screen.get("/contacts").context["messages"]]
    assert said[-1] == "This has changed since, and stays as it is."
    given = token(save(screen, ada, "owner", bob.pk, ada.version + 2))
    screen.post("/undo", {"undo": given})
    assert Contact.objects.get().owner_id is None


def test_nothing_is_told_of_what_stayed_the_same(screen: Client):
    ada = add(email="a@example.com", city="Lyon")
    assert "toasts" not in save(screen, ada, "city", "Lyon", ada.version).content.decode()


def test_timeline_and_history_call_fields_by_their_labels(screen: Client, alice: User):
    fields.create(
        {"label": "Boot size", "labels": {"fr": "Pointure"}, "type": "number"}, clock.now()
    )
    ada = add(email="a@example.com")
    save(screen, ada, "boot_size", "25", ada.version)
    save(screen, ada, "first_name", "Ada", ada.version + 1)
    page, history = f"/contacts/{ada.pk}", f"/contacts/{ada.pk}?tab=history"
    text = screen.get(page).content.decode()
    assert "Changed: Boot size" in text
    assert "Changed: First name" in text
    assert "Boot size" in screen.get(history).content.decode()
    alice.language = "fr"
    alice.save()
    assert "Pointure" in screen.get(history, headers={"accept-language": "fr"}).content.decode()
