"""Before a broadcast: the number is the server's own, nobody is no recipient, reasons are said."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from channels.screens import asking
from emails.models import Email, Send
from kernel import clock
from segments.services import members
from tests.emails.people import make_contact, make_contacts, make_email, make_segment

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def grow(email: Email, *addresses: str) -> None:
    people = [make_contact(address).pk for address in addresses]
    members.change(email.segments.get(), people, now=clock.now())


def test_a_number_that_changed_meanwhile_is_told_before_anything_goes_out(screen: Client):
    email = make_email(type="segment", segments=[make_segment(make_contacts(3))])
    address = f"/emails/{email.pk}/send"
    grow(email, "late@example.com")
    answer = screen.post(address, {"when": "now", "people": "3"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "changed from 3 to 4" in page
    assert "Send to 4 people" in page
    assert not Send.objects.exists()
    assert "HX-Redirect" in screen.post(address, {"when": "now", "people": "4"}).headers


def test_the_typed_number_is_compared_with_the_servers_own(screen: Client, monkeypatch: Any):
    monkeypatch.setattr(asking, "TYPED_ABOVE", 2)
    email = make_email(type="segment", segments=[make_segment(make_contacts(3))])
    address = f"/emails/{email.pk}/send"
    # Whoever names a small number in the form does not get past the question.
    for sent in (
        {"people": "1"},
        {"people": "0", "typed": "0"},
        {},
        {"typed": "²"},
        {"typed": "1"},
    ):
        answer = screen.post(address, {"when": "now", **sent})
        assert answer.status_code == 422, sent
    assert "You typed 1; it would go to 3 people." in answer.content.decode()
    grow(email, "late@example.com")
    answer = screen.post(address, {"when": "now", "people": "3", "typed": "3"})
    assert "changed from 3 to 4" in answer.content.decode()
    assert not Send.objects.exists()
    screen.post(address, {"when": "now", "people": "4", "typed": "4"})
    assert Send.objects.exists()


@pytest.mark.parametrize(
    ("people", "excluded", "words"),
    [
        ([], [], "Nobody is in the segments of this email."),
        ([None], [], "The 1 person in its segments cannot be written to: no address."),
        (["a@example.com"], ["a@example.com"], "Everybody in its segments is in the excluded"),
    ],
)
def test_a_broadcast_to_nobody_says_why(
    screen: Client, people: list[str | None], excluded: list[str], words: str
):
    known = {address: make_contact(address) for address in people}
    email = make_email(
        type="segment",
        segments=[make_segment(list(known.values()))],
        excluded_segments=[make_segment([known[address] for address in excluded], "Not these")],
    )
    page = screen.get(f"/emails/{email.pk}/send").content.decode()
    assert words in page
    assert "This cannot be sent yet" in page
    answer = screen.post(f"/emails/{email.pk}/send", {"when": "now", "people": "0"})
    assert answer.status_code == 409
    assert not Send.objects.exists()


def test_a_new_email_is_unpublished_until_somebody_publishes_it(screen: Client):
    segment = make_segment(make_contacts(2))
    assert screen.get("/emails/new/blank").context["form"].initial["state"] == "unpublished"
    sent = {"name": "N", "type": "segment", "subject": "S", "mode": "html", "html": "<p>x</p>"}
    screen.post("/emails/new", {**sent, "segments": [segment.pk]})
    email = Email.objects.get()
    assert email.state == "unpublished"
    dialog = screen.get(f"/emails/{email.pk}/send").content.decode()
    assert "This email is unpublished." in dialog
    assert 'form="publish-email"' in dialog
    assert 'id="publish-email"' in screen.get(f"/emails/{email.pk}").content.decode()
    screen.post(f"/emails/{email.pk}/state/published")
    assert "Send to 2 people" in screen.get(f"/emails/{email.pk}/send").content.decode()
