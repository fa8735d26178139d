"""A signing key sealed with a former secret stops no mail, and everybody is told."""

import pytest
from rest_framework.test import APIClient

from emails.models import CapturedMail
from tests.emails.people import NOW, begin, make_contact, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"


def sign(api: APIClient, domain: str) -> str:
    return str(api.post(f"{API}/signing-domains", {"domain": domain}).json()["id"])


def test_mails_go_unsigned_and_the_domain_says_why(api: APIClient, settings, caplog):
    path = f"{API}/signing-domains/{sign(api, 'news.example')}"
    sign(api, "other.example")
    assert api.get(path).json()["state"] == "signs"
    settings.SECRET_KEY = "x" * 50
    sign(api, "sound.example")
    for sender in ("a@news.example", "a@sound.example"):
        begin([make_contact(sender)], name=sender, from_address=sender)
    settle(NOW)
    raws = [bytes(mail.raw) for mail in CapturedMail.objects.order_by("recipients")]
    assert [b"DKIM-Signature" in raw for raw in raws] == [False, True]
    told = [one.getMessage() for one in caplog.records if one.name == "emails.services.signing"]
    assert sorted(told) == [
        f"The DKIM key relais1 of {domain} cannot be read with this SECRET_KEY: mails go unsigned."
        for domain in ("news.example", "other.example")
    ]
    assert api.get(path).json()["state"] == "unreadable_key"
    # A new key mends it.
    api.post(f"{path}/rotate")
    assert api.post(f"{path}/activate").json()["state"] == "signs"


@pytest.mark.parametrize(
    ("domain", "sender", "codes"),
    [
        ("", "a@b.example", []),
        ("b.example", "a@news.b.example", []),
        ("b.example", "a@{{ contact.city }}.example", []),
        ("c.example", "a@b.example", ["unsigned"]),
    ],
)
def test_a_sender_nobody_signs_for_is_a_warning(api: APIClient, domain, sender, codes):
    if domain:
        sign(api, domain)
    segment = make_segment([make_contact()])
    body = {"name": "N", "type": "segment", "subject": "S", "html": "<p>x</p>"}
    body |= {"kind": "transactional", "segments": [segment.pk], "from_address": sender}
    email = api.post(f"{API}/emails", body).json()["id"]
    begun = api.post(f"{API}/emails/{email}/send", {}).json()
    assert [one["code"] for one in begun["warnings"]] == codes
    assert all("b.example" in one["message"] for one in begun["warnings"])
