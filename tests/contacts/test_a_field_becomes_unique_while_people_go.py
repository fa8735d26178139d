"""A uniqueness key is switched on while people are being erased: who is gone is skipped."""

import threading
import time

import pytest
from django.db import connection, transaction
from rest_framework.test import APIClient

from contacts.models import Contact, Identifier
from kernel import preferences

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
KEYS = {"contacts.unique_kinds": ["email"]}


def test_who_is_erased_meanwhile_has_no_identifier(api: APIClient):
    preferences.put("contacts.unique_kinds", [])
    going = Contact.objects.create(email="going@x.example").pk
    staying = Contact.objects.create(email="staying@x.example").pk
    gone = threading.Event()

    def erase() -> None:
        """Delete, and commit once the other one waits for it."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM contact WHERE id = %s", [going])
            gone.set()
            until = time.monotonic() + 20
            cursor.execute(WAITING)
            while not cursor.fetchone()[0] and time.monotonic() < until:
                time.sleep(0.02)
                cursor.execute(WAITING)
        connection.close()

    other = threading.Thread(target=erase)
    other.start()
    assert gone.wait(20)
    answer = api.patch("/api/v1/preferences", KEYS)
    other.join()
    assert answer.status_code == 200, answer.json()
    found = Identifier.objects.filter(kind="email").values_list("value", "contact_id")
    assert list(found) == [("staying@x.example", staying)]
