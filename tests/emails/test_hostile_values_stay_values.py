"""SEC-28, SEC-30, REL-14 on the wire: whatever a contact holds, it is data in one mail."""

import email
import email.policy
from email.message import EmailMessage

import pytest

from contacts.models import Field
from emails.models import CapturedMail, Delivery, State
from tests.emails.people import NOW, begin, make_contact, make_contacts
from tests.settle import settle

pytestmark = pytest.mark.django_db
TEMPLATES = [
    "{{ 7*77777 }}",
    "{% include 'x' %}",
    "{contactfield=email}",
    "{{config}}",
    "{{ contact.email }}",
    "<mj-text>{{ 7*77777 }}</mj-text>",
    "%(email)s {0.__class__}",
    "{# x #} {%raw%}",
]
BREAKS = [
    "x\r\nBcc: evil@example.com",
    "x\nBcc: evil@example.com\n\nbody",
    "x\rBcc: evil@example.com",
    "x\x00\x0b\x0c\x85Bcc: evil@example.com",
    "x\u2028Bcc: evil@example.com",
    "x\r\n.\r\nMAIL FROM:<evil@example.com>",
    '"Evil" <evil@example.com>, ',
    "=?utf-8?q?=0D=0ABcc:_evil@example.com?=",
    "a,b;c:<d>",
    "x" * 3000,
]
EVERYWHERE = {
    "subject": "S {{ contact.nick }} S",
    "preheader": "P {{ contact.nick }} P",
    "from_name": "N {{ contact.nick }} N",
    "html": '<p title="{{ contact.nick }}">B {{ contact.nick }} B</p>'
    '<a href="https://example.com/?q={{ contact.nick }}">L</a>',
    "text": "T {{ contact.nick }} T https://example.com/?q={{ contact.nick|urlencode }}",
}


def send(value: str, **parts: str) -> EmailMessage:
    Field.objects.get_or_create(alias="nick", type="text", label="Nick")
    begin([make_contact(attrs={"nick": value})], **{**EVERYWHERE, **parts})
    settle(NOW)
    mail = CapturedMail.objects.get()
    assert mail.recipients == "zoe@example.com"
    raw = bytes(mail.raw)
    assert raw.replace(b"\r\n", b"").count(b"\n") == raw.replace(b"\r\n", b"").count(b"\r") == 0
    return email.message_from_bytes(raw, policy=email.policy.default)


@pytest.mark.parametrize("value", TEMPLATES)
def test_template_syntax_in_a_field_arrives_as_it_is(value: str):
    message = send(value)
    text = message.get_body(("plain",)).get_content()
    assert f"T {value} T" in text
    assert message["Subject"] == f"S {value} S"
    html = message.get_body(("html",)).get_content()
    assert "544439" not in html + text
    assert "evil" not in html
    assert "zoe@example.com" not in html.replace("/e/", "")


@pytest.mark.parametrize("value", BREAKS)
def test_a_line_end_in_a_field_makes_no_header_and_no_recipient(value: str):
    # The database itself refuses NUL.
    message = send(value.replace("\x00", ""))
    known = {"from", "to", "subject", "date", "message-id", "list-unsubscribe", "list-id"}
    known |= {"list-unsubscribe-post", "feedback-id", "precedence", "mime-version", "content-type"}
    assert {name.lower() for name in message} == known
    assert len(message["From"].addresses) == len(message["To"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "no-reply@localhost.localdomain"


@pytest.mark.parametrize("part", ["from_address", "reply_to"])
@pytest.mark.parametrize("value", BREAKS[:7])
def test_an_address_made_of_fields_is_one_address_or_nobody_is_written_to(part: str, value: str):
    Field.objects.get_or_create(alias="nick", type="text", label="Nick")
    contact = make_contact(attrs={"nick": value.replace("\x00", "")})
    begin([contact], **{part: "{{ contact.nick }}@example.com"})
    settle(NOW)
    assert CapturedMail.objects.count() == 0
    assert Delivery.objects.get().state in {State.SKIPPED, State.FAILED}


def test_one_poisoned_contact_fails_alone():
    from contacts.models import Contact

    people = make_contacts(5)
    Contact.objects.filter(pk=people[2].pk).update(attrs={"nick": "x" * 900_000})
    Field.objects.get_or_create(alias="nick", type="text", label="Nick")
    run = begin(people, html="<p>{{ contact.nick }}{{ contact.nick }}</p>")
    settle(NOW)
    run.refresh_from_db()
    row = Delivery.objects.get(contact_id=people[2].pk)
    assert (row.state, row.reason, run.state) == (State.FAILED, "render_error", "done")
    assert CapturedMail.objects.count() == 4
