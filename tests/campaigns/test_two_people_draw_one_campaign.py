"""Two people draw one campaign: the second to save chooses, and neither loses anything."""

from typing import Any

import pytest

from accounts.models import BuiltIn, Role, User
from campaigns.models import Campaign
from tests.cast import make_user

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = {"id": "wait-1", "kind": "wait", "key": "wait", "config": {"for": "1d"}}
NODE = WAIT | {"position": {"x": 0, "y": 0}}
EDGE = {"from": "start", "to": "wait-1", "branch": "next"}


@pytest.fixture
def campaign(alice: User) -> Campaign:
    graph = {"nodes": [NODE], "edges": [EDGE]}
    return Campaign.objects.create(name="Onboarding", owner=alice, graph=graph)


@pytest.fixture
def both(open_page: Any, campaign: Campaign) -> tuple[Any, Any]:
    """Bob has saved what it is for; Alice, who has not seen that, took the wait away."""
    bob = make_user("Bob", Role.objects.get(built_in=BuiltIn.MARKETER))
    page = open_page(f"/campaigns/{campaign.pk}")
    page.wait_for_selector("[data-step=wait-1]")
    other = open_page(f"/campaigns/{campaign.pk}", user=bob)
    other.get_by_label("What it is for").fill("Say hello")
    saved(other)
    page.locator("[data-step=wait-1]").click()
    page.wait_for_selector("[data-step=wait-1]:focus")
    page.keyboard.press("Delete")
    page.wait_for_selector("dialog[open] >> text=Somebody else changed this campaign")
    return page, other


def saved(page: Any) -> None:
    page.wait_for_selector("[data-saving=saved]")


def drawn(campaign: Campaign) -> tuple[str, int]:
    campaign.refresh_from_db()
    return campaign.objective, len(campaign.graph["nodes"])


def test_theirs_is_seen_and_ours_is_one_undo_away_with_the_question(both: Any, campaign: Campaign):
    page, _other = both
    page.get_by_role("button", name="See theirs").click()
    page.wait_for_selector("[data-step=wait-1]")
    assert drawn(campaign) == ("Say hello", 1)
    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_selector("[data-step=wait-1]", state="detached")
    page.wait_for_selector("dialog[open] >> text=Somebody else changed this campaign")
    assert drawn(campaign) == ("Say hello", 1)
    page.locator("dialog[open] .btn.danger").click()
    saved(page)
    assert drawn(campaign) == ("", 0)


def test_ours_becomes_a_copy_and_theirs_stays(both: Any, campaign: Campaign, alice: User):
    page, _other = both
    page.get_by_role("button", name="copy").click()
    page.wait_for_url(lambda address: not address.endswith(f"/{campaign.pk}"))
    page.wait_for_selector("[data-step=start]")
    copy = Campaign.objects.exclude(pk=campaign.pk).get()
    assert (copy.owner, len(copy.graph["nodes"])) == (alice, 0)
    assert drawn(campaign) == ("Say hello", 1)


def test_ours_is_put_over_theirs_who_are_told_when_they_save(both: Any, campaign: Campaign):
    page, other = both
    page.locator("dialog[open] .btn.danger").click()
    saved(page)
    assert drawn(campaign) == ("", 0)
    other.get_by_label("What it is for").fill("Say hello again")
    other.wait_for_selector("dialog[open] >> text=Somebody else changed this campaign")
    assert drawn(campaign) == ("", 0)
