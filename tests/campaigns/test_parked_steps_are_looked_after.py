"""K9: parked steps by step and error, over REST and on a page, freed by group or by person."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign, CampaignNode, Step, StepState, Visit
from campaigns.services import figures as kept
from campaigns.services import parked as grouping
from contacts.models import Contact
from kernel import clock
from kernel.trail import history
from tests.journey import bring, figures, graph, node, ok, people, run
from tests.journey import points as giving
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph(
    [node("rest", "wait", **{"for": "10h"}), giving("then")], "start>rest", "rest>then"
)  # fmt: skip
GATE, TAG = "The gateway refused.", "ValueError: No such tag."


def park(campaign: str, contacts: list[int], error: str) -> None:
    """Leave these as a step leaves those for whom it failed for good."""
    steps = Step.objects.filter(contact_id__in=contacts)
    steps.update(state=StepState.PARKED, error=error, attempts=5, due_at=clock.now())
    rest = CampaignNode.objects.get(campaign=int(campaign), name="rest")
    kept.add(rest.pk, waiting=-len(contacts), failed=len(contacts))


@pytest.fixture
def parked(api: Any) -> tuple[str, list[int]]:
    contacts = people(5)
    campaign = run(api, WAY)
    bring(api, campaign, contacts)
    settle()
    park(campaign, contacts[:3], GATE)
    park(campaign, contacts[3:4], TAG)
    return campaign, contacts


def groups(api: Any) -> list[tuple[str, str, int]]:
    rows = ok(api.get("/api/v1/campaigns/parked/groups"))["results"]
    return [(row["title"], row["error"], row["count"]) for row in rows]


def asked(campaign: str, act: str, error: str, **more: Any) -> dict[str, Any]:
    return {"campaign": campaign, "step": "rest", "error": error, "act": act, **more}


def test_groups_are_told_by_step_and_error_the_largest_first(api, client, alice, parked):
    _campaign, contacts = parked
    assert groups(api) == [("10 hours", GATE, 3), ("10 hours", TAG, 1)]
    client.force_login(alice)
    shown = client.get("/campaigns/parked").content.decode()
    assert shown.index(GATE) < shown.index("an error of the program (ValueError: No such tag.)")
    assert "p0@example.com" in shown
    assert "tried 5 times" in shown
    assert f"/contacts/{contacts[0]}" in shown
    other = run(api, WAY)
    one = client.get(f"/campaigns/parked?campaign={other}").content.decode()
    assert "Nothing is parked" in one


@pytest.mark.parametrize("act", ["retry", "skip", "end"])
@pytest.mark.parametrize("case", [([], "", 3), ([0, 1, 3, 4], "", 2), ([0], "all", 3)])
def test_what_is_said_beforehand_is_what_is_done(
    api, client, alice: User, parked, act: str, case: tuple[list[int], str, int]
):
    """Ticked people of another reason, or who are not parked, are left alone."""
    (campaign, contacts), (ticked, whom, counted) = parked, case
    client.force_login(alice)
    body = asked(campaign, act, GATE, contact=[contacts[n] for n in ticked], whom=whom)
    before = client.get("/campaigns/parked/ask", body)
    assert (before.context["steps"], before.context["ways"]) == (counted, counted)
    assert Step.objects.filter(state=StepState.PARKED).count() == 4
    client.post("/campaigns/parked", body)
    assert Step.objects.filter(state=StepState.PARKED).count() == 4 - counted
    gone = Visit.objects.exclude(left_at=None).count()
    assert gone == (counted if act == "end" else 0)
    assert figures(api, campaign)["rest"].get("done", 0) == (counted if act == "skip" else 0)
    entry = history("campaigns", int(campaign), 1)[0]
    assert (entry.verb, entry.after) == (act, {"step": "rest", "contacts": counted})


def test_the_api_frees_by_error_too(api, parked):
    campaign, _contacts = parked
    body = {"node": "rest", "error": TAG}
    assert ok(api.post(f"/api/v1/campaigns/{campaign}/end", body, format="json")) == {"ended": 1}
    assert groups(api) == [("10 hours", GATE, 3)]


def test_a_campaign_that_stands_still_says_so(api, client, alice: User, parked):
    campaign, _contacts = parked
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    client.force_login(alice)
    body = asked(campaign, "skip", GATE)
    assert "publish it first" in client.get("/campaigns/parked/ask", body).content.decode()
    page = client.post("/campaigns/parked", body, follow=True).content.decode()
    assert "publish it first" in page
    assert Step.objects.filter(state=StepState.PARKED).count() == 4


def test_only_own_contacts_are_seen_and_freed(client: Client, dora: User, alice: User, parked):
    campaign, contacts = parked
    Contact.objects.filter(pk=contacts[0]).update(owner=dora)
    Campaign.objects.filter(pk=campaign).update(owner=dora)
    client.force_login(dora)
    page = client.get("/campaigns/parked")
    assert [(group.count, may) for group, may in page.context["groups"]] == [(1, True)]
    body = asked(campaign, "end", GATE)
    assert client.get("/campaigns/parked/ask", body).context["ways"] == 1
    client.post("/campaigns/parked", body)
    left = set(Step.objects.filter(state=StepState.PARKED).values_list("contact_id", flat=True))
    assert left == set(contacts[1:4])


def test_who_may_only_look_frees_nobody(client: Client, bob: User, parked):
    client.force_login(bob)
    page = client.get("/campaigns/parked").content.decode()
    assert GATE in page
    assert "parked/ask" not in page
    body = asked(parked[0], "end", GATE)
    for answer in (
        client.post("/campaigns/parked", body),
        client.get("/campaigns/parked/ask", body),
    ):
        assert answer.status_code == 403


def test_many_groups_cost_as_many_statements_as_one(api, parked, django_assert_num_queries):
    rows = list(Campaign.objects.all())
    park(parked[0], parked[1][4:], "Another reason.")
    with django_assert_num_queries(7):
        assert len(grouping.groups(rows)) == 3
