"""Emails by REST: templates are checked with their place, versions follow changes."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, ContactState
from emails.models import EmailVersion
from tests.api_contract import ApiContract

PATH = "/api/v1/emails"
BODY = {"name": "Welcome", "subject": "Hello", "html": "<p>Hello {{ contact.first_name }}</p>"}


class TestEmails(ApiContract):
    path = PATH

    def body(self, number: int) -> dict[str, Any]:
        return {**BODY, "name": f"Email {number}"}


@pytest.mark.parametrize(
    ("part", "text", "place"),
    [
        ("html", "<p>one</p>\n<p>{{ contact.frist_name }}</p>", (2, 4)),
        ("subject", "Hi {{ contact.__class__ }}", (1, 4)),
        ("text", "a\nb {% include 'x' %}", (2, 3)),
        ("mjml", "<mjml><mj-body>\n{{ nothing }}</mj-body></mjml>", (2, 1)),
    ],
)
def test_a_template_error_is_told_with_line_and_column(
    api: APIClient, part: str, text: str, place: tuple[int, int]
):
    body = {**BODY, part: text}
    if part == "mjml":
        del body["html"]
    answer = api.post(PATH, body)
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["field"], error["line"]) == (part, place[0])
    assert abs(error["column"] - place[1]) <= 4
    assert str(error["line"]) in error["message"]
    assert EmailVersion.objects.count() == 0


def test_changed_content_makes_a_version_and_a_new_name_does_not(api: APIClient):
    made = api.post(PATH, BODY).json()
    api.patch(f"{PATH}/{made['id']}", {"name": "Other"})
    assert EmailVersion.objects.count() == 1
    api.patch(f"{PATH}/{made['id']}", {"mjml": "<mjml><mj-body></mj-body></mjml>"})
    assert EmailVersion.objects.count() == 2
    assert api.get(f"{PATH}/{made['id']}").json()["html"] == ""


@pytest.mark.parametrize("address", ["x", "a\r\nBcc: b@c.de@d.de", "a@b.de, c@d.de", "a@b\x00.de"])
def test_a_sender_must_be_one_address(api: APIClient, address: str):
    answer = api.post(PATH, {**BODY, "from_address": address})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "from_address"


def test_a_preview_shows_one_contacts_values_and_keeps_their_data_literal(api: APIClient):
    contact = Contact.objects.create(email="a@example.com", first_name="{{ 7*77777 }}<b>")
    ContactState.objects.create(contact=contact)
    made = api.post(PATH, BODY).json()
    shown = api.get(f"{PATH}/{made['id']}/preview", {"contact": contact.pk}).json()
    assert "Hello {{ 7*77777 }}&lt;b&gt;" in shown["html"]
    assert "544439" not in shown["html"]
    for wrong in ("0", "x", "99999"):
        answer = api.get(f"{PATH}/{made['id']}/preview", {"contact": wrong})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "contact")


def test_marketing_always_has_a_way_out_and_transactional_need_not(api: APIClient):
    def texts(kind: str) -> dict[str, str]:
        made = api.post(PATH, {**BODY, "kind": kind, "language": "fr"}).json()
        shown: dict[str, str] = api.get(f"{PATH}/{made['id']}/preview").json()
        return shown

    marketing, transactional = texts("marketing"), texts("transactional")
    assert "Se désabonner" in marketing["html"]
    assert "Se désabonner" in marketing["text"]
    assert "désabonner" not in transactional["html"] + transactional["text"]


def test_an_email_sent_to_one_contact_ends_in_the_ledger(api: APIClient):
    contact = Contact.objects.create(email="a@example.com")
    ContactState.objects.create(contact=contact)
    made = api.post(PATH, BODY).json()
    at = f"{PATH}/{made['id']}/send"
    first = api.post(at, {"contact": contact.pk}, HTTP_IDEMPOTENCY_KEY="k")
    again = api.post(at, {"contact": contact.pk}, HTTP_IDEMPOTENCY_KEY="k")
    assert (first.status_code, first.json()) == (202, again.json())
    listed = api.get("/api/v1/deliveries", {"email": made["id"], "state": "queued"}).json()
    assert [row["id"] for row in listed["results"]] == [first.json()["id"]]
    assert api.get("/api/v1/deliveries", {"state": "nonsense"}).status_code == 400


@pytest.mark.parametrize("field", ["subject", "from_name", "from_address", "reply_to", "preheader"])
def test_lines_of_a_header_are_one_line(api: APIClient, field: str):
    for sign in ("\r\n", "\n", "\t", "\x1b", "\x85", "\u2028"):
        body = {"name": "News", "subject": "s", field: f"x{sign}Bcc: a@b.c {{{{ contact.id }}}}"}
        answer = api.post("/api/v1/emails", body)
        assert answer.status_code == 400, sign
        told = answer.json()["errors"]
        assert [(one["field"], one["code"]) for one in told] == [(field, "invalid_text")]
