"""A slash too many leads to the screen that is meant; where there is nothing, the menu stays."""

import pytest
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_slash_too_many_is_taken_away(client: Client, alice: User):
    client.force_login(alice)
    for wrong, right in (
        ("/imports/", "/imports"),
        ("/contacts/?q=a%26b&sort=name", "/contacts?q=a%26b&sort=name"),
        ("/settings/tags//", "/settings/tags"),
        ("/contacts/999999/", "/contacts/999999"),
    ):
        answer = client.get(wrong)
        assert (answer.status_code, answer["Location"]) == (301, right)


@pytest.mark.parametrize(
    "path", ["/api/v1/contacts/", "/api/v1/docs/", "/health/live/", "/nowhere/"]
)
def test_nothing_else_is_led_on(client: Client, alice: User, path: str):
    client.force_login(alice)
    assert client.get(path).status_code == 404


def test_what_is_posted_goes_nowhere_else(client: Client, alice: User):
    client.force_login(alice)
    assert client.post("/contacts/new/", {"email": "a@example.com"}).status_code == 404


def test_who_is_signed_in_keeps_the_menu(client: Client, alice: User):
    assert 'id="side"' not in client.get("/nowhere").content.decode()
    client.force_login(alice)
    for path in ("/nowhere", "/contacts/999999"):
        page = client.get(path)
        assert page.status_code == 404
        assert 'id="side"' in page.content.decode()
        assert "There is nothing here" in page.content.decode()


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**20])
def test_numbers_that_nothing_has_are_no_contact_whatever_their_size(
    client: Client, alice: User, number: int
):
    client.force_login(alice)
    for path in (f"/contacts/{number}", f"/api/v1/contacts/{number}"):
        assert client.get(path).status_code == 404
