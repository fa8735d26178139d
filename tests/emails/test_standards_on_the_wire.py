"""Every header bulk senders owe is on the wire, for both kinds, read alike by two readers.

REL-15, SEC-30, RFC 2369, 2919, 3834, 5322, 6376, 8058, VERP, Feedback-ID.
"""

import email
import re
from email import policy as policies

import dkim
import pytest
from rest_framework.test import APIClient

from emails.models import Delivery, SigningKey
from emails.services import identity, transports
from emails.services.returns import delivery_of
from kernel import preferences
from tests.emails import strict_reader
from tests.emails.people import NOW, begin, make_contact
from tests.settle import settle
from tests.smtp_sink import Mail, Sink

pytestmark = pytest.mark.django_db
HOSTILE = 'Zoë "the\r\nBcc: evil@example.org\r\n\r\nquick" <x@y>, =?utf-8?q?a?= \r\n.\r\n'
SIGNED = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type")


@pytest.fixture
def sink(settings, api: APIClient):
    preferences.put("emails.return_path_domain", "bounces.example.com")
    preferences.put("emails.unsubscribe_address", "leave@example.com")
    assert api.post("/api/v1/signing-domains", {"domain": "example.com"}).status_code == 201
    with Sink() as server:
        settings.EMAIL_URL = f"smtp://127.0.0.1:{server.port}?threads=1"
        settings.SITE_URL = "https://relais.example.com"
        yield server
        transports.transport().mailer.close()


def sent(sink: Sink, kind: str) -> Mail:
    make_contact("zoe@example.net", first_name=HOSTILE)
    values = {
        "subject": "Hi {{ contact.first_name }}",
        "html": "<p>Hi {{ contact.first_name }}</p>",
    }
    make = {"from_address": "news@shop.example.com", "from_name": "{{ contact.first_name }}"}
    contact = make_contact("zac@example.net", first_name=HOSTILE)
    begin([contact], kind=kind, **values, **make)
    settle(NOW)
    (mail,) = sink.mails
    return mail


def dns(name, timeout=5):
    selector, domain = name.decode().rstrip(".").split("._domainkey.")
    key = SigningKey.objects.get(selector=selector, owner__domain=domain)
    return f"v=DKIM1; k=rsa; p={key.public}".encode()


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_every_row_that_can_be_seen_is_there(sink: Sink, kind: str):
    mail = sent(sink, kind)
    read = strict_reader.read(mail.raw)
    row = Delivery.objects.get()
    assert mail.recipients == ("zac@example.net",)
    for name in ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Feedback-ID"):
        assert read.one(name)
    assert read.one("Message-ID") == identity.message_id(row.pk, row.created_at)
    assert re.fullmatch(r"\d+:\d+:\w+:relais", read.one("Feedback-ID"))
    # VERP: the envelope's sender is this delivery's alone.
    assert mail.sender.endswith("@bounces.example.com")
    assert delivery_of(mail.sender.upper()) == row.pk
    assert delivery_of(mail.sender.replace("-", "-1", 1)) is None
    html, text = read.parts[1].content, read.parts[0].content
    assert text.strip()
    if kind == "marketing":
        web, post = read.one("List-Unsubscribe").split(", ")
        assert web.startswith("<https://relais.example.com/e/u/")
        assert post == "<mailto:leave@example.com?subject=unsubscribe>"
        assert read.one("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
        assert re.fullmatch(r"<email-\d+\.relais\.example\.com>", read.one("List-Id"))
        assert read.one("Precedence") == "bulk"
        assert web.strip("<>") in html.replace("&amp;", "&")
    else:
        assert read.one("Auto-Submitted") == "auto-generated"
        for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence"):
            assert not read.all(name)


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_another_implementation_verifies_what_is_signed(sink: Sink, kind: str):
    raw = sent(sink, kind).raw
    assert dkim.verify(raw, dnsfunc=dns)
    signature = strict_reader.read(raw).one("DKIM-Signature").replace(" ", "")
    # Aligned: the sender's own domain, or the one above.
    assert "d=example.com;" in signature
    covered = re.search(r"h=([^;]*);", signature)[1].split(":")
    wanted = [*SIGNED, *(["List-Unsubscribe", "List-Unsubscribe-Post"] * (kind == "marketing"))]
    assert {name.lower() for name in wanted} <= set(covered)


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_two_readers_see_the_same_mail_whatever_a_field_holds(sink: Sink, kind: str):
    """SEC-30: no further header, recipient or mail, and both read the same."""
    mail = sent(sink, kind)
    strict = strict_reader.read(mail.raw)
    lenient = email.message_from_bytes(mail.raw, policy=policies.default)
    assert not lenient.defects
    assert [name.lower() for name in lenient] == [name for name, _value in strict.headers]
    for name in ("Subject", "Message-ID", "Date", "List-Unsubscribe", "Feedback-ID"):
        assert [str(value) for value in lenient.get_all(name, [])] == strict.all(name)
    assert not strict.all("Bcc")
    assert [address.addr_spec for address in lenient["From"].addresses] == ["news@shop.example.com"]
    for part, other in zip(lenient.iter_parts(), strict.parts, strict=True):
        assert part.get_content().replace("\r\n", "\n") == other.content.replace("\r\n", "\n")
    assert "Bcc: evil" in strict.one("Subject")
