"""Broadcasts in the back office: asked before, watched, stopped; test mails (SEC-33)."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Role, User
from channels.screens import asking
from emails.backoffice import testing
from emails.models import CapturedMail, Delivery, Email, Send
from kernel import clock
from segments.services import members
from tests.cast import make_user
from tests.emails.people import make_contact, make_contacts, make_email, make_segment, states
from tests.settle import settle

pytestmark = pytest.mark.django_db
CONTENT = {"name": "N", "subject": "Hello {{ contact.first_name }}", "mode": "html", "html": "<p>x"}


def broadcast(count: int = 3, **values: Any) -> Email:
    return make_email(type="segment", segments=[make_segment(make_contacts(count))], **values)


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


@pytest.fixture
def writer(db: None) -> User:
    """Writes emails and may not send them."""
    rights = {"emails": dict.fromkeys(("view", "edit", "create"), "all")}
    rights["contacts"] = {"view": "all"}
    return make_user("Wanda", Role.objects.create(name="Writers", rights=rights))


def test_the_audience_says_who_would_get_it_and_why_not_the_others(screen: Client):
    people = make_contacts(5)
    people[0].email = None
    people[0].save()
    email = make_email(
        type="segment",
        segments=[make_segment(people)],
        excluded_segments=[make_segment(people[3:], "Not these")],
    )
    found = screen.get(f"/emails/{email.pk}/audience").context["found"]
    assert (found.included, found.excluded, found.reachable) == (5, 2, 2)
    assert found.reasons == {"no_address": 1}


def test_pressed_twice_there_is_one_run_and_again_means_new_people(screen: Client):
    email = broadcast()
    address = f"/emails/{email.pk}/send"
    assert "Send to 3 people" in screen.get(address).content.decode()
    for _press in range(2):
        answer = screen.post(address, {"when": "now", "people": "3"})
        assert answer.headers["HX-Redirect"] == f"/emails/{email.pk}"
    assert Send.objects.count() == 1
    settle()
    assert states() == {"sent": 3}
    assert "has got this email already" in screen.get(address).content.decode()
    assert screen.post(address, {"when": "now", "people": "0"}).status_code == 409
    members.change(email.segments.get(), [make_contact("late@example.com").pk], now=clock.now())
    screen.post(address, {"when": "now", "people": "1"})
    settle()
    assert states() == {"sent": 4}
    assert [run.new_only for run in Send.objects.order_by("pk")] == [False, True]


def test_many_people_are_written_to_after_typing_their_number(screen: Client, monkeypatch: Any):
    monkeypatch.setattr(asking, "TYPED_ABOVE", 2)
    email = broadcast()
    address = f"/emails/{email.pk}/send"
    assert 'data-unlocks="3"' in screen.get(address).content.decode()
    assert screen.post(address, {"when": "now", "people": "3", "typed": "2"}).status_code == 422
    assert screen.post(address, {"when": "now"}).status_code == 422
    assert not Send.objects.exists()
    screen.post(address, {"when": "now", "people": "3", "typed": "3"})
    assert Send.objects.exists()


def test_an_hour_is_one_of_the_users_zone(screen: Client, alice: User):
    alice.timezone = "America/New_York"
    alice.save()
    email = broadcast()
    address = f"/emails/{email.pk}/send"
    for wrong in ("", "2001-01-01T08:00", "soon"):
        assert screen.post(address, {"when": "at", "at": wrong, "people": 3}).status_code == 422
    year = clock.now().year + 1
    screen.post(address, {"when": "at", "at": f"{year}-01-15T08:00", "people": 3})
    assert Send.objects.get().at.isoformat() == f"{year}-01-15T13:00:00+00:00"
    assert "Planned" in screen.get(f"/emails/{email.pk}").content.decode()


def test_a_run_is_paused_resumed_and_cancelled_and_its_parts_sum_up(screen: Client):
    email = broadcast()
    screen.post(f"/emails/{email.pk}/send", {"when": "now", "people": "3"})
    run = Send.objects.get()
    turn = f"/emails/runs/{run.pk}"
    for doing, state in (("pause", "paused"), ("resume", "queued"), ("cancel", "cancelled")):
        screen.post(f"{turn}/{doing}")
        run.refresh_from_db()
        assert run.state == state
    told = screen.post(f"{turn}/resume", follow=True)
    assert "Only a paused run can be resumed." in told.content.decode()
    assert screen.get(f"{turn}/pause").status_code == 405
    assert screen.get(f"{turn}?was=sending").headers["HX-Refresh"] == "true"
    settle()
    shown = screen.get(turn).context
    assert sum(int(part.count) for part in shown["parts"]) == int(shown["total"])


def test_without_the_right_to_send_nothing_is_sent(client: Client, writer: User, bob: User):
    email = broadcast()
    for user in (writer, bob):
        client.force_login(user)
        assert "Send…" not in client.get(f"/emails/{email.pk}").content.decode()
        assert client.get(f"/emails/{email.pk}/send").status_code == 403
        assert client.post(f"/emails/{email.pk}/send", {"when": "now"}).status_code == 403
    assert not Send.objects.exists()


def test_sec_33_test_mails_go_to_oneself_or_to_known_people_and_not_without_end(
    client: Client, alice: User, writer: User, bob: User, monkeypatch: Any
):
    monkeypatch.setattr(testing, "PER_MINUTE", 4)
    contact = make_contact("zoe@example.com")
    client.force_login(writer)
    mine = {**CONTENT, "contact": contact.pk, "to": writer.email}
    assert client.post("/emails/test", mine).json() == {"sent": [writer.email]}
    mail = CapturedMail.objects.get()
    assert mail.subject == "[Test] Hello Zoë"
    assert client.post("/emails/test", {**CONTENT, "to": "zoe@example.com"}).status_code == 422
    client.force_login(bob)
    assert client.post("/emails/test", {**CONTENT, "to": bob.email}).status_code == 403
    client.force_login(alice)
    strange = client.post("/emails/test", {**CONTENT, "to": "stranger@example.org"})
    assert "stranger@example.org" in strange.json()["problem"]
    # Counted by the minute: one may begin on the way, two may not.
    sent = [client.post("/emails/test", {**CONTENT, "to": alice.email}) for _time in range(13)]
    assert sent[3].status_code == 200
    assert {answer.status_code for answer in sent[4:]} >= {429}
    assert CapturedMail.objects.count() == 5
    assert not Delivery.objects.exists()
