"""Whoever pushes contacts to a CRM is killed while records are made: none is lost or doubled."""

import time
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from integrations.services.claiming import LEASE, SHARE
from tests.faults.size import size
from tests.installation import Installation, wait_for
from tests.integrations.crm import MAPPING, SETTINGS, Crm

PEOPLE, KILLS = size(60, 5_000), size(3, 20)
AT_ONCE = 500
PUSHER = "relais-pusher"


@pytest.fixture
def crm():
    there = Crm()
    there.holds = {"POST"}
    yield there
    there.close()


def test_nobody_is_lost_or_made_twice_whoever_is_killed(house, crm):
    mark = uuid4().hex[:8]
    connection = connected(house, crm)
    ask(house, connection, [f"p{number}.{mark}@example.org" for number in range(PEOPLE)])
    for kill in range(KILLS):
        wanted = kill * PEOPLE // (KILLS + 1)
        wait_for(lambda wanted=wanted: len(crm.records) >= wanted, crm.tell)
        crm.gate.clear()
        # All that may be under way: made, and waiting for an answer that will not come.
        wait_for(lambda: crm.held == SHARE, crm.tell)
        assert house.kill(PUSHER)
        crm.gate.set()
        # Nobody holds a push but the dead, and their leases fill the connection.
        house.later(LEASE.total_seconds() + 1)
    wait_for(lambda: is_done(house, connection), lambda: left(house, connection))
    made = [body["emailAddress"] for body in crm.told("POST")]
    assert len(made) == len(set(made)) == len(crm.records) == PEOPLE
    sent = house.everything(f"connections/{connection}/pushes", state="sent")
    assert len({push["contact"] for push in sent}) == len(sent) == PEOPLE
    # Those whose answer was lost were looked for, found, and brought up to date.
    assert len(crm.told("PUT")) >= KILLS * SHARE


def connected(house: Installation, crm: Crm) -> str:
    settings = {**SETTINGS, "base_url": crm.url}
    body = {"name": "CRM", "connector": "integrations.rest", "settings": settings}
    return str(house.post("connections", {**body, "mapping": MAPPING, "active": True})["id"])


def ask(house: Installation, connection: str, addresses: list[str]) -> None:
    for begin in range(0, len(addresses), AT_ONCE):
        rows = [{"email": address} for address in addresses[begin : begin + AT_ONCE]]
        told = house.post("contacts/bulk", {"match": "email", "mode": "create", "contacts": rows})
        house.post(f"connections/{connection}/push", {"contacts": told["ids"]})


def left(house: Installation, connection: str) -> list[Any]:
    return [
        push
        for state in ("queued", "uncertain")
        for push in house.everything(f"connections/{connection}/pushes", state=state)
    ]


def moment(text: str | None) -> float:
    assert text, "A push waits for a person, though its record can be looked for."
    return datetime.fromisoformat(text).timestamp()


def is_done(house: Installation, connection: str) -> bool:
    """Say whether nothing is open; what a slow machine had postponed has its time come."""
    found = left(house, connection)
    now = time.time() + float((house.folder / "test-clock").read_text())
    # Where something is due, it may be under way: a moved clock would end its lease.
    if found and all(moment(push["due_at"]) > now for push in found):
        house.later(max(moment(push["due_at"]) for push in found) - now)
    return not found
