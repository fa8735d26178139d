"""Removing the sample keeps whom somebody changed, merged, wrote about or imported."""

import pytest
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from contacts.models import Consent, ConsentRecord, Contact, ContactState, DoNotContact
from contacts.services import consent
from desk.models import Note
from emails.models import Delivery
from kernel import clock
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
    assert made_up(winner, mine, written)
    told(api, written)
    client.post("/sample", {"do": "remove"})
    settle()
    # Nobody asked them what the sample says they agreed to, or left; one told us since.
    assert list(Consent.objects.values_list("contact_id", "state")) == [(written, "granted")]
    assert ConsentRecord.objects.get().contact_id == written
    assert list(DoNotContact.objects.values_list("contact_id", "reason")) == [(written, "manual")]
    assert set(Contact.objects.values_list("pk", flat=True)) == {winner, mine, written}
    assert Contact.objects.get(pk=mine).email == "mine7@real.test"
    assert Note.objects.get().contact_id == written
    # The stages of the sample are gone, and nobody is in one that is.
    assert not ContactState.objects.exclude(stage_id=None).exists()
    assert broken() == []


def told(api: APIClient, contact: int) -> None:
    key = {"Idempotency-Key": "k"}
    body = {"purpose": "email_marketing", "state": "granted", "source": "form"}
    answer = api.post(f"{API}/contacts/{contact}/consents", body, headers=key)
    assert answer.status_code == 201


def made_up(*people: int) -> int:
    """Have each say something made up, and leave by a made-up mail; one was closed by hand."""
    now = clock.now()
    for row in Delivery.objects.filter(contact_id__in=people, sent_at__isnull=False):
        Delivery.objects.filter(pk=row.pk).update(unsubscribed_at=now)
    consent.close([people[-1]], "email", "manual", "", now)
    DoNotContact.objects.bulk_create(
        (
            DoNotContact(contact_id=one, channel="email", reason="unsubscribed", at=now)
            for one in people
        ),
        ignore_conflicts=True,
    )
    rows = ConsentRecord.objects.filter(contact_id__in=people, source="sample")
    return rows.count()
