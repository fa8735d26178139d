"""Interests: what people did with emails of a category, never machines, and as it was judged."""

from datetime import timedelta

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from emails.models import Email
from kernel import clock, filing
from kernel.models import Event, Folder
from tests.journey import ok, people
from tests.points.rules import did
from tests.settle import settle
from tracking.services.corrections import correct

pytestmark = pytest.mark.django_db
HUMAN, MACHINE = 1, 3


def category(name: str) -> int:
    return Folder.objects.create(sort=Folder.Sort.CATEGORY, kind="email", name=name).pk


def an_email(folder: int | None) -> int:
    email = Email.objects.create(name="News")
    if folder is not None:
        filing.file("email", [email.pk], filing.Change(category=folder))
    return email.pk


def interests(api: APIClient, contact: int) -> dict[str, int]:
    rows = ok(api.get(f"/api/v1/contacts/{contact}/interests"))["results"]
    return {row["name"]: row["points"] for row in rows}


def test_clicks_and_opens_count_by_the_category_of_the_email(api: APIClient):
    zoe, ann = people(2)
    skis, shoes = category("Skis"), category("Shoes")
    about_skis, about_shoes, about_nothing = an_email(skis), an_email(shoes), an_email(None)
    for email in (about_skis, about_nothing):
        did(zoe, key="emails.opened", subject=email, verdict=HUMAN)
        did(zoe, key="emails.clicked", subject=email, verdict=HUMAN)
        did(ann, key="emails.clicked", subject=email, verdict=MACHINE)
    did(zoe, ann, key="emails.opened", subject=about_shoes)
    old = clock.now() - timedelta(days=370)
    did(ann, key="emails.clicked", subject=about_skis, at=old, verdict=HUMAN)
    settle()
    assert list(interests(api, zoe).items()) == [("Skis", 4), ("Shoes", 1)]
    assert interests(api, ann) == {"Shoes": 1}


def test_what_is_judged_anew_or_filed_elsewhere_follows(api: APIClient):
    [zoe] = people(1)
    skis, shoes = category("Skis"), category("Shoes")
    email = an_email(skis)
    [event] = did(zoe, key="emails.clicked", subject=email, verdict=HUMAN)
    settle()
    at = Event.objects.get(pk=event).occurred_at
    for verdict, told in ((MACHINE, {}), (HUMAN, {"Skis": 3})):
        correct([(event, at)], verdict, ["test"], clock.now())
        settle()
        assert interests(api, zoe) == told
    filing.file("email", [email], filing.Change(category=shoes))
    assert interests(api, zoe) == {"Shoes": 3}


def test_the_page_of_a_contact_draws_them(client: Client, alice: User):
    [zoe] = people(1)
    email = an_email(category("Skis"))
    did(zoe, key="emails.clicked", subject=email, verdict=HUMAN)
    settle()
    client.force_login(alice)
    page = client.get(f"/contacts/{zoe}").content.decode()
    assert 'value="3" max="3" aria-label="Skis"' in page


def test_who_objects_to_profiling_has_none(api: APIClient):
    [zoe] = people(1)
    did(zoe, key="emails.clicked", subject=an_email(category("Skis")), verdict=HUMAN)
    settle()
    refuses = {"purpose": "profiling", "state": "refused"}
    ok(api.post(f"/api/v1/contacts/{zoe}/consents", refuses), 201)
    assert interests(api, zoe) == {}
