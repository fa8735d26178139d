"""An answer lost on its way neither makes two of a thing nor looks like somebody else's hand."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaigns.models import Campaign
from emails.models import Email
from segments.models import Segment
from tests.cast import client_of, make_user
from tests.emails.people import make_email
from tests.journey import graph, ok, points

pytestmark = pytest.mark.django_db
BY_HAND = {"name": "Friends", "members_by": "by_hand"}
MAIL = {"name": "News", "subject": "S", "mode": "html", "html": "<p>x</p>"}
IN_PLACE = {"headers": {"Accept": "application/json"}}


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def sitting(screen: Client, path: str) -> str:
    return str(screen.get(path).context["sitting"])


def test_a_form_sent_again_makes_one_and_leads_to_it(screen: Client):
    sent = {**BY_HAND, "sitting": sitting(screen, "/segments/new")}
    first, again = (screen.post("/segments/new", sent) for _ in range(2))
    segment = Segment.objects.get()
    assert first["Location"] == again["Location"] == f"/segments/{segment.pk}"
    # Other content by the same page, as after going back, is another one.
    screen.post("/segments/new", {**sent, "name": "Others"})
    assert Segment.objects.count() == 2
    # Another page may well make one of the same name.
    screen.post("/segments/new", {**sent, "sitting": str(uuid4())})
    assert Segment.objects.count() == 3


def test_a_refused_form_is_sent_again_with_what_was_mended(screen: Client):
    page = screen.post("/segments/new", {"name": "", "sitting": sitting(screen, "/segments/new")})
    assert page.status_code == 422
    sent = {**BY_HAND, "sitting": page.context["sitting"]}
    for _ in range(2):
        assert screen.post("/segments/new", sent).status_code == 302
    assert Segment.objects.get().name == "Friends"


def test_what_the_page_saved_itself_is_no_conflict_and_what_others_saved_is(
    screen: Client, alice: User
):
    segment = Segment.objects.create(name="Friends")
    path = f"/segments/{segment.pk}/edit"
    mine = {**BY_HAND, "version": "1", "sitting": sitting(screen, path)}
    assert screen.post(path, {**mine, "name": "One"}).status_code == 302
    assert screen.post(path, {**mine, "name": "One"}).status_code == 302
    assert Segment.objects.get().version == 2
    assert screen.post(path, {**mine, "name": "Two"}).status_code == 302
    assert screen.post(path, {**BY_HAND, "name": "Theirs", "version": "3"}).status_code == 302
    assert screen.post(path, {**mine, "name": "Three"}).status_code == 409
    # Nor does an older answer, asked for again, bring back what they changed.
    assert screen.post(path, {**mine, "name": "Two"}).status_code == 302
    assert Segment.objects.get().name == "Theirs"
    # A token of another's page is worth nothing.
    screen.force_login(make_user("Zed", alice.role))
    assert screen.post(path, {**mine, "name": "Two"}).status_code == 409


def test_a_new_email_saved_in_place_is_one_whatever_was_typed_meanwhile(screen: Client):
    sent: dict[str, Any] = {**MAIL, "sitting": sitting(screen, "/emails/new/blank"), "version": ""}
    told = [screen.post("/emails/new", sent, **IN_PLACE).json() for _ in range(2)]
    assert told[0] == told[1]
    email = Email.objects.get()
    later = screen.post("/emails/new", {**sent, "subject": "More"}, **IN_PLACE).json()
    assert (later["version"], later["url"]) == (2, f"/emails/{email.pk}/edit")
    assert Email.objects.get().subject == "More"


def test_an_answer_sent_again_tells_the_version_it_made(screen: Client):
    email = make_email()
    path = f"/emails/{email.pk}/edit"
    mine = {**MAIL, "version": "1", "sitting": sitting(screen, path)}
    screen.post(path, mine, **IN_PLACE)
    screen.post(path, {**MAIL, "name": "Theirs", "version": "2"}, **IN_PLACE)
    told = screen.post(path, mine, **IN_PLACE).json()
    assert told["version"] == 2
    assert screen.post(path, {**mine, "version": "2"}, **IN_PLACE).status_code == 409
    assert Email.objects.get().name == "Theirs"


def test_a_draft_kept_unheard_is_no_conflict_with_oneself(api: APIClient, alice: User):
    made = ok(api.post("/api/v1/campaigns", {"name": "Way"}), 201)["id"]
    page, other = str(uuid4()), str(uuid4())

    def put(name: str, version: int, by: str, status: int = 200, client: APIClient = api) -> None:
        body = {"name": name, "graph": graph([points("a")], "start>a"), "version": version}
        path = f"/api/v1/campaigns/{made}/draft"
        ok(client.put(path, body, format="json", headers={"Sitting": by}), status)

    put("One", 1, page)
    put("One", 1, page)
    put("Two", 1, page)
    assert Campaign.objects.get().version == 4
    put("Theirs", 4, other)
    put("Three", 4, page, 409)
    put("Three", 1, "no token", 409)
    put("Three", 1, other, 409, client_of(make_user("Zed", alice.role)))
    assert Campaign.objects.get().name == "Theirs"
