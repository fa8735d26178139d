"""What is believed is written to its first two digits, and never below what was counted."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from api import paging
from backoffice import bulk
from kernel.rough import rough
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle


@pytest.mark.parametrize(
    ("believed", "more_than", "written"),
    [
        (7, 0, 7),
        (97, 0, 97),
        (1_234, 0, 1_200),
        (12_345, 10_000, 12_000),
        (10_001, 10_000, 11_000),
        (76_779, 10_000, 77_000),
        (999_999, 10_000, 1_000_000),
    ],
)
def test_two_digits_are_kept(believed: int, more_than: int, written: int):
    assert rough(believed, more_than) == written


@pytest.mark.django_db
def test_a_segment_knows_its_own_size(
    api: APIClient, client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
):
    for number in range(8):
        add(email=f"p{number}@example.com", city="Nice" if number else "Lyon")
    tree = {"field": "city", "op": "is", "value": "Nice"}
    made = api.post("/api/v1/segments", {"name": "S", "filter": tree}, format="json").json()
    settle()
    for place in (paging, bulk):
        monkeypatch.setattr(place, "COUNTED_EXACTLY", 5)
    client.force_login(alice)
    at = f"/segments/{made['id']}?tab=members"
    assert client.get(at).context["found"] == "7"
    assert client.get(at, {"tab": "members", "q": "p"}).context["found"].startswith("~")
