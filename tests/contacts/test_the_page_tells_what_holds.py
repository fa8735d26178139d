"""The page of a contact tells which word prevails, which email it came from, whose it was."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from contacts.models import Contact
from contacts.services import consent
from contacts.services.timeline import NONE
from contacts.words import Purpose, Reason
from emails.models import Email
from kernel import clock
from tests.cast import make_user
from tests.contacts.test_bulk_actions_on_screen import do
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def seen(client: Client, contact: Contact, tab: str = "") -> str:
    return client.get(f"/contacts/{contact.pk}{tab}").content.decode()


def left_by_mail() -> tuple[Contact, Email]:
    contact, mail = add(email="a@example.com"), Email.objects.create(name="Spring", html="<p>x")
    now = clock.now()
    consent.give([contact.pk], consent.Proof(Purpose.EMAIL, "granted", "form", now), now)
    text = f"email {mail.pk}"
    consent.close([contact.pk], "email", Reason.UNSUBSCRIBED, text, now)
    proof = consent.Proof(Purpose.EMAIL, "granted", "link", now, text=text)
    consent.give([contact.pk], proof, now)
    return contact, mail


def test_an_unsubscription_prevails_over_what_was_agreed(screen: Client):
    contact, _mail = left_by_mail()
    words = "Nothing is sent all the same: the channel is closed (unsubscribed)."
    assert seen(screen, contact, "?tab=consent").count(words) == 1
    consent.reopen([contact.pk], "email", "", clock.now())
    assert words not in seen(screen, contact, "?tab=consent")


def test_the_email_in_which_it_was_said_is_named_and_leads_there(screen: Client, client: Client):
    contact, mail = left_by_mail()
    link = f'<a href="/emails/{mail.pk}">Spring</a>'
    assert seen(screen, contact, "?tab=consent").count(link) == 2
    page = seen(screen, contact)
    assert link in page
    assert f"email {mail.pk}" not in page
    # Whoever sees no emails reads that it was one.
    rights = {"contacts": {"*": "all"}}
    client.force_login(make_user("Erin", Role.objects.create(name="People", rights=rights)))
    page = seen(client, contact, "?tab=consent")
    assert "an email" in page
    assert "Spring" not in page


def test_the_timeline_tells_whose_somebody_was_and_is(
    screen: Client, api: Any, alice: User, bob: User
):
    contact = add(email="a@example.com", owner=bob.pk)
    body = {"owner": str(alice.pk), "city": "Nice", "company": "Acme"}
    assert api.patch(f"/api/v1/contacts/{contact.pk}", body, format="json").status_code == 200
    settle()
    page = seen(screen, contact)
    assert "Owner (Bob → Alice)" in page
    assert f"Company ({NONE} → Acme)" in page
    do(screen, "owner", [contact.pk], owner="none")
    assert f"Owner (Alice → {NONE})" in seen(screen, contact)


def test_a_company_nobody_may_open_is_no_link(client: Client, api: Any):
    company = int(api.post("/api/v1/companies", {"name": "Acme"}).json()["id"])
    made = api.post("/api/v1/contacts", {"email": "a@example.com", "company": "Acme"}).json()
    rights = {"contacts": {"*": "all"}}
    client.force_login(make_user("Erin", Role.objects.create(name="People", rights=rights)))
    assert client.get(f"/companies/{company}").status_code == 403
    page = client.get(f"/contacts/{made['id']}").content.decode()
    assert "Acme" in page
    assert "/companies/" not in page
    client.post("/contacts/columns", {"columns": ["company"]})
    listed = client.get("/contacts").content.decode()
    assert "Acme" in listed
    assert "/companies/" not in listed


def test_a_french_reader_of_the_trail_reads_bulk_actions_in_french(screen: Client, alice: User):
    contact = add(email="a@example.com")
    do(screen, "tags", [contact.pk], add="vip")
    last = list(screen.get("/contacts").context["messages"])[-1]
    screen.post("/undo", {"undo": (last.extra_tags or "").removeprefix("undo:")})
    do(screen, "channel", [contact.pk], channel="email", what="close", comment="")
    User.objects.filter(pk=alice.pk).update(language="fr")
    page = screen.get("/settings/audit").content.decode()
    colon = "\N{NARROW NO-BREAK SPACE}:"
    assert f"Annulé{colon} Étiquettes{colon} + vip{colon} 1" in page.replace("&#x202f;", colon[0])
    assert "Ne pas contacter par e-mail" in page
    assert "Do not contact" not in page
    entry = AuditEntry.objects.filter(kind="contacts", verb="bulk").latest("pk")
    assert "retold" not in screen.get(f"/settings/audit/{entry.pk}").content.decode()
