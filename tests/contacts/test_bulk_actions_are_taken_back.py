"""Bulk actions say what they did, ask for a choice, and are taken back contact by contact."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from backoffice import bulk
from contacts.backoffice import doing
from contacts.models import Contact, ContactState
from segments.models import Member
from stages.models import Stage
from tests.contacts.test_bulk_actions_on_screen import do, people, tags_of
from tests.contacts.test_contacts_on_screen import add
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def told(screen: Client) -> tuple[str, str]:
    """Return the last news, and the token that takes it back."""
    last = list(screen.get("/contacts").context["messages"])[-1]
    return str(last), (last.extra_tags or "").removeprefix("undo:")


def undo(screen: Client, token: str) -> str:
    assert token
    screen.post("/undo", {"undo": token})
    return told(screen)[0]


def stages(*ids: int) -> list[int | None]:
    known = dict(ContactState.objects.values_list("contact_id", "stage_id"))
    return [known[pk] for pk in ids]


def test_everybody_comes_back_to_the_stage_they_were_in(screen: Client):
    lead, customer = (Stage.objects.create(name=name) for name in ("Lead", "Customer"))
    a, b, c = people(3)
    do(screen, "stage", [a], stage=lead.pk)
    do(screen, "stage", [c], stage=customer.pk)
    do(screen, "stage", [a, b, c], stage=customer.pk)
    said, token = told(screen)
    assert said == "3 contacts moved to “Customer”"
    assert stages(a, b, c) == [customer.pk] * 3
    undo(screen, token)
    assert stages(a, b, c) == [lead.pk, None, customer.pk]


def test_who_was_moved_on_meanwhile_stays_there(screen: Client):
    lead, customer, fan = (Stage.objects.create(name=name) for name in ("L", "C", "F"))
    a, b = people(2)
    do(screen, "stage", [a, b], stage=lead.pk)
    do(screen, "stage", [a, b], stage=customer.pk)
    token = told(screen)[1]
    do(screen, "stage", [b], stage=fan.pk)
    lead.delete()
    undo(screen, token)
    assert stages(a, b) == [None, fan.pk]


@pytest.mark.parametrize("action", ["stage", "owner", "email"])
def test_nothing_is_chosen_beforehand_and_a_choice_is_asked_for(screen: Client, action: str):
    Stage.objects.create(name="Customer")
    ids = people(1)
    asked = screen.post(f"/contacts/bulk/{action}", {"ids": f"{ids[0]}"}).context["form"]
    [field] = [field for field in asked if field.name == action]
    assert field.field.choices[0][0] == ""
    refused = do(screen, action, ids, **{action: ""})
    assert refused.status_code == 422
    assert "Choose " in refused.content.decode()
    assert stages(*ids) == [None]


def test_owners_points_and_tags_are_what_they_were(screen: Client, alice: User, bob: User):
    a, b = add(email="a@example.com", owner=bob.pk).pk, add(email="b@example.com").pk
    do(screen, "owner", [a, b], owner=alice.pk)
    said, token = told(screen)
    assert said == "2 contacts belong to Alice now"
    undo(screen, token)
    assert [Contact.objects.get(pk=pk).owner_id for pk in (a, b)] == [bob.pk, None]
    do(screen, "owner", [a], owner="none")
    assert told(screen)[0] == "1 contact belongs to nobody now"
    do(screen, "points", [a, b], delta="-1")
    said, token = told(screen)
    assert said == "2 contacts lost 1 point"
    undo(screen, token)
    assert set(ContactState.objects.values_list("points", flat=True)) == {0}
    do(screen, "tags", [a], add="vip", remove="old")
    assert told(screen)[0] == "1 contact tagged “vip” · nobody had “old”"


def test_what_became_of_each_tag_is_said(screen: Client):
    a, b, c = people(3)
    do(screen, "tags", [a], add="snowboard")
    do(screen, "tags", [a, b, c], remove="snowboard, nosuch")
    assert told(screen)[0] == "“snowboard” taken off 1 contact · nobody had “nosuch”"
    do(screen, "tags", [a, b], add="ski")
    do(screen, "tags", [a, b, c], add="ski, sea")
    assert told(screen)[0] == "3 contacts tagged “sea” · 1 contact tagged “ski”"
    do(screen, "tags", [a, b], add="ski", remove="nosuch")
    assert told(screen) == ("“ski” was there already · nobody had “nosuch”", "")


@pytest.mark.parametrize("action", ["stage", "owner", "tags", "segments", "channel"])
def test_an_undo_says_how_many_it_left_as_they_are(
    screen: Client, alice: User, bob: User, api: Any, action: str
):
    one, other = (Stage.objects.create(name=name).pk for name in "AB")
    segment = api.post("/api/v1/segments", {"name": "S", "filter": None}, format="json").json()
    asked: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "stage": ({"stage": one}, {"stage": other}),
        "owner": ({"owner": alice.pk}, {"owner": bob.pk}),
        "tags": ({"add": "vip"}, {"remove": "vip"}),
        "segments": ({"add": [segment["id"]]}, {"remove": [segment["id"]]}),
        "channel": (
            {"what": "close", "channel": "email", "comment": ""},
            {"what": "open", "channel": "email", "comment": ""},
        ),
    }
    first, second = asked[action]
    a, b, c, d = people(4)
    do(screen, action, [d], **first)
    do(screen, action, [a, b, c, d], **first)
    token = told(screen)[1]
    do(screen, action, [b], **second)
    # The fourth was there before: nothing of them was to be undone.
    assert undo(screen, token) == "Undone; 1 stays as it is now: it was changed meanwhile."
    do(screen, action, [a], **first)
    token = told(screen)[1]
    do(screen, action, [a], **second)
    assert undo(screen, token).startswith("Nothing is undone: 1 was changed meanwhile")


def test_members_by_filter_or_hand_are_what_they_were(screen: Client, api: Any):
    tree = {"all": [{"field": "city", "op": "is", "value": "Nice"}]}
    made = [{"name": "By hand", "filter": None}, {"name": "Nice", "filter": tree}]
    hand, nice = (int(api.post("/api/v1/segments", m, format="json").json()["id"]) for m in made)
    a, b, c = (
        add(email=f"{n}@example.com", city=t).pk for n, t in [("a", "Nice"), ("b", ""), ("c", "")]
    )
    settle()
    do(screen, "segments", [a], add=[hand])
    before = set(Member.objects.values_list("segment_id", "contact_id", "manual"))
    assert (nice, a, Member.Origin.FILTER) in before
    do(screen, "segments", [a, b, c], add=[nice], remove=[hand])
    said, token = told(screen)
    assert said == "3 contacts added to “Nice” · 3 contacts removed from “By hand”"
    settle()
    undo(screen, token)
    settle()
    assert set(Member.objects.values_list("segment_id", "contact_id", "manual")) == before
    for segment in (hand, nice):
        assert api.get(f"/api/v1/segments/{segment}").json()["member_count"] == 1


def test_what_cannot_be_undone_says_so_before(screen: Client, monkeypatch: pytest.MonkeyPatch):
    ids = people(3)
    asked = {"ids": f"{ids[0]}"}
    assert "cannot be undone" in screen.post("/contacts/bulk/campaigns", asked).content.decode()
    assert "undone" not in screen.post("/contacts/bulk/stage", asked).content.decode()
    monkeypatch.setattr(doing, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    whole = screen.post("/contacts/bulk/stage", {"whole": "yes", "search": ""}).content.decode()
    assert "Move 3 contacts to a stage" in whole
    assert "stopped, but not undone" in whole


def test_an_undo_reaches_only_who_may_still_be_changed(
    screen: Client, client: Client, alice: User, dora: User
):
    mine = add(email="m@example.com", owner=dora.pk).pk
    client.force_login(dora)
    do(client, "tags", [mine], add="vip")
    token = told(client)[1]
    Contact.objects.filter(pk=mine).update(owner=alice)
    undo(client, token)
    assert tags_of(mine) == ["vip"]
