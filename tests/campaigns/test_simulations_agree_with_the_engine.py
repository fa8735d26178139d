"""Random journeys in which nothing happens: each step ends as simulated, at the same instant."""

import random

import pytest

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign, Outcome, StepLog, Visit
from campaigns.services.simulating import taken_back, walk
from tests.campaigns.test_the_engine_agrees_with_a_model import random_graph
from tests.journey import bring, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
# Journeys that jump go on for ever; so many instants of them are compared.
MOST = 15
SEEDS = [*range(200, 205), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_journey_goes_as_it_was_simulated(api, seed):
    contact = people(2)[seed % 2]
    campaign = Campaign.objects.get(pk=run(api, random_graph(random.Random(seed))))
    bring(api, str(campaign.pk), [contact])
    entered = Visit.objects.get().entered_at
    with taken_back():
        way = walk(plan_of(campaign.published_id), contact, entered, {})
    assert Visit.objects.get().entered_at == entered
    instants = sorted({moment.at for moment in way.moments if moment.at})[:MOST]
    for at in instants:
        settle(at)
    logged = {
        (log.node.name, log.number, Outcome(log.outcome).name.lower(), log.at)
        for log in StepLog.objects.select_related("node")
    }
    simulated = {
        (moment.step, moment.number, moment.outcome, moment.at)
        for moment in way.moments
        if moment.at and moment.at <= instants[-1]
    }
    assert logged == simulated
    if way.ended not in ("waiting", "cut") and instants[-1] == way.ended_at:
        assert Visit.objects.get().left_at == way.ended_at
