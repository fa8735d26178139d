"""Emails in the back office: what every resource promises, and what is an email's own."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.models import User
from emails.models import Email, EmailVersion
from emails.services import editing, starting
from kernel import clock
from tests.emails.people import NOW, begin, make_contacts, make_email
from tests.resource_contract import ResourceContract
from tests.settle import settle

BODY = "<p>Hello {{ contact.first_name }}</p>"
WELCOME = "Welcome, {{ contact.first_name }}"
WELCOME_FRIEND = 'Welcome, {{ contact.first_name|default("friend") }}'


class TestEmails(ResourceContract):
    base = "/emails"

    def make(self, number: int, owner: User | None = None) -> Email:
        values = {"name": f"Email {number:02}", "subject": "News", "html": BODY, "owner": owner}
        return editing.create(values, clock.now())

    def fields(self, number: int) -> dict[str, Any]:
        return {"name": f"Email {number:02}", "subject": "News", "mode": "html", "html": BODY}


@pytest.mark.django_db
def test_a_page_of_emails_is_counted_in_as_many_queries_as_one(client: Client, alice: User):
    client.force_login(alice)
    begin(make_contacts(3, "a.example"))
    settle(NOW)
    make_email(name="Welcome")
    client.get("/emails")
    with CaptureQueriesContext(connection) as few:
        client.get("/emails")
    for number in range(4):
        begin(make_contacts(2, f"x{number}.example"), name=f"Broadcast {number}")
    settle(NOW)
    with CaptureQueriesContext(connection) as many:
        page = client.get("/emails")
    assert len(many) == len(few) <= 20
    assert sorted(row.counts["sent"] for row, _ in page.context["rows"]) == [0, 2, 2, 2, 2, 3]


@pytest.mark.django_db
def test_faults_of_a_template_are_told_at_their_line(client: Client, alice: User):
    client.force_login(alice)
    sent = {
        "name": "Faulty",
        "subject": "Hello {{ contact.frist_name }}",
        "mode": "html",
        "html": "<p>one</p>\n<p>{{ contact.nobody_knows }}</p>",
    }
    shown = client.post("/emails/preview", sent).json()["errors"]
    assert [(each["field"], each["line"]) for each in shown] == [("subject", 1), ("html", 2)]
    answer = client.post("/emails/new", sent, headers={"Accept": "application/json"})
    assert answer.status_code == 422
    told = {each["field"]: each["line"] for each in answer.json()["errors"]}
    assert told == {"subject": 1, "html": 2}
    assert not Email.objects.exists()
    page = client.post("/emails/new", sent)
    assert page.status_code == 422
    assert "contact.nobody_knows" in page.content.decode()


@pytest.mark.django_db
def test_what_a_new_email_begins_with_can_be_saved_as_browsers_send_it(client: Client, alice: User):
    client.force_login(alice)
    for language in ("en", "fr"):
        User.objects.update(language=language)
        page = client.get("/emails/new/blank")
        starter = page.context["form"].initial["mjml"]
        sent = {"name": language, "subject": "S", "mode": "mjml", "language": language}
        sent["mjml"] = starter.replace("\n", "\r\n")
        shown = client.post("/emails/preview", sent).json()
        assert shown["errors"] == []
        assert len(shown["hints"]) == 1
        assert "https://example.com/" in shown["hints"][0]
        begun = (starting.BRAND, starting.TITLE, starting.BODY, starting.LINK)
        with override(language):
            for words in map(str, begun):
                sent["mjml"] = sent["mjml"].replace(words, "Ours")
        assert client.post("/emails/preview", sent).json()["hints"] == []
        sent["mjml"] = starter.replace("\n", "\r\n")
        for subject, hints in ((WELCOME, 1), ("Welcome, all", 0), (WELCOME_FRIEND, 0)):
            sent["subject"] = subject
            told = client.post("/emails/preview", sent).json()["hints"]
            assert len([hint for hint in told if "default" in hint]) == hints
        assert client.post("/emails/new", sent).status_code == 302
        assert Email.objects.get(name=language).mjml == starter


@pytest.mark.django_db
def test_personal_values_are_offered_by_their_names(client: Client, alice: User):
    client.force_login(alice)
    groups = client.get("/emails/new/blank").context["tokens"]
    offered = {one["path"]: one["label"] for group in groups for one in group["tokens"]}
    assert (offered["owner.first_name"], offered["company.name"]) == ("First name", "Name")
    assert [path for path, label in offered.items() if "_" in label or label.islower()] == []


@pytest.mark.django_db
def test_an_answer_sent_again_knows_nothing_of_what_others_wrote_since(client: Client, alice: User):
    client.force_login(alice)
    email = make_email()
    address, ask = f"/emails/{email.pk}/edit", {"headers": {"Accept": "application/json"}}
    mine = {"name": "Mine", "subject": "S", "mode": "html", "html": BODY, "version": 1}
    mine["sitting"] = str(uuid4())
    assert client.post(address, mine, **ask).json()["read"]
    Email.objects.update(subject="Theirs", version=3)
    again = client.post(address, mine, **ask).json()
    assert (again["version"], again["read"]) == (2, "")


@pytest.mark.django_db
def test_saving_in_place_answers_the_next_version_and_409_keeps_both(client: Client, alice: User):
    client.force_login(alice)
    email = make_email()
    address = f"/emails/{email.pk}/edit"
    mine = {"name": "Mine", "subject": "S", "mode": "html", "html": BODY, "version": 1}
    ask = {"headers": {"Accept": "application/json"}}
    saved = client.post(address, mine, **ask).json()
    assert (saved["version"], saved["url"]) == (2, address)
    # As a client of REST writes it; a browser sends the same lines with other ends.
    Email.objects.update(html=f"{BODY}\n<p>More</p>\n")
    again = {**mine, "name": "Theirs", "html": f"{BODY}\r\n<p>More</p>\r\n"}
    late = client.post(address, again, **ask)
    assert late.status_code == 409
    assert late.json()["version"] == 2
    assert "theirs <q>Mine</q>, yours <q>Theirs</q>" in late.json()["differ"]
    assert "theirs differs from yours" not in late.json()["differ"]
    assert "More" not in late.json()["differ"]
    # Alice did it herself, elsewhere; what she then read is what the next save is held against.
    assert "You saved it yourself" in late.json()["differ"]
    Email.objects.update(subject="New", version=3)
    met = client.post(address, {**again, "version": 2, "read": late.json()["read"]}, **ask).json()
    assert "Subject" in met["differ"]
    # Nobody has answered yet to what differed before.
    assert "theirs <q>Mine</q>" in met["differ"]
    Email.objects.update(version=2)
    assert Email.objects.get().name == "Mine"
    over = client.post(address, {**mine, "name": "Theirs", "version": 2}, **ask)
    assert over.json()["version"] == 3
    assert EmailVersion.objects.filter(email=email).count() == 3


@pytest.mark.django_db
def test_emails_are_published_unpublished_and_copied(client: Client, alice: User, bob: User):
    client.force_login(alice)
    email = make_email()
    page = client.post(
        "/emails/bulk/unpublish", {"ids": str(email.pk)}, headers={"HX-Request": "true"}
    )
    assert page.headers["HX-Refresh"] == "true"
    assert Email.objects.get().state == "unpublished"
    told = next(iter(client.get("/emails").context["messages"]))
    client.post("/undo", {"undo": told.extra_tags.removeprefix("undo:")})
    assert Email.objects.get().state == "published"
    others = [make_email(name=name) for name in ("Broken", "Spring", "Summer")]
    Email.objects.update(state="unpublished", html=f"<p>{starting.TITLE}</p>")
    Email.objects.filter(name="Broken").update(from_address="nowhere")
    ids = ",".join(str(one.pk) for one in [email, *others])
    client.post("/emails/bulk/publish", {"ids": ids}, headers={"HX-Request": "true"})
    *_, told = client.get("/emails").context["messages"]
    # Each by its name: what was refused first, then what may have been overlooked.
    head, refused, begun, also, more = str(told).split(" · ")
    assert (head, more) == ("3 emails published", "1 more")
    assert [words.split(":")[0] for words in (refused, begun)] == ["“Broken”", "“News”"]
    assert also.startswith("“Spring”: ")
    assert also.endswith(f"begins with: “{starting.TITLE}”.")
    assert not Email.objects.exclude(state="published").exclude(name="Broken").exists()
    email.refresh_from_db()
    answer = client.post(f"/emails/{email.pk}/duplicate")
    copied = Email.objects.latest("pk")
    assert answer["Location"] == f"/emails/{copied.pk}/edit"
    assert (copied.state, copied.owner, copied.html) == ("unpublished", alice, email.html)
    client.force_login(bob)
    assert client.post(f"/emails/{email.pk}/duplicate").status_code == 403
    assert client.post(f"/emails/{email.pk}/state/unpublished").status_code == 403
    assert client.post("/emails/bulk/unpublish", {"ids": str(email.pk)}).status_code == 404


@pytest.mark.django_db
def test_a_language_is_chosen_and_what_is_stored_stays(client: Client, alice: User):
    client.force_login(alice)
    email = make_email(name="Welcome", language="tlh-Latn")
    page = client.get(f"/emails/{email.pk}/edit").content.decode()
    box = page.split('<select name="language"')[1].split("</select>")[0]
    assert '<option value="tlh-Latn" selected>' in box
    assert '<option value="fr-CA">French (Canada)</option>' in box
    assert '<option value="de">German</option>' in box
    sent = {"name": "Welcome", "subject": "News", "mode": "html", "html": BODY}
    for language, status in (("tlh-Latn", 302), ("fr-CA", 302), ("no language", 422)):
        email.refresh_from_db()
        told = {**sent, "language": language, "version": str(email.version)}
        assert client.post(f"/emails/{email.pk}/edit", told).status_code == status
    email.refresh_from_db()
    assert email.language == "fr-CA"
    assert "French (Canada)" in client.get(f"/emails/{email.pk}").content.decode()
