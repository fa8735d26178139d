"""For tests of invitations: inviting on screen, and the link as it stands in the mail."""

import re

from django.core import mail
from django.test import Client

from accounts.models import BuiltIn, Role, User
from tests.accounts.browser import PASSWORD, browser
from tests.settle import settle

LINK = re.compile(r"http://testserver(/account/invitation/\S+)")


def invite(screen: Client, name: str = "nina", **values: object) -> User:
    """Fill in the form of a new user."""
    sent = {
        "email": f"{name}@example.com",
        "role": Role.objects.get(built_in=BuiltIn.MARKETER).pk,
        "language": "en",
        "timezone": "Europe/Paris",
        **values,
    }
    answer = screen.post("/settings/users/new", sent)
    assert answer.status_code == 302, answer.content
    return User.objects.get(email=sent["email"])


def link() -> str:
    """Return the link of the latest mail."""
    settle()
    found = LINK.search(mail.outbox[-1].body)
    assert found, mail.outbox[-1].body
    return found[1]


def opened(address: str) -> tuple[Client, str]:
    """Open a link in a browser of its own; return what it shows."""
    client = browser()
    answer = client.get(address)
    assert answer["Location"] == "/account/invitation"
    return client, client.get("/account/invitation").content.decode()


def accept(client: Client, **values: str):
    """Send the form of the invitation."""
    sent = {
        "password1": PASSWORD,
        "password2": PASSWORD,
        "first_name": "Nina",
        "last_name": "",
        "language": "fr",
        "timezone": "America/Montreal",
    }
    return client.post("/account/invitation", {**sent, **values})
