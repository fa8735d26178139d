"""Who loses the right to publish at this moment publishes nothing any more."""

import time
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import Role, User
from emails.models import Email
from tests.cast import client_of, make_user
from tests.colliding import WAITING
from tests.contacts.merging import rows
from tests.emails.people import make_email

EDITS = {"view": "all", "edit": "all", "create": "all"}


def withdrawn(role: Role, begun: Event) -> None:
    """Withdraw the right, and take a while about it: until somebody waits."""
    with transaction.atomic():
        Role.objects.filter(pk=role.pk).update(rights={"emails": EDITS})
        begun.set()
        until = time.monotonic() + 5
        while rows(WAITING) == [(0,)] and time.monotonic() < until:
            time.sleep(0.02)
    connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("door", ["rest", "screen"])
def test_a_right_that_is_being_withdrawn_is_waited_for(door: str):
    role = Role.objects.create(name="Writers", rights={"emails": {**EDITS, "publish": "all"}})
    bob = make_user("Bob", role)
    email = make_email(state="unpublished")
    begun = Event()
    other = Thread(target=withdrawn, args=(role, begun))
    other.start()
    begun.wait(5)
    status = rest(bob, email) if door == "rest" else screen(bob, email)
    other.join()
    assert status in {403, 302, 422}
    assert Email.objects.get().state == Email.State.UNPUBLISHED


def rest(bob: User, email: Email) -> int:
    body = {"state": "published", "version": email.version}
    return int(client_of(bob).patch(f"/api/v1/emails/{email.pk}", body).status_code)


def screen(bob: User, email: Email) -> int:
    client = Client()
    client.force_login(bob)
    typed = {"name": email.name, "subject": email.subject, "html": email.html, "mode": "html"}
    more = {"state": "published", "version": email.version, "type": email.type, "kind": email.kind}
    return int(client.post(f"/emails/{email.pk}/edit", {**typed, **more}).status_code)
