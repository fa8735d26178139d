"""Removing the sample keeps whom somebody changed, merged, wrote about or imported."""

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Contact, ContactState
from desk.models import Note
from kernel.invariants import broken
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


def test_people_who_became_ones_own_stay(
    alice: User, api: APIClient, client: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("dashboard.demo.people.NUMBER", 60)
    call_command("demo", "--load")
    settle()
    staged = ContactState.objects.exclude(stage_id=None).order_by("pk")
    winner, mine, written = staged.values_list("pk", flat=True)[:3]
    real = api.post(f"{API}/contacts", {"email": "real1@real.test"}).json()["id"]
    body = {"winner": str(winner), "losers": [real]}
    assert api.post(f"{API}/merges", body).status_code == 200
    changed = api.patch(f"{API}/contacts/{mine}", {"email": "mine7@real.test"})
    assert changed.status_code == 200
    client.force_login(alice)
    client.post(f"/contacts/{written}/notes", {"text": "Call back", "kind": "general"})
    settle()
    asked = client.get("/").content.decode()
    assert "3 of its contacts stay" in asked
    client.post("/sample", {"do": "remove"})
    settle()
    assert set(Contact.objects.values_list("pk", flat=True)) == {winner, mine, written}
    assert Contact.objects.get(pk=mine).email == "mine7@real.test"
    assert Note.objects.get().contact_id == written
    # The stages of the sample are gone, and nobody is in one that is.
    assert not ContactState.objects.exclude(stage_id=None).exists()
    assert broken() == []
