"""A contact is made once in another system, and changed each time they are pushed."""

from datetime import timedelta

import pytest

from contacts.models import Contact
from integrations.models import Link
from integrations.services import pushing
from kernel import clock
from tests.integrations.pushed import NO_FIND, claim, push, states
from tests.journey import bring, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_a_contact_is_made_once_and_changed_when_pushed_again(api, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    settle()
    [record] = crm.records.values()
    assert record["emailAddress"] == "p0@example.com"
    assert record["name"] == {"last": None}
    assert (record["origin"], "address" in record, "tags" in record) == ("Relais", False, False)
    Contact.objects.filter(pk=zoe).update(city="Ulm", last_name="Zobel")
    push(api, row, [zoe])
    settle()
    [record] = crm.records.values()
    assert record["address"] == {"city": "Ulm"}
    assert record["name"] == {"last": "Zobel"}
    assert [method for method, _path, _body in crm.calls] == ["GET", "POST", "PUT"]
    assert Link.objects.get().remote_id == record["id"]
    assert states(row) == ["SENT", "SENT"]


def test_a_record_that_is_there_already_is_found_and_changed(api, crm, connect):
    row, [zoe] = connect(), people(1)
    crm.records["7f"] = {"id": "7f", "emailAddress": "p0@example.com", "phone": "1"}
    push(api, row, [zoe])
    settle()
    assert crm.records.keys() == {"7f"}
    assert crm.records["7f"]["phone"] == "1"
    assert Link.objects.get().remote_id == "7f"


def test_who_is_asked_for_twice_at_once_is_pushed_once(api, crm, connect):
    row, [zoe] = connect(), people(1)
    for _twice in range(2):
        push(api, row, [zoe])
    settle()
    assert len(crm.told("POST")) == 1
    assert states(row) == ["SENT"]


def test_what_changes_under_way_goes_once_more(api, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    push(api, row, [zoe])
    assert not pushing.is_due(clock.now())
    Contact.objects.filter(pk=zoe).update(city="Ulm")
    pushing._note(handed, connector.push(handed.records), clock.now())
    settle()
    [record] = crm.records.values()
    assert record["address"] == {"city": "Ulm"}
    assert len(crm.told("POST")) == 1


def test_killed_between_answer_and_note_it_looks_before_it_makes_another(api, crm, connect, shift):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    connector.push(handed.records)
    assert len(crm.records) == 1
    settle()
    assert len(crm.records) == 1
    shift(timedelta(minutes=3))
    settle()
    assert len(crm.records) == 1
    assert states(row) == ["SENT"]
    assert Link.objects.get().remote_id in crm.records


def test_killed_without_a_way_to_look_it_waits_for_a_person(api, crm, connect, shift):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    connector.push(handed.records)
    shift(timedelta(days=2))
    settle()
    push(api, row, [zoe])
    settle()
    assert (len(crm.records), states(row)) == (1, ["UNCERTAIN"])
    [line] = ok(api.get(f"/api/v1/connections/{row.pk}/pushes?state=uncertain"))["results"]
    assert (line["contact"], line["due_at"]) == (str(zoe), None)
    assert ok(api.post(f"/api/v1/connections/{row.pk}/push-again"), 202) == {"asked": 1, "left": 0}
    settle()
    assert states(row) == ["SENT"]
    assert len(crm.records) == 2


@pytest.mark.parametrize("find", [True, False])
def test_an_answer_that_never_comes_makes_no_second_record(api, crm, connect, shift, find):
    row, [zoe] = connect(settings={} if find else NO_FIND), people(1)
    crm.faults = [None, "cut"] if find else ["cut"]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["UNCERTAIN"]
    for _hour in range(3):
        shift(timedelta(hours=1))
        settle()
    assert len(crm.records) == 1
    assert states(row) == (["SENT"] if find else ["UNCERTAIN"])


def test_a_step_pushes_and_people_go_on(api, crm, connect):
    row, contacts = connect(), people(3)
    crm.faults = [503]
    step = node("push", "action", "integrations.push", connection=row.pk)
    campaign = run(api, graph([step, points("then")], "start>push", "push>then"))
    bring(api, campaign, contacts)
    settle()
    assert totals(contacts) == [1, 1, 1]
    assert sorted(states(row)) == ["QUEUED", "SENT", "SENT"]
    refused = api.delete(f"/api/v1/connections/{row.pk}")
    assert refused.status_code == 409
