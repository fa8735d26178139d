"""Several editions beside each other: who is held out of all, and goals of each count."""

import pytest

from campaigns.models import Campaign, HeldOut, Visit
from kernel import clock
from kernel.events import Fact, record
from tests.campaigns.versions import publish, publish_anew, redraw
from tests.journey import VISITED, bring, graph, node, ok, people, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


def aiming(goal, page):
    return graph(
        [node("rest", "wait", **{"for": "9d"}), node(goal, "goal", VISITED, where={"page": page})],
        "start>rest",
    )  # fmt: skip


def ids(rows):
    return set(rows.values_list("contact_id", flat=True))


def visit(contacts, page):
    now = clock.now()
    record(VISITED, [Fact(one, now, data={"page": page}) for one in sorted(contacts)], now=now)
    settle()


def goals(api, campaign):
    return ok(api.get(f"/api/v1/campaigns/{campaign}/goals"))


def test_who_is_held_out_is_so_of_every_edition(api):
    contacts = people(120)
    early, late = set(contacts[:60]), set(contacts[60:])
    campaign = run(api, aiming("won", "old"), holdout=50)
    bring(api, campaign, sorted(early))
    settle()
    out = ids(HeldOut.objects)
    assert 10 <= len(out) <= 50
    publish_anew(api, campaign, in_flight="finish")
    bring(api, campaign, contacts)
    settle()
    assert ids(HeldOut.objects) & early == out
    assert 10 <= len(ids(HeldOut.objects) & late) <= 50
    went = {edition: ids(Visit.objects.filter(edition=edition)) for edition in (1, 2)}
    assert went == {1: early - out, 2: late - ids(HeldOut.objects)}


def test_goals_count_of_ways_through_any_edition(api):
    contacts = people(4)
    campaign = run(api, aiming("bought", "old"))
    bring(api, campaign, contacts[:2])
    settle()
    redraw(api, campaign, aiming("subscribed", "new"))
    publish(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[2:])
    settle()
    visit(contacts[1:3], "old")
    assert goals(api, campaign)["ways"] == {"contacts": 4, "reached": 1, "rate": 0.25}
    visit(contacts[2:3], "new")
    half = {"contacts": 4, "reached": 2, "rate": 0.5}
    assert goals(api, campaign)["ways"] == half
    # The last one leaves the first edition: what was reached in it still counts.
    visit(contacts[:1], "old")
    publish_anew(api, campaign, in_flight="finish")
    assert goals(api, campaign)["ways"] == {"contacts": 4, "reached": 3, "rate": 0.75}


def test_those_held_out_are_compared_by_the_goals_of_every_edition_that_runs(api):
    contacts = people(60)
    campaign = run(api, aiming("bought", "old"), holdout=50)
    bring(api, campaign, contacts)
    settle()
    redraw(api, campaign, aiming("subscribed", "new"))
    publish(api, campaign, in_flight="finish")
    went, out = sorted(ids(Visit.objects)), sorted(ids(HeldOut.objects))
    visit([went[0], out[0], out[1]], "old")
    visit([went[1], went[0]], "new")
    found = goals(api, campaign)
    assert (found["went"]["reached"], found["held_out"]["reached"]) == (2, 2)
    # Nobody is left in the older version: what counted goes on counting.
    Campaign.objects.update(finishing=[])
    assert goals(api, campaign) == found


def test_a_share_held_out_is_told_among_what_versions_differ_in(api):
    campaign = run(api, aiming("won", "old"))
    ok(api.patch(f"/api/v1/campaigns/{campaign}", {"holdout": 20}))
    told = ok(api.get(f"/api/v1/campaigns/{campaign}/compare"))
    [row] = told["settings"]
    assert (row["name"], row["before"], row["after"]) == ("holdout", "0%", "20%")
    publish(api, campaign)
    seen = ok(api.post(f"/api/v1/campaigns/{campaign}/versions/1/draft", {}, format="json"))
    assert seen["campaign"]["holdout"] == 0
