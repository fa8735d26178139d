"""SEC-39: wherever a page takes the next one from its address, that is a page of this site."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.browser import browser, sign_in, someone

pytestmark = pytest.mark.django_db
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/%0d%0aLocation:%20https://evil.example",
)


def stays(place: str) -> bool:
    """Whether a browser that follows this stays here, whatever it makes of odd signs."""
    plain = place.strip().replace("\\", "/").replace("\t", "")
    return plain.startswith("/") and not plain.startswith("//") and "\n" not in place


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_to_no_other_site(target: str):
    client = browser()
    assert client.get("/account/login", {"next": target}).status_code == 200
    assert stays(sign_in(client, someone().email, next=target)["Location"])


def test_whoever_is_signed_in_already_is_led_to_no_other_site():
    client = browser()
    sign_in(client, someone().email)
    for target in ELSEWHERE:
        answer = client.get("/account/login", {"next": target})
        assert answer.status_code != 302 or stays(answer["Location"]), target


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_out_and_choosing_a_language_lead_to_no_other_site(target: str):
    client = Client()
    client.force_login(someone())
    chosen = client.post(reverse("set_language"), {"language": "fr", "next": target})
    assert stays(chosen["Location"])
    left = client.post("/account/logout", {"next": target})
    assert stays(left["Location"])


def test_the_page_that_was_asked_for_comes_after_signing_in():
    assert sign_in(browser(), someone().email, next="/api/docs?a=1")["Location"] == "/api/docs?a=1"
