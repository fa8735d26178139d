"""REL-16: five engines, killed again and again, do exactly what one does undisturbed."""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from campaigns.models import Step, StepLog, Visit
from campaigns.services import held
from contacts.models import Contact, ContactState
from kernel import clock, events, invariants
from kernel.events import Fact
from kernel.models import Event
from tests.faults.engines import kill_while_working
from tests.faults.size import FULL
from tests.journey import VISITED, bring, graph, node, points, run
from tests.settle import settle

CONTACTS, KILLS, BATCH = (5_000, 50, 100) if FULL else (300, 6, 20)
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
SEVEN = {"all": [{"field": "email", "op": "contains", "value": "7"}]}
WAY = graph(
    [
        points("one"),
        node("tag", "action", "tags.change", add=["seen"]),
        node("french", "condition", filter=FRENCH),
        node("city", "action", "contacts.update", values={"city": "Lyon"}),
        node("by", "split", branches=[{"label": "seven", "filter": SEVEN}, {"label": "rest"}]),
        points("seven", 100),
        points("rest", 200),
        node("sleep", "wait", **{"for": "1h"}),
        points("three", 1_000),
        node("side", "action", "contacts.update", values={"position": "Reader"}),
        node("asked", "decision", VISITED, within="1h"),
        node("heard", "action", "tags.change", add=["heard"]),
        points("silent", 10_000),
        node("back", "jump", to="one"),
        node("again", "condition", filter={"all": [{"field": "points", "op": "lt", "value": 9e3}]}),
    ],
    "start>one", "one>tag", "tag>french", "french:yes>city", "french:no>by", "city>by",
    "by:seven>seven", "by:rest>rest", "seven>sleep", "rest>sleep", "sleep>three", "three>asked",
    "three>side", "asked:yes>heard", "asked:no>silent", "heard>again", "silent>again",
    "again:yes>back",
)  # fmt: skip
# Hours after the entry at which everybody works; at some, a third of the people visit the shop.
HOURS, VISITS = (0.1, 1.5, 1.7, 3, 5, 8), {1.7: 3, 5: 4}


@pytest.fixture
def real(transactional_db):
    """Real transactions; event types are numbered anew after each such test."""
    events._ids.clear()
    yield
    events._ids.clear()


def crowd(letter):
    made = Contact.objects.bulk_create(
        Contact(email=f"{letter}{place}@example.com", country="FR" if place % 2 else "DE")
        for place in range(CONTACTS)
    )
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in made)
    return [contact.pk for contact in made]


def go(api, contacts, start, work):
    """Bring a crowd into a campaign of its own, and let `work` do what is due at each hour."""
    campaign = run(api, WAY)
    for first in range(0, CONTACTS, 5_000):
        bring(api, campaign, contacts[first : first + 5_000])
    for hours in HOURS:
        moment = start + timedelta(hours=hours)
        if hours in VISITS:
            facts = [Fact(contact, moment) for contact in contacts[:: VISITS[hours]]]
            events.record(VISITED, facts, now=moment)
        work(moment)
        settle(moment)


def effects(contacts):
    """Return what became of each: fields, points, tags, steps, what its timeline tells."""
    place = {contact: number for number, contact in enumerate(contacts)}
    found = [Counter() for _contact in contacts]
    rows = Contact.objects.filter(pk__in=contacts).values_list("pk", "city", "position")
    for contact, *fields in rows:
        found[place[contact]][tuple(fields)] += 1
    for model, names in (
        (ContactState, ["points"]),
        (StepLog, ["node__name", "number", "outcome"]),
        (Event, ["type_id"]),
        (Visit, ["number", "reason"]),
    ):
        owner = "contact" if model is ContactState else "contact_id"
        rows = model.objects.filter(**{f"{owner}__in": contacts}).values_list(owner, *names)
        for contact, *values in rows:
            found[place[contact]][model.__name__, *values] += 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_id, tag_id FROM contact_tag")
        for contact, tag in cursor.fetchall():
            if contact in place:
                found[place[contact]]["tag", tag] += 1
    return found


def test_each_step_happens_once_and_effects_equal_those_of_a_quiet_run(real, api, monkeypatch):
    # Many small batches, so that few engines die idle.
    monkeypatch.setattr(held, "BATCH", BATCH)
    seed = int(os.environ.get("RELAIS_SEED", "16"))
    drawn, interrupted = random.Random(seed), [0]
    quiet, disturbed = crowd("p"), crowd("q")
    start = clock.now() + timedelta(seconds=5)
    go(api, quiet, start, lambda _moment: None)
    expected = effects(quiet)
    steps = StepLog.objects.count()

    def killed(moment):
        each = len(HOURS)
        interrupted[0] += kill_while_working(moment, -(-KILLS // each), steps // each, drawn)

    go(api, disturbed, start, killed)
    assert interrupted[0], "all were done before they were killed"
    assert steps > CONTACTS * 12
    found = effects(disturbed)
    wrong = [place for place in range(CONTACTS) if found[place] != expected[place]]
    assert not wrong, (seed, wrong[0], found[wrong[0]] - expected[wrong[0]])
    assert not Step.objects.exists()
    assert invariants.broken(lambda name: name.startswith("campaigns.")) == []
