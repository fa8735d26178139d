"""Emails as zips: what is written is read again, and nothing else is (SEC-23)."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import AuditEntry, User
from emails.models import Email
from emails.services import packing
from tests.emails.people import make_email

MJML = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column></mj-section>"
    "</mj-body></mjml>"
)
ABOUT = {"name": "Carried", "subject": "Hello", "language": "fr-CA"}
Parts = list[tuple[Any, str | bytes]]


def packed(*parts: tuple[Any, str | bytes], about: Any = ABOUT, body: str = MJML) -> bytes:
    made = BytesIO()
    told = about if isinstance(about, str) else json.dumps(about)
    given: Parts = [("email.json", told), ("email.mjml", body)]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [*given, *parts]:
            archive.writestr(name, text)
    return made.getvalue()


def entry(name: str, mode: int) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def send(client: Client, data: bytes) -> Any:
    return client.post("/emails/from-file", {"file": SimpleUploadedFile("email.zip", data)})


@pytest.mark.django_db
def test_an_email_comes_back_as_it_was_unpublished_and_owned(client: Client, alice: User):
    client.force_login(alice)
    email = make_email(
        name="Café / « été »", subject="S", mjml=MJML, html="", text="T", language="fr"
    )
    answer = client.get(f"/emails/{email.pk}/email.zip")
    assert answer["Content-Type"] == "application/zip"
    made = send(client, answer.content)
    copy = Email.objects.exclude(pk=email.pk).get()
    assert made["Location"] == f"/emails/{copy.pk}/edit"
    kept = ("name", "subject", "preheader", "mjml", "html", "text", "kind", "language")
    assert [getattr(copy, name) for name in kept] == [getattr(email, name) for name in kept]
    assert (copy.state, copy.owner) == ("unpublished", alice)
    assert AuditEntry.objects.filter(kind="emails", verb="create", object_id=copy.pk).exists()


REFUSED = {
    "no zip": b"PK\x03\x04 nothing",
    "not even that": b"<mjml>",
    "a way out": packed(("../email.txt", "x")),
    "a folder": packed(("pictures/", "")),
    "an absolute path": packed(("/etc/passwd", "x")),
    "a picture": packed(("logo.png", b"\x89PNG")),
    "a program": packed(("run.php", "<?php")),
    "an archive in it": packed(("more.zip", packed())),
    "a link": packed((entry("email.txt", 0o120777), "/etc/passwd")),
    "a device": packed((entry("email.txt", 0o020666), "")),
    "a bomb": packed(("email.txt", "0" * (packing.LARGEST_FILE + 1))),
    "too large": packed() + b"0" * packing.LARGEST,
    "very many": packed(*((f"{number}.txt", "") for number in range(2_000))),
    "no text": packed(("email.txt", b"\xff\xfe\x00")),
    "two bodies": packed(("email.html", "<p>x</p>")),
    "a script": packed(body=MJML.replace("Hello", "<script>1</script>")),
    "a script in an attribute": packed(body=MJML.replace("Hello", '<a onclick="x">a</a>')),
    "an include": packed(body=MJML.replace("<mj-section>", '<mj-include path="/x" /><mj-section>')),
    "a token nobody knows": packed(body=MJML.replace("Hello", "{{ contact.nobody }}")),
    "a list": packed(about=["name"]),
    "a strange key": packed(about={**ABOUT, "owner": "1"}),
    "a number": packed(about={**ABOUT, "subject": 1}),
    "no name": packed(about={**ABOUT, "name": ""}),
    "a long name": packed(about={**ABOUT, "name": "n" * 201}),
    "a line break": packed(about={**ABOUT, "subject": "a\nBcc: b"}),
    "half a key": packed(about={**ABOUT, "\ud83d": "x"}),
    "a NUL": packed(about={**ABOUT, "name": "a\x00b"}),
    "half a sign": packed(about={**ABOUT, "name": "\ud83d"}),
    "a NUL in the body": packed(body=MJML.replace("Hello", "a\x00b")),
    "a strange kind": packed(about={**ABOUT, "kind": "other"}),
    "a strange language": packed(about={**ABOUT, "language": "../x"}),
    "nested deeply": packed(about="[" * 5_000),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
@pytest.mark.django_db
def test_what_is_no_email_is_refused_with_a_reason_and_leaves_nothing(
    client: Client, alice: User, data: bytes
):
    client.force_login(alice)
    answer = send(client, data)
    assert (answer.status_code, Email.objects.count()) == (422, 0)
    assert answer.context["refusal"]
    assert "From a zip" in answer.content.decode()


@pytest.mark.django_db
def test_a_file_twice_is_refused(client: Client, alice: User):
    client.force_login(alice)
    with pytest.warns(UserWarning, match="Duplicate"):
        data = packed(("email.json", json.dumps(ABOUT)))
    assert send(client, data).status_code == 422
    assert send(client, packed()).status_code == 302
    assert client.post("/emails/from-file").status_code == 422


@pytest.mark.django_db
def test_what_somebody_may_not_see_is_not_downloaded(client: Client, charlie: User):
    email = make_email()
    client.force_login(charlie)
    assert client.get(f"/emails/{email.pk}/email.zip").status_code in (403, 404)
