"""K1: whoever is inside finishes in the version they entered, beside those in the newest."""

from datetime import timedelta

import pytest

from campaigns.models import Step, StepLog, Visit
from tests.campaigns.versions import in_flight, publish, redraw, standing
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
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


def test_who_waits_anew_is_told_of_older_versions_too(api, versions):
    """The draft is as the newest; those in the first would wait for something else."""
    campaign, _contacts = versions
    steps = {step["step"]: step for step in in_flight(api, campaign)["steps"]}
    assert {name: (step["state"], step["anew"]) for name, step in steps.items()} == {
        "rest": ("changed", True), "then": ("changed", False),
    }  # fmt: skip


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
