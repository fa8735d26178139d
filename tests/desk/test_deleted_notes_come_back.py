"""A deleted note or task comes back where its contact is now, and stays away where none is."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.services.erase import erase
from contacts.services.merge import merge
from desk.models import Note, Task
from kernel import clock
from tests.desk.people import person, take_back

pytestmark = pytest.mark.django_db
GONE = "Nothing was restored: what it belonged to is gone."


def deleted(client: Client, row: Any) -> Any:
    return client.post(f"/{row._meta.db_table}s/{row.pk}/delete", follow=True)


@pytest.mark.parametrize(("kind", "text"), [(Note, "text"), (Task, "title")])
def test_it_follows_a_contact_that_was_merged(client: Client, alice: User, kind: Any, text: str):
    client.force_login(alice)
    loser, winner = person(), person()
    row = kind.objects.create(contact=loser, **{text: "Wants an offer"})
    page = deleted(client, row)
    merge(winner.pk, loser.pk, clock.now())
    assert take_back(client, page) == "1 restored"
    connection.check_constraints()
    assert kind.objects.get(pk=row.pk).contact_id == winner.pk


def test_what_was_written_about_someone_forgotten_stays_away(client: Client, alice: User):
    client.force_login(alice)
    anna = person()
    row = Note.objects.create(contact=anna, text="Wants an offer")
    page = deleted(client, row)
    erase(anna.pk, clock.now())
    assert take_back(client, page) == GONE
    connection.check_constraints()
    assert not Note.objects.exists()
    assert not AuditEntry.objects.filter(verb="restore").exists()


def test_of_several_those_come_back_whose_contacts_are_there(client: Client, alice: User):
    client.force_login(alice)
    people = [person() for _number in range(3)]
    ids = [Note.objects.create(contact=one, text="x").pk for one in people]
    sent = {"ids": ",".join(map(str, ids)), "confirmed": "yes"}
    client.post("/notes/bulk/delete", sent)
    page = client.get("/notes")
    assert not Note.objects.exists()
    erase(people[1].pk, clock.now())
    assert take_back(client, page) == "2 restored"
    connection.check_constraints()
    assert set(Note.objects.values_list("pk", flat=True)) == {ids[0], ids[2]}
