"""K1: whoever is inside finishes in the version they entered, beside those in the newest."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, Visit
from kernel import clock, events
from kernel.events import Fact
from tests.campaigns.versions import in_flight, publish, redraw, standing
from tests.journey import VISITED, bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db


def waiting(last, length="10h"):
    return graph(
        [points("first"), node("rest", "wait", **{"for": length}), points("then", last)],
        "start>first", "first>rest", "rest>then",
    )  # fmt: skip


@pytest.fixture
def versions(api):
    """Two contacts in version 1, two in version 2, published so that the first finish."""
    contacts = people(4)
    campaign = run(api, waiting(10))
    bring(api, campaign, contacts[:2])
    settle()
    redraw(api, campaign, waiting(100, "1h"))
    publish(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[2:])
    settle()
    return campaign, contacts


def test_each_goes_through_the_version_they_entered(api, versions, shift):
    campaign, contacts = versions
    told = in_flight(api, campaign)["versions"]
    assert told == [{"number": 2, "active": 2}, {"number": 1, "active": 2}]
    assert figures(api, campaign)["rest"] == {"waiting": 4}
    shift(timedelta(hours=2))
    settle()
    assert totals(contacts) == [1, 1, 101, 101]
    shift(timedelta(hours=9))
    settle()
    assert totals(contacts) == [11, 11, 101, 101]
    assert figures(api, campaign) == {name: {"done": 4} for name in ("first", "rest", "then")}
    assert not Visit.objects.filter(left_at=None).exists()
    rows = ok(api.get(f"/api/v1/campaigns/{campaign}/nodes/then/contacts?limit=3"))
    more = ok(
        api.get(f"/api/v1/campaigns/{campaign}/nodes/then/contacts?limit=3&cursor={rows['next']}")
    )
    assert {row["contact"] for row in rows["results"] + more["results"]} == set(map(str, contacts))


def test_three_versions_run_beside_each_other(api, versions, shift):
    campaign, contacts = versions
    redraw(api, campaign, graph([points("now", 1000)], "start>now"))
    publish(api, campaign, in_flight="finish")
    late = [*people_more(1)]
    bring(api, campaign, late)
    settle()
    assert [row["number"] for row in in_flight(api, campaign)["versions"]] == [3, 2, 1]
    assert standing(api, campaign)["rest"] == ("gone", 4, 0)
    shift(timedelta(hours=11))
    settle()
    assert totals([*contacts, *late]) == [11, 11, 101, 101, 1000]
    # Nobody is left in the older ones: they run no more.
    publish(api, campaign)
    assert [row["number"] for row in in_flight(api, campaign)["versions"]] == [4]


def people_more(number):
    from contacts.models import Contact, ContactState

    made = [Contact.objects.create(email=f"late{place}@example.com") for place in range(number)]
    ContactState.objects.bulk_create(ContactState(contact=contact) for contact in made)
    return [contact.pk for contact in made]


def test_whoever_finishes_may_still_be_moved_and_repeats_nothing(api, versions, shift):
    """What they have done goes with them: where their paths meet, the step has run."""
    campaign, contacts = versions
    redraw(api, campaign, waiting(1000, "30m"))
    publish(api, campaign)
    assert in_flight(api, campaign)["versions"] == [{"number": 3, "active": 4}]
    assert figures(api, campaign) == {"first": {"done": 4}, "rest": {"waiting": 4}, "then": {}}
    shift(timedelta(minutes=31))
    settle()
    assert totals(contacts) == [1001] * 4
    assert StepLog.objects.count() == 12


def test_a_join_reached_in_the_old_version_does_not_run_again_in_the_new(api, shift):
    paths = graph(
        [node("a", "wait", **{"for": "1h"}), node("b", "wait", **{"for": "5h"}), points("meet", 3)],
        "start>a", "start>b", "a>meet", "b>meet",
    )  # fmt: skip
    contacts = people(2)
    campaign = run(api, paths)
    bring(api, campaign, contacts)
    settle()
    publish(api, campaign, in_flight="finish")
    shift(timedelta(hours=2))
    settle()
    assert totals(contacts) == [3, 3]
    publish(api, campaign)
    shift(timedelta(hours=5))
    settle()
    assert totals(contacts) == [3, 3]
    assert not Step.objects.exists()


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


def test_the_clock_of_both_versions_stands_still_while_unpublished(api, versions, shift):
    campaign, contacts = versions
    shift(timedelta(minutes=30))
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    shift(timedelta(days=5))
    publish(api, campaign, in_flight="finish")
    assert totals(contacts) == [1] * 4
    shift(timedelta(minutes=32))
    settle()
    assert totals(contacts) == [1, 1, 101, 101]
    shift(timedelta(hours=9))
    settle()
    assert totals(contacts) == [11, 11, 101, 101]


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
