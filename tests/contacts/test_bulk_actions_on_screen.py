"""Bulk actions on screen: on the rows ticked or on the whole result, within rights, taken back."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Role, User
from backoffice import bulk_screens, deeds
from contacts.backoffice import doing
from contacts.models import Contact, ContactState, ContactTag
from emails.models import CapturedMail
from kernel.models import Job
from stages.models import Stage
from tests.cast import make_user
from tests.contacts.test_contacts_on_screen import add
from tests.emails.people import make_email
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def people(count: int, **values: Any) -> list[int]:
    return [add(email=f"p{n}@example.com", **values).pk for n in range(count)]


def do(client: Client, action: str, ids: list[int], **sent: Any) -> Any:
    chosen = {"ids": ",".join(map(str, ids)), "confirmed": "yes"} if ids else {}
    return client.post(f"/contacts/bulk/{action}", {"confirmed": "yes", **chosen, **sent})


def tags_of(contact: int) -> list[str]:
    rows = ContactTag.objects.filter(contact_id=contact).select_related("tag")
    return sorted(row.tag.name for row in rows)


def test_each_action_asks_with_its_own_form(screen: Client):
    ids = people(2)
    often = ("tags", "segments", "campaigns", "owner", "stage", "points")
    for action in (*often, "task", "field", "channel"):
        dialog = screen.post(f"/contacts/bulk/{action}", {"ids": f"{ids[0]}"})
        assert dialog.status_code == 200
        assert dialog.context["selection"].count == 1
    assert do(screen, "tags", ids).status_code == 422
    assert do(screen, "points", ids, delta="0").status_code == 422


def test_a_task_is_offered_to_those_alone_who_may_make_one(client: Client):
    rights = {"contacts": {"*": "all"}}
    client.force_login(make_user("Erin", Role.objects.create(name="People", rights=rights)))
    offered = {action.key for action in client.get("/contacts").context["bulk"]}
    assert {"tags", "field"} <= offered
    assert "task" not in offered
    assert do(client, "task", people(1), title="Call them").status_code == 404


def test_tags_are_put_on_some_and_taken_back_exactly(screen: Client):
    ids = people(3)
    do(screen, "tags", [ids[0]], add="vip")
    done = do(screen, "tags", ids, add="vip, new")
    assert done.headers["HX-Refresh"] == "true"
    assert [tags_of(pk) for pk in ids] == [["new", "vip"]] * 3
    page = screen.get("/contacts")
    token = list(page.context["messages"])[-1].extra_tags.removeprefix("undo:")
    screen.post("/undo", {"undo": token})
    assert [tags_of(pk) for pk in ids] == [["vip"], [], []]
    trail = AuditEntry.objects.filter(verb="bulk").latest("pk")
    told = deeds.retold(trail.kind, trail.verb, trail.name, trail.after)
    assert told == "Undone: Tags: + new, + vip: 3"


def test_the_whole_result_is_meant_not_the_page(screen: Client):
    people(55, city="Paris")
    other = add(email="other@example.com", city="Rome")
    search = 'filter={"all":[{"field":"city","op":"is","value":"Paris"}]}'
    dialog = screen.post("/contacts/bulk/points", {"whole": "yes", "search": search})
    assert dialog.context["selection"].count == 55
    do(screen, "points", [], whole="yes", search=search, delta="5")
    assert ContactState.objects.filter(points=5).count() == 55
    assert ContactState.objects.get(contact=other).points == 0


def test_many_are_done_by_a_job_that_shows_how_far_it_is(
    screen: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(doing, "MOST_AT_ONCE", 3)
    ids = people(5)
    stage = Stage.objects.create(name="Customer")
    do(screen, "stage", [], whole="yes", stage=stage.pk)
    assert Job.objects.get(kind="contacts.bulk_action").state == Job.State.QUEUED
    assert b"every 2s" in screen.get("/contacts/work").content
    settle()
    assert ContactState.objects.filter(stage_id=stage.pk).count() == len(ids)
    page = screen.get("/contacts/work").content.decode()
    assert "every 2s" not in page
    assert '<span class="num meta">5</span>' in page


def test_a_segment_and_an_owner_are_given(screen: Client, api: Any, bob: User):
    ids = people(2)
    made = api.post("/api/v1/segments", {"name": "By hand", "filter": None}, format="json")
    segment = made.json()["id"]
    do(screen, "segments", ids, add=segment)
    found = api.get(f"/api/v1/segments/{segment}/contacts").json()["results"]
    assert {int(one["id"]) for one in found} == set(ids)
    do(screen, "owner", ids[:1], owner=bob.pk)
    assert Contact.objects.get(pk=ids[0]).owner_id == bob.pk


def test_an_email_is_sent_to_some_and_never_to_a_whole_list(
    screen: Client, monkeypatch: pytest.MonkeyPatch
):
    ids, letter = people(2), make_email(name="Letter")
    make_email(name="Broadcast", type="segment")
    asked = screen.post("/contacts/bulk/email", {"ids": f"{ids[0]}"}).context["form"]
    assert [label for _key, label in asked.fields["email"].choices] == ["Choose…", "Letter"]
    do(screen, "email", ids, email=letter.pk)
    settle()
    assert CapturedMail.objects.count() == 2
    monkeypatch.setattr(bulk_screens, "MOST_AT_ONCE", 1)
    do(screen, "email", [], whole="yes", email=letter.pk)
    settle()
    assert CapturedMail.objects.count() == 2


def test_others_contacts_stay_as_they_are(client: Client, dora: User, alice: User, api: Any):
    hers = add(email="h@example.com", owner=dora.pk)
    others = add(email="o@example.com", owner=alice.pk)
    segment = api.post("/api/v1/segments", {"name": "S", "filter": None}, format="json").json()
    client.force_login(dora)
    do(client, "tags", [hers.pk, others.pk], add="x")
    assert tags_of(hers.pk) == ["x"]
    assert tags_of(others.pk) == []
    assert do(client, "segments", [hers.pk], add=segment["id"]).status_code == 422
    assert do(client, "owner", [hers.pk], owner=alice.pk).status_code == 422


def test_a_viewer_does_nothing_in_bulk(client: Client, bob: User):
    ids = people(1)
    client.force_login(bob)
    for action in ("tags", "points", "owner"):
        assert do(client, action, ids, add="x", delta="5").status_code in {403, 404}
    assert tags_of(ids[0]) == []
