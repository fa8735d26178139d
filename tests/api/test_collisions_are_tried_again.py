"""Two writers that lock each other out: the loser's call is carried out again, unseen (REL-17)."""

import threading

import pytest
from django.db import connection, transaction

from tests.journey import people

CONTACTS = "/api/v1/contacts"


@pytest.mark.django_db(transaction=True)
def test_erasing_survives_being_the_victim_of_a_deadlock(api):
    [person] = people(1)
    held, asked = threading.Event(), threading.Event()

    def collide():
        """Lock what erasing locks, the other way round."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL deadlock_timeout = '10s'")
            cursor.execute("SELECT 1 FROM contact_state WHERE contact_id = %s FOR UPDATE", [person])
            held.set()
            asked.wait(5)
            cursor.execute("SELECT id FROM contact WHERE id = %s FOR UPDATE", [person])
        connection.close()

    other = threading.Thread(target=collide)
    other.start()
    held.wait(5)
    threading.Timer(0.3, asked.set).start()
    answer = api.delete(f"{CONTACTS}/{person}")
    other.join()
    assert answer.status_code == 204
    assert api.get(f"{CONTACTS}/{person}").status_code == 404
