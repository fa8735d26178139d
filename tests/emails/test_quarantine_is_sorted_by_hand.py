"""What nobody understood is read safely, filed by hand, and forgotten with the people in it."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Role
from contacts.models import Contact, DoNotContact
from emails.models import Delivery, MailOutcome, ReturnedMail
from emails.services import intake, quarantine
from tests.cast import client_of, make_user
from tests.emails.people import NOW, make_contact
from tests.emails.returned import came, one_sent, report, sent_to, told, verp

pytestmark = pytest.mark.django_db
STRANGE = b"""\
From: Zoe <zoe@example.com>
Subject: <b>Hello</b>
Content-Type: text/html

<p>Look <img src="https://evil.example/x.png"> <script>alert(1)</script> here: zac@example.net</p>
"""


def held() -> ReturnedMail:
    came(STRANGE)
    return ReturnedMail.objects.get(state="held")


def test_it_is_shown_as_text_and_nothing_of_it_is_loaded(client, alice):
    client.force_login(alice)
    row = held()
    listed = client.get("/quarantine").content.decode()
    assert "&lt;b&gt;Hello&lt;/b&gt;" in listed
    page = client.get(f"/quarantine/{row.pk}").content.decode()
    assert "Look" in page
    assert "evil.example" not in page
    assert "alert(1)" not in page


@pytest.mark.parametrize("by", ["screen", "rest"])
def test_a_message_is_filed_by_hand(client, api: APIClient, alice, by: str):
    delivery, row = one_sent(), held()
    # However long ago: whoever files it knows what they do.
    Delivery.objects.filter(pk=delivery.pk).update(sent_at=NOW.replace(year=2020))
    if by == "screen":
        client.force_login(alice)
        given = {"kind": "hard", "who": "ZOE@example.com"}
        assert client.post(f"/quarantine/{row.pk}/sort", given).status_code == 302
    else:
        given = {"kind": "hard", "contact": str(delivery.contact_id)}
        answer = api.post(f"/api/v1/returned-mail/{row.pk}/sort", given, format="json")
        assert answer.status_code == 204
    closed = DoNotContact.objects.get()
    assert (closed.contact_id, closed.reason) == (delivery.contact_id, "hard_bounce")
    assert [event.data["delivery"] for event in told("emails.bounced")] == [str(delivery.pk)]
    row.refresh_from_db()
    assert (row.state, bytes(row.raw), row.sender) == ("done", b"", "")


@pytest.mark.parametrize("by", ["screen", "rest"])
def test_whoever_may_not_change_a_contact_closes_nobody_by_filing(by: str, client):
    """Filing a bounce closes an address, as changing the contact's channels does."""
    delivery, row = one_sent(), held()
    rights = {"contacts": {"view": "all"}, "returned_mail": {"view": "all", "edit": "all"}}
    user = make_user("Sorter", Role.objects.create(name="Sorters", rights=rights))
    client.force_login(user)
    if by == "screen":
        given = {"kind": "hard", "who": "zoe@example.com"}
        assert client.post(f"/quarantine/{row.pk}/sort", given).status_code == 302
    else:
        given = {"kind": "hard", "contact": str(delivery.contact_id)}
        path = f"/api/v1/returned-mail/{row.pk}/sort"
        assert client_of(user).post(path, given, format="json").status_code == 400
    row.refresh_from_db()
    assert row.state == "held"
    assert not DoNotContact.objects.exists()


