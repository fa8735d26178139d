"""Other systems write 9999 for *no end* and 0001 for *never*: kept, shown in every zone, asked."""

from datetime import date, datetime
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from backoffice.moments import ago
from contacts.catalogue import FieldSpec
from contacts.models import ChannelWish, Contact, Field
from contacts.values import display
from desk.models import Task
from kernel import moments, preferences

pytestmark = pytest.mark.django_db
NEVER, NO_END = "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.000Z"
ENDS = (NEVER, NO_END)
ZONES = ("Europe/Paris", "America/New_York", "Asia/Tokyo")
LAST = "9999-12-31"


@pytest.fixture
def field() -> None:
    Field.objects.create(alias="f_until", type="datetime", label="Until")
    Field.objects.create(alias="f_day", type="date", label="Day")


def made(api: Any, **values: Any) -> str:
    answer = api.post("/api/v1/contacts", values)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def at_home(alice: User, zone: str, client: Client) -> None:
    alice.timezone = zone
    alice.save()
    client.force_login(alice)


@pytest.mark.parametrize("zone", ZONES)
def test_a_contact_of_either_end_is_shown_in_every_zone(
    field: None, api: Any, client: Client, alice: User, zone: str
):
    people = [made(api, email=f"{n}@example.com", f_until=end) for n, end in enumerate(ENDS)]
    # Before there was a limit, tasks could hold them, too.
    for number, end in zip(people, ENDS, strict=True):
        due = datetime.fromisoformat(end)
        Task.objects.create(contact_id=int(number), title="Call", due_at=due)
    at_home(alice, zone, client)
    pages = [f"/contacts/{number}{part}" for number in people for part in ("", "/edit")]
    pages += [f"/tasks/{task.pk}{part}" for task in Task.objects.all() for part in ("", "/edit")]
    pages += [f"/contacts/merge?ids={','.join(people)}", "/tasks", "/contacts?columns=f_until"]
    pages += [f"/contacts/{people[0]}?tab=history&before={end}" for end in ENDS]
    assert {path: client.get(path).status_code for path in pages} == dict.fromkeys(pages, 200)
    for number, end in zip(people, ENDS, strict=True):
        assert api.get(f"/api/v1/contacts/{number}").json()["f_until"] == end


@pytest.mark.parametrize(("zone", "end"), list(product(ZONES, ENDS)))
def test_saving_the_form_leaves_the_moment_as_it_was(
    field: None, api: Any, client: Client, alice: User, zone: str, end: str
):
    number = made(api, email="a@example.com", f_until=end)
    at_home(alice, zone, client)
    page = client.get(f"/contacts/{number}/edit")
    sent = {name: page.context["form"].initial.get(name) or "" for name in ("f_until", "email")}
    answer = client.post(f"/contacts/{number}/edit", {**sent, "version": 1, "city": "Lyon"})
    assert answer.status_code == 302, answer.content
    assert api.get(f"/api/v1/contacts/{number}").json()["f_until"] == end
    assert Contact.objects.get().city == "Lyon"


@pytest.mark.parametrize(("zone", "end"), list(product(ZONES, ENDS)))
def test_both_ends_are_written_in_words(zone: str, end: str):
    at, spec = datetime.fromisoformat(end), FieldSpec("x", "datetime", "X", "")
    with timezone.override(zone):
        for words in (moments.moment(at), display(spec, end, "en", zone), ago(at)):
            assert words


@pytest.mark.parametrize("end", ENDS)
def test_what_we_plan_is_refused_at_both_ends(
    api: Any, client: Client, alice: User, end: str, db: None
):
    number = made(api, email="a@example.com")
    day, typed = end[:10], end[:16]
    rule = {"name": "R", "event": "contacts.created", "delta": 1, "active_until": end}
    calls = [
        ("post", "/api/v1/tasks", {"contact": number, "title": "Call", "due_at": end}, "due_at"),
        ("post", "/api/v1/point-rules", rule, "active_until"),
        ("put", f"/api/v1/contacts/{number}/wishes/email", {"pause_until": day}, "pause_until"),
    ]
    for verb, path, body, name in calls:
        answer = getattr(api, verb)(path, body)
        assert answer.status_code == 400, (path, answer.content)
        assert (name, "out_of_range") in {
            (error["field"], error["code"]) for error in answer.json()["errors"]
        }
    client.force_login(alice)
    about = {"title": "Call", "kind": "call", "contact": f"#{number}", "due_at": typed}
    answer = client.post("/tasks/new", about)
    assert "between 1900 and 9000" in answer.content.decode()
    sent = {"per": "week", "pause_until": day, "version": "-"}
    answer = client.post(f"/contacts/{number}/wishes", sent)
    assert "between 1900 and 9000" in answer.content.decode()
    assert not Task.objects.exists()
    assert not ChannelWish.objects.exists()
    assert api.get("/api/v1/stages/funnel", {"until": end}).status_code == 400


def test_a_list_may_be_narrowed_by_either_end(api: Any):
    for end in ENDS:
        assert api.get("/api/v1/tasks", {"due_before": end}).status_code == 200


HOLDERS = {"first": "0001-01-01", "plain": "2026-11-22", "last": LAST}
ASKED = (
    ("on", "0001-01-01", "first"),
    ("on", LAST, "last"),
    ("not_on", LAST, "first plain nobody"),
    ("after", LAST, ""),
    ("before", "0001-01-01", ""),
    ("before", LAST, "first plain"),
    ("after", "9999-12-30", "last"),
    ("between", ["0001-01-01", LAST], "first plain last"),
)


@pytest.mark.parametrize("zone", ["UTC", *ZONES])
def test_the_first_and_the_last_day_find_their_people(field: None, api: Any, zone: str):
    preferences.put("workspace.timezone", zone)
    people = {}
    for name, day in HOLDERS.items():
        people[made(api, first_name=name, f_day=day, f_until=f"{day}T12:00:00Z")] = name
        number = int(max(people, key=int))
        ChannelWish.objects.create(
            contact_id=number, channel="email", pause_until=date.fromisoformat(day)
        )
    people[made(api, first_name="nobody")] = "nobody"
    for name, (op, value, wanted) in product(("f_day", "f_until", "pause.email"), ASKED):
        tree = {"field": name, "op": op, "value": value}
        count = api.post("/api/v1/segments/count", {"filter": tree})
        assert count.status_code == 200, (tree, count.content)
        assert count.json()["count"] == len(wanted.split()), (tree, count.json())


@pytest.mark.parametrize(("zone", "end"), list(product(ZONES, ENDS)))
def test_a_moment_within_the_first_or_last_hours_is_found_by_its_day(
    field: None, api: Any, zone: str, end: str
):
    preferences.put("workspace.timezone", zone)
    made(api, f_until=end)
    far = {"field": "f_until", "op": "between", "value": ["0001-01-01", LAST]}
    later = {"field": "f_until", "op": "after", "value": LAST}
    found = [
        api.post("/api/v1/segments/count", {"filter": tree}).json()["count"]
        for tree in (far, later)
    ]
    # East of Greenwich the last hours belong to a day that no calendar has, west the first do.
    east = zone != "America/New_York"
    beyond = (end == NO_END and east) or (end == NEVER and not east)
    assert found == [int(not beyond), int(end == NO_END and east)]
