"""Tags, topics and stages count the people a reader may see, and many of them without waiting."""

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Consent, Contact, ContactState, ContactTag, Tag, Topic
from contacts.services import counting
from kernel import clock
from stages.models import Stage
from tests.cast import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def filed(dora: User) -> dict[str, Any]:
    """Three people, one of them Dora's, filed under one of each."""
    tag = Tag.objects.create(name="vip")
    topic = Topic.objects.create(name="News")
    stage = Stage.objects.create(name="Customer")
    for number in range(3):
        person = Contact.objects.create(owner=dora if number == 0 else None)
        ContactState.objects.create(contact=person, stage_id=stage.pk)
        ContactTag.objects.create(contact=person, tag=tag, added_at=clock.now())
        wanted = {"purpose": "email", "topic_id": topic.pk, "state": "granted", "at": clock.now()}
        Consent.objects.create(contact=person, **wanted)
    return {"/settings/tags": tag, "/settings/topics": topic, "/stages": stage}


def shown(client: Client, address: str) -> Any:
    [(row, _cells)] = client.get(address).context["rows"]
    return row.people


@pytest.mark.parametrize("address", ["/settings/tags", "/settings/topics", "/stages"])
def test_everybody_is_counted_for_whoever_sees_everybody_else_ones_own(
    client: Client, alice: User, dora: User, filed: dict[str, Any], address: str
):
    client.force_login(alice)
    assert shown(client, address) == 3
    told = client.get(f"{address}/{filed[address].pk}").context["details"]
    assert any(str(value) == "3" or ">3<" in str(value) for _label, value in told)
    everything = {"view": "all"}
    dora.role.rights = {"*": everything, "administration": everything, "contacts": {"view": "own"}}
    dora.role.save()
    client.force_login(dora)
    assert shown(client, address) == 1
    dora.role.rights["contacts"] = {"view": "none"}
    dora.role.save()
    assert shown(client, address) is None


def test_rest_counts_the_same(api: APIClient, dora: User, filed: dict[str, Any]):
    at = f"/api/v1/tags/{filed['/settings/tags'].pk}"
    assert api.get(at).json()["contacts"] == 3
    assert [tag["contacts"] for tag in api.get("/api/v1/tags").json()["results"]] == [3]
    dora.role.rights = {"administration": {"view": "all"}, "*": {"view": "all"}}
    dora.role.rights["contacts"] = {"view": "own"}
    dora.role.save()
    assert client_of(dora).get(at).json()["contacts"] == 1


def test_of_many_what_the_planner_believes_is_shown_as_such(
    client: Client, alice: User, filed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(counting, "COUNTED_EXACTLY", 2)
    tag = filed["/settings/tags"]
    found = counting.people(counting.TAGGED, [tag.pk], None)
    assert found[tag.pk] >= 3


def test_what_takes_too_long_is_not_counted(
    client: Client, alice: User, filed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    client.force_login(alice)
    monkeypatch.setattr(counting, "FEW", f"SELECT pg_sleep(1)::text, 1 FROM ({counting.FEW}) x")
    monkeypatch.setattr(counting, "PATIENCE_MS", 30)
    assert shown(client, "/settings/tags") is None
