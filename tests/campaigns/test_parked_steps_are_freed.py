"""Parked steps, whatever parked them, are tried again, skipped or ended by who may."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepState, Visit
from campaigns.services import deciding
from contacts.models import Contact
from kernel import clock, events
from kernel.events import Fact
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.journey import deciding as asking
from tests.settle import settle

pytestmark = pytest.mark.django_db
ENDLESS = graph([points("give"), node("back", "jump", to="give")], "start>give", "give>back")


def url(campaign, rest):
    return f"/api/v1/campaigns/{campaign}/{rest}"


@pytest.fixture
def blind(monkeypatch):
    """Looking back fails for these contacts."""
    unlucky = set()
    look = deciding.first_matches

    def fail(node, steps):
        if unlucky & {step.contact for step, _last in steps}:
            raise ValueError("cannot look back")
        return look(node, steps)

    monkeypatch.setattr(deciding, "first_matches", fail)
    return unlucky


def test_who_cannot_be_looked_back_for_is_parked_alone_and_waits_anew(api, blind, shift):
    zoe, max_, eve = people(3)
    blind.add(max_)
    campaign = run(api, asking(within="1h"))
    bring(api, campaign, [zoe, max_, eve])
    settle()
    assert figures(api, campaign)["asked"] == {"waiting": 2, "failed": 1}
    blind.clear()
    now = clock.now()
    events.record(VISITED, [Fact(max_, now)], now=now)
    settle()
    assert ok(api.post(url(campaign, "retry"))) == {"retried": 1}
    settle()
    assert totals([zoe, max_, eve]) == [1, 11, 1]
    shift(timedelta(hours=2))
    settle()
    assert totals([zoe, max_, eve]) == [101, 11, 101]


def test_a_decision_tried_again_keeps_its_time(api, blind, shift):
    [zoe] = people(1)
    blind.add(zoe)
    campaign = run(api, asking(within="1h"))
    bring(api, campaign, [zoe])
    settle()
    shift(timedelta(minutes=50))
    blind.clear()
    ok(api.post(url(campaign, "retry")))
    settle()
    assert Step.objects.get().state == StepState.WAITING
    shift(timedelta(minutes=11))
    settle()
    assert totals([zoe]) == [101]


def test_skipped_decisions_are_a_no(api, blind):
    zoe, max_ = people(2)
    blind.update([zoe, max_])
    campaign = run(api, asking(within="1h"))
    bring(api, campaign, [zoe, max_])
    settle()
    assert ok(api.post(url(campaign, "skip"), {"contacts": [zoe]})) == {"skipped": 1}
    settle()
    assert totals([zoe, max_]) == [101, 1]
    assert figures(api, campaign)["asked"] == {"failed": 1, "done": 1, "no": 1}


def test_ways_that_are_stuck_are_ended(api):
    zoe, max_ = people(2)
    campaign = run(api, ENDLESS)
    bring(api, campaign, [zoe])
    settle()
    assert ok(api.post(url(campaign, "end"), {"node": "give"})) == {"ended": 0}
    assert ok(api.post(url(campaign, "end"), {"node": "back"})) == {"ended": 1}
    assert Visit.objects.get().left_at is not None
    assert figures(api, campaign)["back"].get("failed") is None
    assert bring(api, campaign, [max_])["entered"] == [str(max_)]


@pytest.mark.parametrize("verb", ["retry", "skip", "end"])
def test_only_who_may_change_the_contacts_frees_them(api, api_dora, api_bob, dora, blind, verb):
    mine, other = people(2)
    Contact.objects.filter(pk=mine).update(owner=dora)
    blind.update([mine, other])
    campaign = run(api_dora, asking(within="1h"))
    bring(api, campaign, [mine, other])
    settle()
    assert figures(api, campaign)["asked"]["failed"] == 2
    assert api_bob.post(url(campaign, verb)).status_code == 403
    assert list(ok(api_dora.post(url(campaign, verb))).values()) == [1]
    assert Step.objects.get(contact_id=other).state == StepState.PARKED
    unknown = api.post(url(campaign, verb), {"node": "nowhere"})
    assert unknown.status_code == 404
    assert api.get(url(campaign, "nodes/nowhere/contacts")).status_code == 404
    ok(api.post(url(campaign, "unpublish")))
    assert api.post(url(campaign, verb)).status_code == 409
