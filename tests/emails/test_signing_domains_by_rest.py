"""Signing domains: made, rotated with a second selector, sealed at rest, for administrators."""

import pytest
from rest_framework.test import APIClient

from emails.models import SigningKey
from emails.services import signing
from kernel.sealing import Unreadable, unseal

pytestmark = pytest.mark.django_db
PATH = "/api/v1/signing-domains"


def test_a_domain_gets_a_key_and_shows_its_record(api: APIClient):
    made = api.post(PATH, {"domain": "News.Example.com"}).json()
    (key,) = made["keys"]
    assert (made["domain"], key["state"], key["selector"]) == (
        "news.example.com",
        "active",
        "relais1",
    )
    assert key["record"]["name"] == "relais1._domainkey.news.example.com"
    assert key["record"]["value"].startswith("v=DKIM1; k=rsa; p=MIIB")
    assert max(len(string) for string in key["record"]["zone_line"].split('" "')) <= 257
    assert "PRIVATE" not in str(made)
    assert api.post(PATH, {"domain": "news.example.com"}).status_code == 400
    assert api.post(PATH, {"domain": "x y"}).status_code == 400
    assert api.post(PATH, {"domain": "b.example", "selector": "A b"}).status_code == 400


def test_keys_rotate_with_a_second_selector(api: APIClient):
    number = api.post(PATH, {"domain": "example.com"}).json()["id"]
    assert api.post(f"{PATH}/{number}/activate").status_code == 409
    keys = api.post(f"{PATH}/{number}/rotate").json()["keys"]
    assert {key["selector"]: key["state"] for key in keys} == {
        "relais1": "active",
        "relais2": "new",
    }
    assert api.post(f"{PATH}/{number}/rotate").status_code == 409
    # Until its record is published the old one signs.
    assert b"s=relais1;" in _signature()
    keys = api.post(f"{PATH}/{number}/activate").json()["keys"]
    assert {key["state"] for key in keys} == {"retired", "active"}
    assert b"s=relais2;" in _signature()


def _signature() -> bytes:
    raw = b"From: a@example.com\r\n\r\nHi\r\n"
    signer = signing.signer_for("a@sub.example.com", signing.signers())
    assert signer
    return signer.sign(raw)


def test_a_sender_of_another_domain_is_not_signed(api: APIClient):
    api.post(PATH, {"domain": "example.com"})
    known = signing.signers()
    assert signing.signer_for("a@example.com", known)
    for other in ("a@badexample.com", "a@example.com.evil.org", "a@com"):
        assert signing.signer_for(other, known) is None


def test_private_keys_are_sealed_with_a_key_outside_the_database(api: APIClient, settings):
    api.post(PATH, {"domain": "example.com"})
    sealed = SigningKey.objects.get().sealed
    assert "PRIVATE" not in sealed
    assert "PRIVATE" in unseal(sealed, "dkim")
    with pytest.raises(Unreadable):
        unseal(sealed, "another")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "x" * 50
    assert "PRIVATE" in unseal(sealed, "dkim")
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        unseal(sealed, "dkim")


def test_only_administrators_see_and_change_them(api_bob: APIClient, stranger: APIClient):
    assert api_bob.get(PATH).status_code == 403
    assert api_bob.post(PATH, {"domain": "example.com"}).status_code == 403
    assert stranger.get(PATH).status_code == 401
