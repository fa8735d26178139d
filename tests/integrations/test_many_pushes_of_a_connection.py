"""What would take long with a million pushes is done by and by, and says what is left."""

import pytest

from integrations.models import Connection, Link, Push, PushState
from integrations.services import log, pushing, removing
from kernel import clock
from kernel.models import Job
from tests.integrations.pushed import claim, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


def test_a_deleted_connection_is_gone_at_once_and_what_hangs_on_it_by_and_by(
    api, alice, client, crm, connect, monkeypatch
):
    monkeypatch.setattr(removing, "TURN_SECONDS", -1)
    row, contacts = connect(), people(3)
    push(api, row, contacts)
    settle()
    assert api.delete(f"{V1}/{row.pk}").status_code == 204
    client.force_login(alice)
    assert api.get(f"{V1}/{row.pk}").status_code == 404
    assert client.get(f"/settings/connections/{row.pk}").status_code == 404
    assert Connection.every.get().secrets == {}
    assert Link.objects.count() == 3
    settle()
    for model in (Push, Link):
        assert not model.objects.exists()
    assert not Connection.every.exists()
    assert Job.objects.get(kind=removing.KIND).state == Job.State.DONE


def test_what_is_under_way_when_a_connection_is_deleted_leaves_nothing(api, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    [(connector, handed)] = claim()
    came = connector.push(handed.records)
    assert api.delete(f"{V1}/{row.pk}").status_code == 204
    settle()
    pushing._note(handed, came, clock.now())
    assert not Link.objects.exists()


def test_pushing_again_says_how_many_are_left(api, alice, client, crm, connect, monkeypatch):
    monkeypatch.setattr(log, "MOST", 2)
    row, contacts = connect(), people(5)
    crm.faults = [400] * 5
    push(api, row, contacts)
    settle()
    assert states(row) == ["FAILED"] * 5
    assert ok(api.post(f"{V1}/{row.pk}/push-again"), 202) == {"asked": 2, "left": 3}
    client.force_login(alice)
    client.post(f"/settings/connections/{row.pk}/retry", {"all": "yes"})
    page = client.get(f"/settings/connections/{row.pk}?tab=log").content.decode()
    assert "1 is left" in page
    assert ok(api.post(f"{V1}/{row.pk}/push-again"), 202) == {"asked": 1, "left": 0}
    # Passed over from then on, however many there are.
    assert not Push.objects.filter(state=PushState.FAILED, repeated=False).exists()
    crm.faults = [400] * 5
    settle()
    assert ok(api.post(f"{V1}/{row.pk}/push-again"), 202) == {"asked": 2, "left": 3}


def test_what_waits_is_counted_up_to_a_bound(api, crm, connect, monkeypatch):
    monkeypatch.setattr(pushing, "MOST_SHOWN", 2)
    row = connect()
    push(api, row, people(3))
    assert pushing.waiting(row) == (2, True)


def test_who_waits_for_a_look_is_not_told_to_be_on_the_way(api, alice, client, crm, connect):
    row, [zoe] = connect(), people(1)
    push(api, row, [zoe])
    Push.objects.update(state=PushState.UNCERTAIN, due_at=None)
    client.force_login(alice)
    client.post(f"/contacts/{zoe}/push", {"connection": row.pk})
    page = client.get(f"/contacts/{zoe}?tab=integrations").content.decode()
    assert "waits for somebody to look" in page
    assert "On its way" not in page


def test_contacts_of_many_connections_are_read_at_once(
    api, crm, connect, django_assert_max_num_queries
):
    rows, contacts = [connect(name=f"C{place}") for place in range(4)], people(4)
    for row in rows:
        push(api, row, contacts)
    # One finds who is due, five a connection claim, and all that is sent is read together,
    # and by what it may be made kept.
    with django_assert_max_num_queries(1 + 4 * 5 + 10):
        assert len(claim()) == 16


def test_many_of_whom_nothing_can_be_sent_all_end(api, crm, connect):
    row = connect(mapping=[{"remote": "city", "source": "contact.city"}])
    push(api, row, people(30))
    while pushing.deliver(clock.now()):
        pass
    assert states(row) == ["FAILED"] * 30
    assert crm.calls == []
