"""What closes nothing does not get on the suppression list, whatever the channel."""

from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from rest_framework.test import APIClient

from contacts.models import Suppression
from contacts.services.suppression import digest
from kernel import clock

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


def test_the_digest_of_nothing_is_gone_and_those_of_numbers_stay(settings):
    def kept(secret: str, key: str) -> str:
        settings.SECRET_KEY = secret
        value = digest(key)
        Suppression.objects.create(channel="sms", kind="hash", value=value, since=clock.now())
        return value

    number = kept("of then", "+33622334455")
    kept("of then", "")
    kept("of now", "")
    settings.SECRET_KEY_FALLBACKS = ["of then"]
    import_module("contacts.migrations.0042_no_digest_of_nothing").forward(apps, None)
    assert list(Suppression.objects.values_list("value", flat=True)) == [number]
