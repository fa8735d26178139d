"""What closes nothing does not get on the suppression list, whatever the channel."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from contacts.models import Suppression

pytestmark = pytest.mark.django_db
NONSENSE = (
    ("a@b.example", "sms", "address"),
    ("abc", "sms", "address"),
    ("06 22", "sms", "address"),
    ("+33 6 22", "sms", "address"),
    ("a@b.example", "push", "address"),
    ("abc", "sms", "hash"),
    ("b.example", "sms", "domain"),
    ("b.example", "push", "domain"),
)


@pytest.mark.parametrize(("value", "channel", "kind"), NONSENSE)
def test_nonsense_is_refused_at_its_field(
    api: APIClient, client: Client, alice, value, channel, kind
):
    body = {"value": value, "channel": channel, "kind": kind}
    answer = api.post("/api/v1/suppressions", body, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "value")
    client.force_login(alice)
    answer = client.post("/settings/suppressions/new", body | {"reason": "manual"})
    assert answer.status_code == 422
    assert not Suppression.objects.exists()


def test_numbers_are_taken_and_the_list_tells_the_channel(api: APIClient, client: Client, alice):
    body = {"value": "+33 6 22 33 44 55", "channel": "sms"}
    answer = api.post("/api/v1/suppressions", body, format="json")
    assert (answer.status_code, answer.json()["value"]) == (201, "+33622334455")
    client.force_login(alice)
    assert ">SMS<" in client.get("/settings/suppressions").content.decode().replace(" ", "")
