"""What does not plainly say that nobody is there makes no record, and takes none away."""

from datetime import timedelta

import pytest

from contacts.models import Contact
from integrations.models import Connection, Link, Push
from tests.integrations.pushed import HTML, NO_FIND, change, methods, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
BY_PATH = {"find_path": "Contact/{match}", "find_id": "id"}


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        ({}, HTML),
        ({}, (404, "{}")),
        ({}, (200, '{"error": "x"}')),
        ({}, (200, '{"list": null}')),
        ({}, (200, '{"list": [{"name": "x"}]}')),
        ({}, (200, "[]")),
        ({}, (200, "null")),
        ({}, (200, "")),
        (BY_PATH, HTML),
        (BY_PATH, (200, '{"error": "x"}')),
    ],
)
def test_what_names_nobody_and_does_not_say_so_makes_nobody(api, crm, connect, way, answer):
    row, [zoe] = connect(settings=way), people(1)
    crm.faults = [answer]
    push(api, row, [zoe])
    settle()
    assert methods(crm) == ["GET"]
    assert states(row) == ["QUEUED"]
    assert Connection.objects.get().trouble


@pytest.mark.parametrize(
    ("way", "answer"),
    [({}, (200, '{"list": []}')), (BY_PATH, (404, '{"reason": "none"}')), ({}, (204, ""))],
)
def test_what_says_that_nobody_is_there_makes_a_record(api, crm, connect, way, answer):
    row, [zoe] = connect(settings=way), people(1)
    crm.faults = [answer]
    push(api, row, [zoe])
    settle()
    assert (methods(crm), states(row)) == (["GET", "POST"], ["SENT"])


def test_a_server_that_is_being_changed_takes_no_record_away(api, crm, connect, shift):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    settle()
    crm.faults = [HTML, HTML]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["SENT", "QUEUED"]
    assert Connection.objects.get().trouble
    shift(timedelta(hours=1))
    settle()
    assert states(row) == ["SENT", "SENT"]
    assert len(crm.told("POST")) == 1


def test_a_record_that_is_gone_for_sure_is_made_anew_at_once(api, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    settle()
    crm.records.clear()
    crm.records["x"] = {"id": "x"}
    push(api, row, [zoe])
    settle()
    assert methods(crm)[2:] == ["PUT", "GET", "POST"]
    assert Link.objects.get().remote_id in crm.records
    assert states(row) == ["SENT", "SENT"]


def test_one_that_is_found_and_cannot_be_changed_is_put_off_and_stops_nobody(api, crm, connect):
    row, contacts = connect(), people(2)
    push(api, row, contacts)
    settle()
    crm.faults = [(404, "{}")]
    push(api, row, contacts)
    settle()
    assert sorted(states(row)[2:]) == ["QUEUED", "SENT"]
    assert (len(crm.told("POST")), Link.objects.count()) == (2, 2)
    assert not Connection.objects.get().trouble


def test_without_a_look_a_record_that_is_gone_keeps_its_id_and_many_pause(api, crm, connect):
    row, contacts = connect(settings=NO_FIND), people(8)
    push(api, row, contacts)
    settle()
    crm.faults = [(404, "{}")] * 20
    push(api, row, contacts)
    settle()
    assert Link.objects.count() == 8
    assert 5 <= states(row).count("FAILED") < 8
    assert Connection.objects.get().trouble == "gone_or_path"


def test_a_doubt_is_not_forgotten_when_the_next_try_is_put_off(api, crm, connect, shift):
    row, [zoe] = connect(), people(1)
    crm.faults = [None, "cut", 503, 503, 503]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["UNCERTAIN"]
    # Not at once: searches lag behind.
    shift(timedelta(minutes=3))
    settle()
    assert states(row) == ["UNCERTAIN"]
    shift(timedelta(minutes=5))
    settle()
    assert (states(row), Push.objects.get().making) == (["QUEUED"], True)
    crm.faults = []
    ok(change(api, row, **NO_FIND))
    shift(timedelta(hours=2))
    settle()
    assert (states(row), len(crm.records)) == (["UNCERTAIN"], 1)


@pytest.mark.parametrize("status", [302, 303, 503, 500])
def test_a_making_that_was_answered_strangely_may_have_worked(api, crm, connect, status):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    crm.faults = [status]
    push(api, row, [zoe])
    settle()
    assert states(row) == ["UNCERTAIN"]
    # It waits for somebody to look, and says so.
    assert push(api, row, [zoe]) == {"asked": 1, "waiting": 1}


@pytest.mark.parametrize("value", ["..", ".", "%2e%2e", "..;a=b", "a/../../b", "%252e%252e"])
def test_a_value_leads_out_of_no_path(api, crm, connect, value):
    row, [zoe] = connect(settings=BY_PATH, match="contact.city"), people(1)
    Contact.objects.filter(pk=zoe).update(city=value)
    push(api, row, [zoe])
    settle()
    assert (crm.calls, states(row)) == ([], ["FAILED"])
