"""From one contact to the next of the list; segments, campaigns and what was not sent beside."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact, ContactState
from emails.models import Delivery, State
from kernel import clock
from tests.contacts.test_contacts_on_screen import add
from tests.emails.people import make_email
from tests.journey import bring, graph, node, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def walked(client: Client, search: str, start: int, to: str) -> list[int]:
    """Go on until the list ends; return whom one met."""
    met, at = [start], start
    for _step in range(20):
        answer = client.get(f"/contacts/{at}/beside", {"to": to, "in": search})
        following = int(answer["Location"].split("/")[2].split("?")[0])
        if following == at:
            return met
        met.append(at := following)
    raise AssertionError("walks in a circle")


@pytest.mark.parametrize("sort", ["name", "-points", "last_active", "-last_active", "-created_at"])
def test_one_walks_the_list_as_it_is_ordered_there_and_back(screen: Client, sort: str):
    now = clock.now()
    for number in range(6):
        contact = add(email=f"p{number}@example.com", last_name=f"L{number % 3}", city="Paris")
        if number % 2:
            active = {"last_active_at": now - timedelta(days=number % 3), "points": number % 3}
            ContactState.objects.filter(contact=contact).update(**active)
    add(email="p9@example.com", city="Rome")
    paris = json.dumps({"field": "city", "op": "is", "value": "Paris"})
    search = urlencode({"q": "p", "sort": sort, "filter": paris})
    page = screen.get(f"/contacts?{search}")
    shown = [row.pk for row, _cells in page.context["rows"]]
    assert len(shown) == 6
    assert walked(screen, search, shown[0], "next") == shown
    assert walked(screen, search, shown[-1], "previous") == shown[::-1]


def test_the_page_knows_the_list_one_came_from(screen: Client):
    ada = add(email="a@example.com")
    listed = screen.get("/contacts?q=a&sort=name").content.decode()
    assert f"/contacts/{ada.pk}?in=q%3Da%26sort%3Dname" in listed
    page = screen.get(f"/contacts/{ada.pk}?in=q%3Da").content.decode()
    assert "data-next" in page
    assert 'href="/contacts?q=a"' in page
    assert "data-next" not in screen.get(f"/contacts/{ada.pk}").content.decode()
    for hostile in ("%00", "sort=x&cursor=y", "filter={", "&" * 500):
        answer = screen.get(f"/contacts/{ada.pk}/beside", {"in": hostile})
        assert answer.status_code == 302, hostile


def test_segments_stand_beside_with_the_reason(screen: Client, api: Any, client: Client):
    ada = add(email="a@example.com", country="FR", points=None)
    tree = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    french = api.post("/api/v1/segments", {"name": "French <b>", "filter": tree}).json()["id"]
    hand = api.post("/api/v1/segments", {"name": "By hand", "filter": None}).json()["id"]
    api.post(f"/api/v1/segments/{hand}/contacts", {"add": [str(ada.pk)]})
    settle()
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    assert f'href="/segments/{french}"' in page
    assert "French &lt;b&gt;" in page
    assert "added by hand" in page
    why = screen.get(f"/segments/{french}/why?contact={ada.pk}").content.decode()
    assert "is: France" in why
    assert "Added by hand" in screen.get(f"/segments/{hand}/why?contact={ada.pk}").content.decode()
    for wrong in ("", "?contact=x", "?contact=999999999"):
        assert screen.get(f"/segments/{french}/why{wrong}").status_code == 404


def test_campaigns_stand_beside_with_where_one_is(screen: Client, api: Any, dora: User):
    ada = add(email="a@example.com")
    way = graph([node("rest", "wait", **{"for": "3d"})], "start>rest")
    waiting = run(api, way, name="Ski")
    over = run(api, graph([points("only")], "start>only"), name="Short")
    for campaign in (waiting, over):
        bring(api, campaign, [ada.pk])
    settle()
    page = screen.get(f"/contacts/{ada.pk}").content.decode()
    assert f'href="/campaigns/{waiting}"' in page
    assert "3 days" in page
    assert "Came to the end" in page
    Contact.objects.filter(pk=ada.pk).update(owner=dora)
    screen.force_login(dora)
    assert f"/campaigns/{waiting}" not in screen.get(f"/contacts/{ada.pk}").content.decode()


def test_what_was_not_sent_is_told_with_its_reason(screen: Client):
    ada, email, now = add(email="a@example.com"), make_email(name="Ski <b>"), clock.now()
    for number in range(40):
        at = now - timedelta(hours=number // 4)
        Delivery.objects.create(
            email_id=email.pk,
            contact_id=ada.pk,
            due_at=at,
            cause=f"api:{number}",
            state=State.SKIPPED,
            reason="frequency_cap",
        )
    page = screen.get(f"/contacts/{ada.pk}")
    text = page.content.decode()
    assert "Not sent: <a" in text
    assert "Ski &lt;b&gt;" in text
    assert "Enough messages for now" in text
    assert f"/emails/{email.pk}?tab=deliveries&amp;person=%23{ada.pk}" in text
    rest = screen.get(page.context["part"].more).content.decode()
    assert text.count("Not sent") + rest.count("Not sent") == 40
    told = screen.get(f"/emails/{email.pk}?tab=deliveries&person=%23{ada.pk}").content.decode()
    assert "a@example.com" in told
    listed = screen.get(f"/contacts/{ada.pk}?tab=emails").content.decode()
    assert listed.count("Enough messages for now</span>") == 40
    assert 'Emails <span class="count">40</span>' in listed
    web = screen.get(f"/contacts/{ada.pk}/timeline", {"kind": "web"}).content.decode()
    assert "Not sent" not in web


def test_erasing_asks_to_type_who(screen: Client):
    ada = add(email="a@example.com", first_name="Ada", last_name="Byron")
    assert 'name="typed"' in screen.get(f"/contacts/{ada.pk}").content.decode()
    for wrong in ({}, {"typed": ""}, {"typed": "Ada"}):
        screen.post(f"/contacts/{ada.pk}/delete", wrong)
        assert Contact.objects.filter(pk=ada.pk).exists()
    screen.post(f"/contacts/{ada.pk}/delete", {"typed": " ada  BYRON"})
    assert not Contact.objects.exists()
