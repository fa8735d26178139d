"""Which record there is whose: never a stranger's, whatever server, look or merge came between."""

import json
import threading

import pytest
from django.db import connection, transaction

from contacts.models import Contact
from contacts.services import merge
from integrations.models import Link, Push
from integrations.services import pushing
from kernel import clock
from kernel.connectors import How, Pushed
from tests.colliding import until_somebody_waits
from tests.integrations.crm import KEY, Crm
from tests.integrations.pushed import change, claim, methods, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db


def found(**record):
    return 200, json.dumps({"list": [record]})


@pytest.fixture
def other(crm):
    there = Crm()
    yield there
    there.close()


def test_ids_of_another_server_are_nobodys_here(api, crm, other, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    settle()
    [number] = crm.records
    other.records[number] = {"id": number, "emailAddress": "stranger@example.com"}
    ok(change(api, row, base_url=other.url, secret=KEY))
    push(api, row, [zoe])
    settle()
    assert other.records[number] == {"id": number, "emailAddress": "stranger@example.com"}
    assert len(other.records) == 2
    assert sorted(Link.objects.values_list("epoch", flat=True)) == [1, 2]


def test_an_answer_of_the_former_server_does_not_count(api, crm, other, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    came = connector.push(handed.records)
    ok(change(api, row, base_url=other.url, secret=KEY))
    pushing._note(handed, came, clock.now())
    settle()
    assert methods(other) == ["GET", "POST"]
    assert states(row) == ["SENT"]


@pytest.mark.parametrize(("path", "calls"), [("v2", ["PUT"]), ("sandbox", ["GET", "PUT"])])
def test_a_new_version_keeps_ids_and_another_path_looks_anew(api, crm, connect, path, calls):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    settle()
    crm.calls.clear()
    ok(change(api, row, base_url=crm.url.replace("v1", path)))
    push(api, row, [zoe])
    settle()
    assert methods(crm) == calls
    assert len(crm.records) == 1


def test_a_record_of_one_contact_is_not_changed_for_another(api, crm, connect):
    row, contacts = connect(), people(2)
    crm.records["7f"] = {"id": "7f"}
    for contact in contacts:
        crm.faults = [found(id="7f")]
        push(api, row, [contact])
        settle()
    assert states(row) == ["SENT", "FAILED"]
    assert crm.records["7f"]["emailAddress"] == "p0@example.com"
    assert methods(crm) == ["GET", "PUT", "GET"]


@pytest.mark.django_db(transaction=True)
def test_a_record_that_two_workers_find_at_once_is_one_contacts(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [zoe])
    [(_connector, handed)] = claim()

    def note():
        pushing._note(handed, [Pushed(How.FOUND, "7f")], clock.now())
        connection.close()

    other = threading.Thread(target=note)
    with transaction.atomic():
        mine = {"connection": row, "remote_id": "7f", "pushed_at": clock.now()}
        Link.objects.create(contact_id=max_, **mine)
        other.start()
        until_somebody_waits()
    other.join()
    assert Link.objects.get().contact_id == max_
    assert (states(row), Push.objects.get().problem) == (["FAILED"], "taken")


def test_a_record_with_another_value_is_not_taken_for_theirs(api, crm, connect):
    row, [zoe] = connect(), people(1)
    crm.records["7f"] = {"id": "7f", "emailAddress": "stranger@example.com"}
    crm.faults = [found(**crm.records["7f"])]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["FAILED"]
    assert methods(crm) == ["GET"]
    assert not Link.objects.exists()


@pytest.mark.parametrize(
    ("source", "mine", "theirs"),
    [
        ("contact.email", "p0@example.com", " P0@Example.com "),
        ("contact.city", "0381 / 12-34", "(0381) 1234"),
        ("contact.city", "17", 17),
    ],
)
def test_how_a_value_is_written_makes_it_no_other(api, crm, connect, source, mine, theirs):
    lines = [{"remote": "key", "source": source}]
    row, [zoe] = connect(match=source, mapping=lines), people(1)
    Contact.objects.filter(pk=zoe).update(city=mine)
    crm.records["7f"] = {"id": "7f"}
    crm.faults = [found(id="7f", key=theirs)]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["SENT"]


def test_a_former_record_becomes_theirs_when_they_have_no_other(api, crm, connect):
    row, [zoe, max_] = connect(), people(2)
    push(api, row, [zoe, max_])
    settle()
    [first] = Link.objects.filter(contact_id=zoe)
    [second] = Link.objects.filter(contact_id=max_)
    merge.merge(zoe, max_, clock.now())
    del crm.records[first.remote_id]
    crm.records[second.remote_id]["emailAddress"] = "p0@example.com"
    push(api, row, [zoe])
    settle()
    kept = Link.objects.get()
    assert (kept.remote_id, kept.former) == (second.remote_id, False)
    assert not Push.objects.exclude(state=1).exists()
