"""What nobody understood is read safely, filed by hand, and forgotten with the people in it."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from contacts.models import DoNotContact
from emails.models import MailOutcome, ReturnedMail
from emails.services import intake, quarantine
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
