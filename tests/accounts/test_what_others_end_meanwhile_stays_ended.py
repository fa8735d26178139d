"""Rights that end while somebody saves what is theirs are not given back by that."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection, transaction
from django.test import Client

from accounts.models import User
from tests.accounts.browser import someone
from tests.accounts.inviting import accept, invite, link, opened

pytestmark = pytest.mark.django_db(transaction=True)
PROFILE = {"first_name": "Nina", "last_name": "", "language": "en", "timezone": "UTC"}


@contextmanager
def being_deactivated(user):
    """Deactivate somebody in a transaction that ends while the other one waits for the row."""
    begun = threading.Event()

    def run():
        with transaction.atomic():
            User.objects.filter(pk=user.pk).update(is_active=False)
            begun.set()
            threading.Event().wait(0.4)
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    assert begun.wait(10)
    yield
    thread.join()
    user.refresh_from_db()


def test_a_profile_saved_at_that_moment_gives_nothing_back():
    user = someone()
    client = Client()
    client.force_login(user)
    with being_deactivated(user):
        client.post("/profile", PROFILE)
    assert not user.is_active


def test_an_invitation_accepted_at_that_moment_leads_nowhere(client, alice):
    client.force_login(alice)
    user = invite(client)
    window, _page = opened(link())
    with being_deactivated(user):
        assert accept(window).status_code == 410
    assert not user.is_active
    assert not user.has_usable_password()
