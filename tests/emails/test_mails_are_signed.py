"""Another implementation of DKIM accepts our signatures, and refuses what was changed."""

from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from emails.dkim import Signer
from emails.mime import Letter, write

NOW = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


SIGNER = Signer("x.example", "news", pem(KEY))


def record(name, timeout=5):
    assert name == b"news._domainkey.x.example."
    public = KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    import base64

    return b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def accepted(raw):
    return dkim.verify(raw, dnsfunc=record)


def raw_mail(**changes):
    values = {
        "from_address": "shop@x.example",
        "from_name": "The Shop",
        "to_address": "zoe@y.example",
        "subject": "Hello  there\t" + "word " * 30,
        "message_id": "<key.1@x.example>",
        "date": NOW,
        "text": "Hi  there \n\n\n",
        "html": "<p>Hi</p>",
        "unsubscribe_url": "https://t.example/u/abc",
    }
    return write(Letter(**{**values, **changes}))


@settings(max_examples=30)
@given(subject=st.text(max_size=120), text=st.text(st.sampled_from("a \t\n.é="), max_size=60))
def test_a_signed_mail_is_accepted_by_another_implementation(subject, text):
    assert accepted(SIGNER.sign(raw_mail(subject=subject, text=text)))
    assert accepted(SIGNER.sign(raw_mail(subject=subject, text=text, html="")))


@pytest.mark.parametrize("body", [b"", b"\r\n\r\n", b" \r\n", b"a \t b \r\n\r\n \r\n", b"a\tb"])
def test_spaces_and_empty_lines_at_the_end_do_not_matter(body):
    assert accepted(SIGNER.sign(b"From: a@x.example\r\nSubject:  a\r\n\tb \r\n\r\n" + body))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: Hello", b"Subject: Hullo"),
        (b"List-Unsubscribe-Post: ", b"List-Unsubscribe-Post: x"),
        (b"<https://t.example/u/abc>", b"<https://evil.example/u>"),
        (b"From: ", b"From: other@x.example\r\nFrom: "),
        (b"Hi", b"Ho"),
    ],
)
def test_a_changed_mail_is_refused(before, after):
    signed = SIGNER.sign(raw_mail())
    assert before in signed
    assert not accepted(signed.replace(before, after, 1))


def test_the_signature_covers_what_rfc_8058_demands():
    head = SIGNER.sign(raw_mail()).split(b"bh=")[0].decode()
    covered = head.split("h=")[1].split(";")[0].split(":")
    assert {"list-unsubscribe", "list-unsubscribe-post", "message-id"} <= set(covered)
    assert covered.count("from") == 2


def test_a_key_or_name_that_cannot_sign_is_refused():
    with pytest.raises(ValueError, match="RSA"):
        Signer("x.example", "news", pem(ed25519.Ed25519PrivateKey.generate()))
    with pytest.raises(ValueError, match="names"):
        Signer("x.example; l=0", "news", pem(KEY))
