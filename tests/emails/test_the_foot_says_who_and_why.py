"""Marketing mail names its sender's address, says why it comes, and can be left (PRV-20)."""

import email
import email.policy

import pytest

from emails.models import CapturedMail, Email
from kernel import preferences
from tests.emails.people import NOW, begin, make_contact, make_segment
from tests.settle import settle

pytestmark = pytest.mark.django_db
API = "/api/v1"
ADDRESS, REASON = "Shop Ltd, 1 High Street, Leeds", "You are a customer of ours."
MJML = "<mjml><mj-body><mj-section><mj-column>{}</mj-column></mj-section></mj-body></mjml>"
OWN = "{{ unsubscribe_url }}"


def parts(**values: str) -> list[str]:
    begin([make_contact()], **values)
    settle(NOW)
    raw = bytes(CapturedMail.objects.latest("pk").raw)
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return [message.get_body((kind,)).get_content() for kind in ("html", "plain")]


@pytest.mark.parametrize(
    "values",
    [
        {"html": "<html><body><p>Hi</p></body></html>"},
        {"html": f"<p>{OWN}</p>"},
        {"mjml": MJML.format("<mj-text>Hi</mj-text>"), "html": ""},
        {"mjml": MJML.format(f"<mj-text>{OWN}</mj-text>"), "html": ""},
        {"html": "<p>Hi</p>", "text": "Hi"},
        {"html": "<p>Hi</p>", "text": f"Hi {OWN}"},
        {"html": "<p>{{ postal_address }} {{ footer_reason }}</p>"},
    ],
)
def test_every_part_has_address_reason_and_way_out_once(values: dict[str, str]):
    preferences.put("emails.postal_address", ADDRESS)
    preferences.put("emails.footer_reason", REASON)
    for part in parts(**values):
        said = " ".join(part.split())
        assert (said.count(ADDRESS), said.count(REASON)) == (1, 1)
        assert "/e/u/" in said


def test_without_settings_the_reason_is_ours_and_no_address_is_made_up():
    for part in parts(html="<p>Salut</p>", language="fr"):
        assert "vous nous avez donné votre adresse" in " ".join(part.split())
    own, _text = parts(html=f"<p>{OWN}</p>")
    assert "<div" not in own


def test_transactional_mail_has_no_foot():
    preferences.put("emails.postal_address", ADDRESS)
    assert not any(ADDRESS in part or "/e/u/" in part for part in parts(kind="transactional"))


def test_a_missing_address_is_told_or_refused_as_the_workspace_wishes(api):
    segment = make_segment([make_contact()])
    body = {"name": "N", "type": "segment", "subject": "S", "html": "<p>x</p>"}
    body |= {"segments": [segment.pk]}
    first = api.post(f"{API}/emails", body).json()["id"]
    begun = api.post(f"{API}/emails/{first}/send", {})
    assert begun.status_code == 202
    assert [one["code"] for one in begun.json()["warnings"]] == ["no_postal_address"]
    api.patch(f"{API}/preferences", {"emails.require_postal_address": True})
    refused = api.post(f"{API}/emails", body)
    assert (refused.status_code, Email.objects.count()) == (400, 1)
    assert refused.json()["errors"][0]["code"] == "no_postal_address"
    draft = api.post(f"{API}/emails", {**body, "state": "unpublished"}).json()["id"]
    assert api.patch(f"{API}/emails/{draft}", {"state": "published"}).status_code == 400
    settle()
    again = api.post(f"{API}/emails/{first}/send", {"again": "new_only"})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "no_postal_address")
    transactional = {**body, "kind": "transactional"}
    assert api.post(f"{API}/emails", transactional).status_code == 201
    api.patch(f"{API}/preferences", {"emails.postal_address": ADDRESS})
    assert api.patch(f"{API}/emails/{draft}", {"state": "published"}).status_code == 200
    assert api.post(f"{API}/emails/{draft}/send", {}).json()["warnings"] == []
