"""K1: goals and what is used, of those who finish in the version they entered."""

import pytest

from kernel import clock, events
from kernel.events import Fact
from tests.campaigns.versions import publish, redraw
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def test_goals_and_decisions_are_those_of_ones_own_version(api, shift):
    def aiming(page, delta):
        return graph(
            [node("rest", "wait", **{"for": "10h"}), node("goal", "goal", VISITED,
             where={"page": page}), points("won", delta)],
            "start>rest", "goal>won",
        )  # fmt: skip

    contacts = people(2)
    campaign = run(api, aiming("old", 10))
    bring(api, campaign, contacts[:1])
    settle()
    redraw(api, campaign, aiming("new", 100))
    publish(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[1:])
    settle()
    for page in ("new", "old"):
        now = clock.now()
        events.record(VISITED, [Fact(one, now, data={"page": page}) for one in contacts], now=now)
        settle()
        if page == "new":
            assert totals(contacts) == [0, 100]
    assert totals(contacts) == [10, 100]
    assert figures(api, campaign)["goal"] == {"done": 2, "yes": 2}


def test_what_an_older_version_sends_is_in_use_until_nobody_is_left(api, shift, alice):
    from emails.models import Email

    mail = Email.objects.create(name="Old mail", type="template", subject="Hi", owner=alice)
    old = graph(
        [node("rest", "wait", **{"for": "10h"}),
         node("mail", "action", "emails.send", email=str(mail.pk))],
        "start>rest", "rest>mail",
    )  # fmt: skip
    campaign = run(api, old)
    bring(api, campaign, people(1))
    settle()
    redraw(api, campaign, graph([points("now")], "start>now"))
    publish(api, campaign, in_flight="finish")
    assert api.delete(f"/api/v1/emails/{mail.pk}").status_code == 409
    publish(api, campaign)
    assert api.delete(f"/api/v1/emails/{mail.pk}").status_code == 204


def test_a_goal_of_an_older_version_reached_while_unpublished_counts(api, shift):
    aiming = graph(
        [node("rest", "wait", **{"for": "10h"}), node("goal", "goal", VISITED), points("won", 7)],
        "start>rest", "goal>won",
    )  # fmt: skip
    [zoe] = people(1)
    campaign = run(api, aiming)
    bring(api, campaign, [zoe])
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    now = clock.now()
    events.record(VISITED, [Fact(zoe, now)], now=now)
    settle()
    redraw(api, campaign, graph([points("now", 100)], "start>now"))
    publish(api, campaign, in_flight="finish")
    assert totals([zoe]) == [7]