def test_what_would_close_nothing_is_not_filed_and_stays(api: APIClient):
    """What is known already, or would tell of an address that is no longer theirs."""
    delivery, row = one_sent(), held()
    came(report(verp(delivery)))
    DoNotContact.objects.all().delete()
    path, given = f"/api/v1/returned-mail/{row.pk}/sort", {"contact": str(delivery.contact_id)}
    answer = api.post(path, {**given, "kind": "hard"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "kind")
    Contact.objects.filter(pk=delivery.contact_id).update(email="new@example.com")
    answer = api.post(path, {**given, "kind": "hard"}, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "contact")
    row.refresh_from_db()
    assert (row.state, bool(row.raw)) == ("held", True)


ODD = {
    "cut word": b"From: z@example.com\nSubject: =?utf-8?b?a?=\n\nHello\n",
    "cut base64": b"From: mailer-daemon@x.example\nSubject: Back: =?utf-8?B?SGVsb?=\n\nHello\n",
    "utf-7": b"From: z@example.com\nContent-Type: text/plain; charset=utf-7\n\nHello +2AA-\n",
    "escapes": b"From: z@example.com\nSubject: =?unicode_escape?q?=5Cud800?=\n\nHello\n",
    "nought": b"From: =?utf-8?q?a=00b@example.com?=\n\nHello\n",
    "punycode": b"From: z@example.com\nContent-Type: text/plain; charset=punycode\n\nHello\n",
    "json": b'From: x@sns.amazonaws.com\n\n{"notificationType": "Complaint", "complaint":'
    b' {"complainedRecipients": ["Hello\\u0000\\ud800@x.example"]}}\n',
}


@pytest.mark.parametrize("name", ODD)
def test_whatever_a_header_holds_a_message_is_read_and_shown(name: str, client, api, alice):
    client.force_login(alice)
    came(ODD[name])
    row = ReturnedMail.objects.get()
    assert (row.state, row.attempts) == ("held", 0)
    assert "Hello" in client.get(f"/quarantine/{row.pk}").content.decode()
    assert "Hello" in api.get(f"/api/v1/returned-mail/{row.pk}").json()["text"]


def test_what_could_not_be_read_is_shown_as_it_came(client, alice, monkeypatch):
    client.force_login(alice)
    row = held()

    def fails(_raw: bytes):
        raise KeyError

    monkeypatch.setattr(quarantine, "read", fails)
    assert "Look" in client.get(f"/quarantine/{row.pk}").content.decode()


def test_whoever_was_sent_nothing_cannot_have_answered(api: APIClient):
    row, contact = held(), make_contact("zac@example.com")
    given = {"kind": "reply", "contact": str(contact.pk)}
    answer = api.post(f"/api/v1/returned-mail/{row.pk}/sort", given, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "contact")
    row.refresh_from_db()
    assert row.state == "held"


def test_what_is_deleted_does_not_come_back(api: APIClient):
    row = held()
    assert api.get("/api/v1/returned-mail").json()["results"][0]["subject"] == "<b>Hello</b>"
    assert "Look" in api.get(f"/api/v1/returned-mail/{row.pk}").json()["text"]
    assert api.delete(f"/api/v1/returned-mail/{row.pk}").status_code == 204
    came(STRANGE)
    assert not ReturnedMail.objects.filter(state="held").exists()
    assert not api.get("/api/v1/returned-mail").json()["results"]
    assert "Look" not in str(list(AuditEntry.objects.values()))


def test_whoever_may_only_look_files_nothing(client, bob, charlie):
    row, delivery = held(), one_sent()
    client.force_login(charlie)
    assert client.get(f"/quarantine/{row.pk}").status_code in (403, 404)
    client.force_login(bob)
    given = {"kind": "hard", "who": f"#{delivery.contact_id}"}
    assert client.post(f"/quarantine/{row.pk}/sort", given).status_code in (403, 404)
    assert not DoNotContact.objects.exists()


@pytest.mark.parametrize("worked_on", [True, False])
def test_after_an_erasure_nothing_of_the_person_is_left(worked_on: bool):
    """PRV: neither what was understood nor what was not, nor what nobody has looked at yet."""
    zac = make_contact("zac@example.net")
    other, mine = sent_to(make_contact("kim@example.org"), zac)
    came(report(verp(mine), address="zac@example.net", words="550 5.1.1 <zac@example.net> unknown"))
    (came if worked_on else lambda raw: intake.store(raw, NOW))(STRANGE)
    came(STRANGE.replace(b"zac@example.net", b"kim@example.org"))
    assert MailOutcome.objects.filter(words__contains="zac").exists()
    quarantine.erase([zac.pk])
    rows = ReturnedMail.objects.all()
    whole = b"".join(bytes(row.raw) for row in rows).decode()
    assert "zac@example.net" not in whole + str(list(rows.values()))
    assert "kim@example.org" in whole
    assert not MailOutcome.objects.filter(contact_id=zac.pk).exists()
    assert other.pk


def test_old_messages_go_by_themselves():
    row = held()
    assert quarantine.count_held(NOW) == 0
    later = NOW.replace(year=2027)
    assert quarantine.count_held(later) == 1
    assert quarantine.forget_held(later, later) == 1
    row.refresh_from_db()
    assert (row.state, bytes(row.raw)) == ("done", b"")
    assert quarantine.forget_old(later, later) == 1
    assert quarantine.forget_old(later, later) == 0
