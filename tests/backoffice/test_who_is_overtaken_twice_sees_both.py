"""A second conflict on a form names what the first one named, too: it is still to be decided."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from emails.services import editing
from kernel import clock
from tests.emails.people import make_email

pytestmark = pytest.mark.django_db


def named(answer: Any) -> set[str]:
    assert answer.status_code == 409
    return {each.anchor for each in answer.context["differences"]}


def test_what_the_first_conflict_named_stays_named(client: Client, alice: User):
    client.force_login(alice)
    email = make_email(name="News", subject="Ours", preheader="Ours")
    address = f"/emails/{email.pk}/edit"
    page = client.get(address)
    read, version = page.context["read"], page.context["version"]
    mine = {"name": "News", "subject": "Mine", "preheader": "Mine", "mode": "html"}
    mine["html"] = email.html
    editing.change(email, {"subject": "Theirs"}, clock.now())
    first = client.post(address, {**mine, "version": version, "read": read})
    assert named(first) == {"id_subject"}
    editing.change(email, {"preheader": "Theirs"}, clock.now())
    again = {**mine, "version": first.context["version"], "read": first.context["read"]}
    second = client.post(address, again)
    assert named(second) == {"id_subject", "id_preheader"}
    last = {**mine, "version": second.context["version"], "read": second.context["read"]}
    assert client.post(address, last).status_code == 302
    email.refresh_from_db()
    assert (email.subject, email.preheader) == ("Mine", "Mine")
