"""REL-10: who waits behind whom under limits on sending, and what limits can be."""

from datetime import timedelta

import pytest
from rest_framework.test import APIClient

from emails.models import Delivery, State
from emails.services import limits, runs
from emails.services.claims import claim, sources
from emails.services.preparing import work as prepare
from kernel import preferences
from kernel.actions import Batch, contact_actions, run_action
from tests.emails.people import NOW, begin, make_contact, make_contacts, make_email, states
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_nobody_waits_long_behind_the_promises_of_a_cancelled_run():
    preferences.put("emails.limits", {"slow.example": {"minute": 1}})
    first = begin(make_contacts(40, "slow.example"))
    prepare(NOW)
    claim(first.pk, 40, NOW, transactional=False)
    runs.cancel(first)
    second = begin([make_contact(email=f"q{n}@slow.example") for n in range(2)])
    prepare(NOW)
    claim(second.pk, 40, NOW, transactional=False)
    waiting = Delivery.objects.filter(run_id=second.pk, state=State.QUEUED)
    assert len(waiting) == 2
    assert all(row.due_at < NOW + timedelta(minutes=12) for row in waiting)


def test_the_smallest_limit_of_a_day_lets_one_mail_go():
    preferences.put("emails.limits", {"*": {"day": 1}})
    begin(make_contacts(2))
    settle(NOW)
    assert states() == {"sent": 1, "queued": 1}


def test_transactional_mail_does_not_queue_behind_a_slow_domains_broadcast():
    preferences.put("emails.limits", {"slow.example": {"minute": 20}})
    begin(make_contacts(40, "slow.example"))
    prepare(NOW)
    claim(sources()[1], 40, NOW, transactional=False)
    action = contact_actions.get("emails.send")({"email": make_email(kind="transactional").pk})
    reader = make_contact(email="zoe@slow.example")
    run_action(action, Batch([reader.pk], ["form:1:1"]), NOW)
    assert claim(0, 10, NOW, transactional=True)[0] == []
    waiting = Delivery.objects.get(contact_id=reader.pk)
    # The next turn of the domain, not one behind those promised to forty readers.
    assert waiting.due_at < NOW + timedelta(seconds=4)


def test_a_paused_transactional_run_holds_nobody_back():
    preferences.put("emails.limits", {"*": {"second": 5}})
    held = begin(make_contacts(2, "held.example"), name="Terms", kind="transactional")
    begin(make_contacts(2))
    for _run in range(2):
        prepare(NOW)
    runs.pause(held)
    assert claim(sources()[1], 10, NOW, transactional=False)[0]


def test_limits_are_checked(api: APIClient):
    def put(value):
        return api.patch("/api/v1/preferences", {"emails.limits": value})

    good = {"*": {"second": 50}, "Exämple.com": {"minute": 600, "day": 20000}}
    assert put(good).json()["emails.limits"] == {
        "*": {"second": 50},
        "xn--exmple-cua.com": {"minute": 600, "day": 20000},
    }
    assert limits.in_force()["*"].second == 50
    many = {f"d{number}.example": {"second": 1} for number in range(201)}
    periods = ({}, {"hour": 1}, {"second": 0}, {"day": True})
    for bad in ([], many, {"x": {}}, *({"*": one} for one in periods)):
        assert put(bad).status_code == 400, bad
