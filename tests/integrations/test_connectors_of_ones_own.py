"""A second kind of system: its secrets, its servers, how many calls at once."""

import threading

import pytest
from django import forms
from django.db import connection

import kernel.connectors as contract
from integrations.models import Connection, Link
from integrations.services import claiming, connecting, pushing
from kernel import clock
from kernel.connectors import Connector, How, Pushed, connectors
from kernel.settings_forms import SecretField
from tests.integrations.pushed import claim, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


class TwoForm(forms.Form):
    region = forms.CharField()
    client = SecretField(required=False)
    token = SecretField(required=False)
    old_token = SecretField(required=False)


class Two(Connector):
    """Takes three at once; what it was told stands on the class."""

    key, label, form, together = "tests.two", "Two", TwoForm, 3
    finds = True
    calls, blocks = [], []

    @classmethod
    def servers(cls, config):
        return [f"https://{config.get('region')}.two.example"]

    @classmethod
    def secrets_needed(cls, config):
        return frozenset({"client", "token"})

    def test(self):
        self.blocks.append(len(connection.atomic_blocks))
        return contract.Tested(status=200)

    def remote_fields(self):
        self.blocks.append(len(connection.atomic_blocks))
        return []

    def push(self, records):
        self.calls.append([record.body for record in records])
        return [Pushed(How.SENT, record.body["mail"], made=True) for record in records]


@pytest.fixture
def two(api):
    connectors.register(Two)
    Two.calls, Two.blocks = [], []
    body = {"name": "Two", "connector": Two.key, "active": True}
    body["settings"] = {"region": "eu", "client": "c1", "token": "t1", "old_token": "o1"}
    body["mapping"] = [{"remote": "mail", "source": "contact.email"}]
    made = ok(api.post(V1, body), 201)
    yield Connection.objects.get(pk=made["id"])
    del connectors._entries[Two.key]


def test_its_secrets_are_kept_and_go_to_no_other_server(api, two):
    assert sorted(two.secrets) == ["client", "token"]
    assert connecting.opened(two).secrets == {"client": "c1", "token": "t1"}
    at = f"{V1}/{two.pk}"
    ok(api.patch(at, {"settings": {"region": "eu", "token": "t2"}}))
    two.refresh_from_db()
    assert connecting.opened(two).secrets == {"client": "c1", "token": "t2"}
    moved = {"region": "us", "token": "t3"}
    assert "settings.client" in api.patch(at, {"settings": moved}).content.decode()
    ok(api.patch(at, {"settings": {**moved, "client": "c3"}}))
    two.refresh_from_db()
    assert (connecting.opened(two).secrets, two.epoch) == ({"client": "c3", "token": "t3"}, 2)


def test_records_go_together_as_many_as_it_takes(api, two):
    push(api, two, people(7))
    settle()
    assert [len(call) for call in Two.calls] == [3, 3, 1]
    assert set(states(two)) == {"SENT"}
    assert Link.objects.count() == 7


def test_calls_are_counted_not_records_and_never_more_than_four(api, two):
    push(api, two, people(20))
    calls = claim()
    assert [len(handed.records) for _connector, handed in calls] == [3, 3, 3, 3]
    assert claim() == []
    assert not pushing.is_due(clock.now())
    connector, handed = calls[0]
    pushing._note(handed, connector.push(handed.records), clock.now())
    [(_connector, next_one)] = claim()
    assert len(next_one.records) == 3


@pytest.mark.django_db(transaction=True)
def test_workers_that_claim_at_once_begin_four_calls_together(api, two):
    push(api, two, people(40))
    found, barrier = [], threading.Barrier(4)

    def work():
        barrier.wait()
        for _time in range(5):
            found.extend(claiming.claim(16, clock.now()).get(two.pk, []))
        connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len({held.call for held in found}) == 4
    assert len(found) == len({held.id for held in found}) == 12


def test_no_transaction_is_held_while_a_system_is_tried(api, alice, client, two):
    client.force_login(alice)
    outside = len(connection.atomic_blocks)
    api.post(f"{V1}/{two.pk}/test")
    api.post(f"{V1}/{two.pk}/fields")
    client.post(f"/settings/connections/{two.pk}/test")
    client.post(f"/settings/connections/{two.pk}/learn")
    assert Two.blocks == [outside] * 4
