"""K9: parked steps by step and error, over REST and on a page, freed by group or by person."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from campaigns.models import Campaign, Step, StepState, Visit
from campaigns.services import held
from campaigns.services import parked as grouping
from campaigns.services.freeing import digest
from contacts.models import Contact
from kernel import clock
from kernel.trail import history
from tests.campaigns.counting import count
from tests.campaigns.versions import publish_anew
from tests.cast import client_of as api_of
from tests.journey import bring, figures, graph, node, ok, people, run
from tests.journey import points as giving
from tests.settle import settle

pytestmark = pytest.mark.django_db
WAY = graph(
    [node("rest", "wait", **{"for": "10h"}), giving("then")], "start>rest", "rest>then"
)  # fmt: skip
GATE, TAG = "The gateway refused.", "ValueError: No such tag."


def park(campaign: str, contacts: list[int], error: str, number: int = 1) -> None:
    """Leave these as a step leaves those for whom it failed for good."""
    visits = Visit.objects.filter(campaign=int(campaign))
    steps = Step.objects.filter(
        contact_id__in=contacts, visit_id__in=list(visits.values_list("pk", flat=True))
    )
    steps.update(state=StepState.PARKED, error=error, attempts=5, due_at=clock.now())
    count(campaign, "rest", number=number, waiting=-len(contacts), failed=len(contacts))


@pytest.fixture
def parked(api: Any) -> tuple[str, list[int]]:
    contacts = people(7)[:5]
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
    """Ask as the page does: an error by its digest, all of them unless some are ticked."""
    asked = {"campaign": campaign, "step": "rest", "error": digest(error), "act": act}
    return {**asked, "whom": "all", **more}


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
    client.post("/campaigns/parked", body | ({} if ticked else {"whom": "all"}))
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


def test_an_error_of_several_lines_is_freed_as_the_browser_sends_it(client, alice: User, parked):
    campaign, contacts = parked
    park(campaign, contacts[4:], "550 Refused.\n See the policy.")
    client.force_login(alice)
    page = client.get("/campaigns/parked").content.decode()
    sent = next(
        one
        for one in re.findall(r'name="error" value="([^"]*)"', page, re.DOTALL)
        if one == digest("550 Refused.\n See the policy.")
    )
    # A form's line breaks come as CR LF.
    body = asked(campaign, "end", "") | {"error": re.sub("\r?\n", "\r\n", sent)}
    client.post("/campaigns/parked", body)
    left = Step.objects.filter(state=StepState.PARKED).values_list("contact_id", flat=True)
    assert set(left) == set(contacts[:4])


@pytest.mark.parametrize(
    "wrong",
    [{"whom": ""}, {"whom": "", "contact": ["x"]}, {"error": ""}, {"error": "\0"}, {"step": "\0"}],
)
def test_what_does_not_say_whom_frees_nobody(client, alice: User, parked, wrong: dict):
    client.force_login(alice)
    body = asked(parked[0], "end", GATE) | wrong
    assert client.post("/campaigns/parked", body).status_code == 302
    assert client.get("/campaigns/parked/ask", body).status_code == 200
    assert Step.objects.filter(state=StepState.PARKED).count() == 4


def test_of_too_many_the_newest_are_freed(api, parked, monkeypatch):
    """Those are whom a campaign is judged by that was published again."""
    monkeypatch.setattr(held, "MOST_PARKED", 2)
    campaign, contacts = parked
    assert ok(api.post(f"/api/v1/campaigns/{campaign}/end", {})) == {"ended": 2}
    left = Step.objects.filter(state=StepState.PARKED).values_list("contact_id", flat=True)
    assert set(left) == set(contacts[:2])


def test_a_campaign_one_does_not_see_has_no_page(client: Client, alice: User, parked):
    client.force_login(alice)
    for number in ("999999", "x"):
        assert client.get(f"/campaigns/parked?campaign={number}").status_code == 404


def test_what_was_cut_off_is_said(client: Client, alice: User, parked, monkeypatch):
    client.force_login(alice)
    assert "are shown" not in client.get("/campaigns/parked").content.decode()
    monkeypatch.setattr(grouping, "MOST", 1)
    page = client.get("/campaigns/parked")
    assert "The 1 largest groups are shown." in page.content.decode()
    assert len(page.context["groups"]) == 1
    run(api_of(alice), WAY)
    monkeypatch.setattr(grouping, "CAMPAIGNS", 1)
    page = client.get("/campaigns/parked").content.decode()
    assert "Only the 1 newest campaigns were looked through." in page


def test_many_groups_cost_as_many_statements_as_one(api, parked, django_assert_num_queries):
    other = run(api, WAY)
    bring(api, other, parked[1])
    settle()
    park(other, parked[1], "Another reason.")
    with django_assert_num_queries(8):
        assert len(grouping.groups(list(Campaign.objects.filter(pk=parked[0])))) == 2
    with django_assert_num_queries(8):
        assert len(grouping.groups(list(Campaign.objects.all()))) == 3


@pytest.mark.parametrize("verb", ["retry", "skip", "end"])
def test_of_a_version_those_alone_are_freed(api, parked, verb):
    campaign, contacts = parked
    publish_anew(api, campaign, in_flight="finish")
    late = list(Contact.objects.order_by("-pk").values_list("pk", flat=True)[:2])
    bring(api, campaign, late)
    settle()
    park(campaign, late, GATE, 2)
    for wrong in (0, 9, None, "x", ""):
        body = {"node": "rest", "version": wrong}
        refused = api.post(f"/api/v1/campaigns/{campaign}/{verb}", body, format="json")
        assert ok(refused, 400)["errors"][0]["field"] == "version"
    body = {"version": 2}
    answer = ok(api.post(f"/api/v1/campaigns/{campaign}/{verb}", body, format="json"))
    assert list(answer.values()) == [2]
    left = Step.objects.filter(state=StepState.PARKED).values_list("contact_id", flat=True)
    assert set(left) == set(contacts[:4])
