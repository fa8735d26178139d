"""SEC-20: that a field was changed is not told by its name to whom it is hidden from."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.sensitive.conftest import made

pytestmark = pytest.mark.django_db


def test_sec_20_neither_the_log_nor_the_history_names_it(
    client: Client, dora: User, api: APIClient, hers: APIClient
):
    made(api, "fields", label="Rhesus", alias="rhesus", type="text", sensitive=True)
    ana = made(api, "contacts", email="ana@x.example")
    api.patch(f"/api/v1/contacts/{ana}", {"rhesus": "+", "city": "Nice"}, format="json")
    path = f"/api/v1/events?contact={ana}&type=contacts.updated"
    assert api.get(path).json()["results"][0]["data"] == {"changed": ["city", "rhesus"]}
    assert hers.get(path).json()["results"][0]["data"] == {"changed": ["city"]}
    client.force_login(dora)
    for tab in ("", "?tab=timeline", "?tab=history"):
        assert "rhesus" not in client.get(f"/contacts/{ana}{tab}").content.decode().lower(), tab
    assert "a sensitive field" in client.get(f"/contacts/{ana}?tab=history").content.decode()
