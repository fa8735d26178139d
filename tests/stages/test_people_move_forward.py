"""The action moves people forward only, unless its settings say that they may fall back."""

import pytest

from contacts.models import ContactState
from stages.models import Stage
from tests.journey import bring, figures, graph, node, ok, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def stages():
    """Lead, twice by its weight, and customer."""
    rows = (("Lead", 10), ("Fan", 10), ("Customer", 20))
    return [Stage.objects.create(name=name, weight=weight).pk for name, weight in rows]


def crowd(stages):
    """Make one contact of each stage, and one of none."""
    contacts = people(len(stages) + 1)
    for contact, stage in zip(contacts, stages, strict=False):
        ContactState.objects.filter(pk=contact).update(stage_id=stage)
    return contacts


def stands(contacts):
    found = dict(ContactState.objects.filter(pk__in=contacts).values_list("pk", "stage_id"))
    return [found[contact] for contact in contacts]


@pytest.mark.parametrize("backwards", [None, False, True])
def test_a_step_leaves_alone_who_has_come_further(api, stages, backwards):
    lead, _fan, customer = stages
    contacts = crowd(stages)
    more = {} if backwards is None else {"backwards": backwards}
    drawn = graph([node("move", "action", "stages.change", stage=lead, **more)], "start>move")
    campaign = run(api, drawn)
    bring(api, campaign, contacts)
    settle()
    further = lead if backwards else customer
    assert stands(contacts) == [lead, lead, further, lead]
    assert figures(api, campaign)["move"]["done"] == 4


def test_by_the_api_and_taken_back_only_who_was_moved(api, stages):
    lead, fan, customer = stages
    contacts = crowd(stages)
    for body, expected in (
        ({"stage": fan}, [fan, fan, customer, fan]),
        ({"stage": customer}, [customer] * 4),
        ({"stage": lead}, [customer] * 4),
        ({"stage": lead, "backwards": True}, [lead] * 4),
    ):
        given = {"key": "stages.change", "config": body, "contacts": contacts}
        ok(api.post("/api/v1/actions", given), 202)
        settle()
        assert stands(contacts) == expected


def test_a_simulation_tells_who_stays(api, stages):
    contacts = crowd(stages)
    drawn = graph([node("move", "action", "stages.change", stage=stages[0])], "start>move")
    path = f"/api/v1/campaigns/{run(api, drawn)}"
    [moment] = ok(api.post(f"{path}/simulate", {"contact": contacts[2]}))["moments"]
    assert (moment["outcome"], moment["reason"]) == ("skipped", "Has come further already")
