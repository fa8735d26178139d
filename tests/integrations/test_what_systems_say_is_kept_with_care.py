"""Answers: one that cannot be kept is no other's trouble, and none tells a secret."""

import base64
import json
from datetime import timedelta
from urllib.parse import quote

import pytest

from accounts.models import Role
from contacts.models import Field
from integrations.models import Link, Push
from integrations.services import pushing, trying
from kernel import clock
from kernel.connectors import How, Pushed
from kernel.counting import Counter
from tests.cast import client_of, make_user
from tests.integrations.pushed import NO_FIND, claim, push, states
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


@pytest.mark.parametrize("number", ['"\\ud800"', '"' + "x" * 301 + '"', "true", '"a\\u0000"'])
def test_what_cannot_be_an_id_is_none(api, crm, connect, number):
    row, [zoe] = connect(settings=NO_FIND), people(1)
    # With a fraction beside it, it is read by the exact reader, which takes half a sign.
    crm.faults = [(200, f'{{"id": {number}, "rate": 1.5}}')]
    push(api, row, [zoe])
    settle()
    assert (states(row), Push.objects.get().problem) == (["UNCERTAIN"], "no_id")


@pytest.mark.parametrize("odd", ["\ud800", "x" * 10_000, "a\0b", 7, None])
def test_an_odd_outcome_keeps_nobody_elses_from_being_noted(api, crm, connect, odd):
    row, contacts = connect(), people(3)
    push(api, row, contacts)
    calls = claim()
    for place, (_connector, handed) in enumerate(calls):
        remote = odd if place == 0 else f"r{place}"
        pushing._note(handed, [Pushed(How.SENT, remote, odd, odd)], clock.now())
    assert {"r1", "r2"} <= set(Link.objects.values_list("remote_id", flat=True))
    assert states(row).count("SENT") >= 2


def test_a_password_is_blotted_out_however_it_is_repeated(api, crm, connect):
    word = 'p"w/ü&<x'
    basic = base64.b64encode(f"me:{word}".encode()).decode()
    forms = [word, basic, quote(word, safe=""), json.dumps(word)[1:-1], "p&quot;w/ü&amp;&lt;x"]
    row, [zoe] = connect(settings={"auth": "basic", "user": "me", "secret": word}), people(1)
    crm.faults = [(400, f"Authorization: Basic {basic} " + " ".join(forms))]
    push(api, row, [zoe])
    settle()
    told = Push.objects.get().answer
    assert told.startswith("Authorization: Basic … …")
    assert not [form for form in forms if form in told]


def test_a_making_keeps_its_name_until_it_is_answered(api, crm, connect, shift):
    row, [zoe] = connect(), people(1)
    crm.faults = [None, "cut", None, 503, None, 400]
    push(api, row, [zoe])
    settle()
    # As if it had not been made: the look finds nobody.
    crm.records.clear()
    for _try in range(2):
        shift(timedelta(hours=1))
        settle()
    push(api, row, [zoe])
    settle()
    names = [head["idempotency-key"] for head in crm.heads if "idempotency-key" in head]
    assert len(names) == 4
    assert names[0] == names[1] == names[2] != names[3]


def test_a_test_shows_no_record_to_whom_something_is_hidden(api, crm, connect):
    Field.objects.create(alias="iban", label="IBAN", type="text", sensitive=True)
    row = connect()
    crm.records["1"] = {"id": "1", "iban": "FR76"}
    rights = {"connections": {"*": "all"}, "contacts": {"*": "all"}}
    few = {"connections": {"*": "all"}, "contacts": {"view": "own", "export": "all"}}
    for name, given in (("Bob", rights), ("Carl", few)):
        bob = client_of(make_user(name, Role.objects.create(name=name, rights=given)))
        told = ok(bob.post(f"{V1}/{row.pk}/test"))
        assert (told["works"], told["status"], told["answer"]) == (True, 200, "")
    assert "FR76" in ok(api.post(f"{V1}/{row.pk}/test"))["answer"]


def test_systems_are_called_twenty_times_a_minute_through_either_door(
    api, alice, client, crm, connect, monkeypatch
):
    # Counted from nothing, in a minute that does not end meanwhile.
    monkeypatch.setattr(trying, "_calls", Counter(f"test{clock.now().timestamp()}"))
    monkeypatch.setattr(trying, "_now", lambda: 1_795_000_000.0)
    row = connect()
    client.force_login(alice)
    for _time in range(10):
        ok(api.post(f"{V1}/{row.pk}/test"))
        client.post(f"/settings/connections/{row.pk}/test")
    assert len(crm.calls) == 20
    assert api.post(f"{V1}/{row.pk}/test").status_code == 429
    assert api.post(f"{V1}/{row.pk}/fields").status_code == 429
    client.post(f"/settings/connections/{row.pk}/learn")
    assert len(crm.calls) == 20
