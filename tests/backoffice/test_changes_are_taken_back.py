"""Taking back runs as on a real server: no transaction of the test's own hides a missing one."""

import pytest
from django.test import Client

from accounts.models import User
from contacts.models import Contact
from emails.models import Email
from tests.emails.people import make_email


@pytest.mark.django_db(transaction=True)
def test_an_unpublished_email_is_published_again(client: Client, alice: User):
    client.force_login(alice)
    email = make_email()
    client.post("/emails/bulk/unpublish", {"ids": str(email.pk)})
    told = next(iter(client.get("/emails").context["messages"]))
    answer = client.post("/undo", {"undo": told.extra_tags.removeprefix("undo:")})
    assert answer.status_code == 302
    assert Email.objects.get().state == "published"


@pytest.mark.django_db
@pytest.mark.parametrize("search", ["segment=99999", "tag=99999", "filter=%7B%22all%22%3A"])
def test_a_filter_that_fell_away_means_nobody_not_everybody(
    client: Client, alice: User, search: str
):
    client.force_login(alice)
    Contact.objects.create(email="ada@example.com", email_key="ada@example.com")
    sent = {"whole": "yes", "search": search, "confirmed": "yes", "delta": "5"}
    answer = client.post("/contacts/bulk/points", sent)
    assert answer.status_code == 409
    assert answer.context["selection"].count == 0


@pytest.mark.django_db
def test_a_search_too_long_is_not_kept_cut_off(client: Client, alice: User):
    client.force_login(alice)
    client.post("/contacts/views", {"name": "Long", "search": "filter=" + "x" * 8_000})
    assert "Long" not in client.get("/contacts").content.decode()
