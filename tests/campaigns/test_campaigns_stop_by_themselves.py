"""A campaign stops by itself when a step fails for too many, and tells who can mend it."""

from datetime import timedelta

import pytest

from accounts.models import User
from campaigns.models import Campaign
from campaigns.services import watching
from kernel import clock
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.trail import history
from notices.models import Notice
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph([node("do", "action", "testing.gate"), points("then")], "start>do", "do>then")
refused: set[int] = set()


@pytest.fixture(autouse=True)
def gate():
    """An action that is refused for some contacts."""

    class Gate(ContactAction):
        key = "testing.gate"
        label = "Gate"

        def run(self, batch: Batch, now) -> Outcomes:
            return Outcomes(refused=dict.fromkeys(refused & set(batch.contacts), "Not today."))

    refused.clear()
    contact_actions.register(Gate)
    yield
    contact_actions._entries.pop(Gate.key)


def come(api, campaign: str, number: int, failing: int) -> list[int]:
    contacts = people(number)
    refused.update(contacts[:failing])
    bring(api, campaign, contacts)
    settle()
    return contacts


def state(campaign: str) -> str:
    return Campaign.objects.get(pk=campaign).state


@pytest.mark.parametrize(
    ("number", "failing", "settings", "stops"),
    [
        (30, 3, {}, False),
        (30, 4, {}, True),
        (19, 19, {}, False),
        (20, 20, {}, True),
        (30, 30, {"campaigns.pause_percent": 0}, False),
        (30, 4, {"campaigns.pause_percent": 50}, False),
        (5, 5, {"campaigns.pause_least": 5}, True),
    ],
)
def test_it_stops_above_the_share_and_among_enough(api, number, failing, settings, stops):
    if settings:
        ok(api.patch("/api/v1/preferences", settings))
    campaign = run(api, WAY)
    come(api, campaign, number, failing)
    assert bool(watching.watch(clock.now())) is stops
    assert state(campaign) == ("unpublished" if stops else "published")
    assert watching.watch(clock.now()) == []


def test_the_newest_parked_are_held_against_all_who_passed_since_the_oldest_of_them(api):
    """60 of 660 are 9 %; those beyond the newest 500 are people who came, too."""
    campaign = run(api, WAY)
    come(api, campaign, 660, 60)
    assert watching.watch(clock.now()) == []
    come(api, campaign, 20, 20)
    assert watching.watch(clock.now()) == [int(campaign)]


def test_it_is_judged_again_once_nobody_else_changes_it(api):
    campaign = run(api, WAY)
    contacts = come(api, campaign, 20, 20)
    (found,) = watching.failing(clock.now())
    refused.clear()
    ok(api.post(f"/api/v1/campaigns/{campaign}/retry", {"contacts": contacts}, format="json"))
    settle()
    assert not watching.stop(found.campaign, clock.now())
    assert state(campaign) == "published"
    assert not Notice.objects.exists()


def test_its_owner_and_the_administrators_are_told_why_and_how_to_go_on(
    api, alice: User, dora: User, bob: User
):
    User.objects.filter(pk=dora.pk).update(language="fr")
    campaign = run(api, WAY)
    Campaign.objects.filter(pk=campaign).update(owner=dora, name="Welcome")
    come(api, campaign, 20, 10)
    assert watching.watch(clock.now()) == [int(campaign)]
    told = {row.user_id: row for row in Notice.objects.all()}
    assert set(told) == {alice.pk, dora.pk}
    assert told[alice.pk].title == "“Welcome” was stopped: a step keeps failing"
    assert "failed for 10 of 20 people." in told[alice.pk].text
    # What it said may name somebody: that stands on the page, for whoever may see them.
    assert "Not today." not in told[alice.pk].text
    assert told[alice.pk].path == f"/campaigns/parked?campaign={campaign}"
    assert "arrêtée" in told[dora.pk].title
    entry = history("campaigns", int(campaign), 1)[0]
    assert (entry.verb, entry.after) == ("pause", {"step": "do", "failed": 10, "people": 20})


def test_who_mends_and_publishes_again_is_not_stopped_by_what_was_before(api, shift):
    campaign = run(api, WAY)
    come(api, campaign, 20, 20)
    assert watching.watch(clock.now())
    shift(timedelta(minutes=5))
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    refused.clear()
    assert watching.watch(clock.now()) == []
    assert ok(api.post(f"/api/v1/campaigns/{campaign}/retry", {})) == {"retried": 20}
    settle()
    shift(timedelta(minutes=5))
    assert watching.watch(clock.now()) == []
    come(api, campaign, 40, 6)
    assert watching.watch(clock.now()) == []
    # Now 26 of 100.
    come(api, campaign, 40, 20)
    assert watching.watch(clock.now()) == [int(campaign)]


def test_yesterday_is_over(api, shift):
    campaign = run(api, WAY)
    come(api, campaign, 20, 20)
    shift(timedelta(hours=25))
    assert watching.watch(clock.now()) == []
    assert state(campaign) == "published"


@pytest.mark.parametrize("value", [-1, 100, 1.5, True, "10"])
def test_only_shares_are_taken(api, value):
    assert api.patch("/api/v1/preferences", {"campaigns.pause_percent": value}).status_code == 400
