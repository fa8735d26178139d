"""Two writers that lock each other out: the loser's call is carried out again, unseen."""

import threading
import time

import pytest
from django.db import connection, transaction

from tests.colliding import WAITING, victim
from tests.journey import people

CONTACTS = "/api/v1/contacts"


@pytest.mark.django_db(transaction=True)
def test_erasing_survives_being_the_victim_of_a_deadlock(api):
    [person] = people(1)
    with victim(person):
        answer = api.delete(f"{CONTACTS}/{person}")
    assert answer.status_code == 204
    assert api.get(f"{CONTACTS}/{person}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_make_the_same_person_at_once_one_is_told_so(api):
    api.post(CONTACTS, {"email": "first@x.example"})
    waiting = threading.Event()

    def make_by_hand():
        """Take the address, and keep the other waiting on its uniqueness for a moment."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE identifier SET value = 'ana@x.example' WHERE kind = 'email'")
            waiting.set()
            until = time.monotonic() + 10
            cursor.execute(WAITING)
            while not cursor.fetchone()[0] and time.monotonic() < until:
                time.sleep(0.02)
                cursor.execute(WAITING)
        connection.close()

    other = threading.Thread(target=make_by_hand)
    other.start()
    waiting.wait(10)
    answer = api.post(CONTACTS, {"email": "Ana@x.example"})
    other.join()
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["code"] == "taken"
    assert api.post(CONTACTS, {"email": "bo@x.example"}).status_code == 201
