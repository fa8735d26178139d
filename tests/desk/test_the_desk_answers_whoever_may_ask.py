"""Who makes a task need not see it afterwards; lists take as many statements for 20 as for 2."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from desk.models import Note, Task
from tests.cast import client_of, make_user
from tests.desk.people import person

pytestmark = pytest.mark.django_db
BELOW = {"notes": Note, "tasks": Task}


@pytest.mark.parametrize(("kind", "text"), [("notes", "text"), ("tasks", "title")])
def test_whoever_may_create_gets_an_answer_about_others_contacts(alice: User, kind: str, text: str):
    rights = {"contacts": {"view": "all"}, kind: {"view": "own", "create": "all"}}
    erin = make_user("Erin", Role.objects.create(name="Writes", rights=rights))
    anna = person(alice)
    sent = {"contact": anna.pk, text: "Call Anna"}
    answer = client_of(erin).post(f"/api/v1/{kind}", sent)
    assert answer.status_code == 201, answer.content
    assert answer.json()["contact"] == str(anna.pk)
    assert BELOW[kind].objects.count() == 1


def test_the_tab_counts_only_what_one_may_see(client: Client, alice: User):
    rights = {"contacts": {"view": "all"}, "notes": {"view": "own"}}
    erin = make_user("Erin", Role.objects.create(name="Own notes", rights=rights))
    client.force_login(erin)
    for owner, seen in ((alice, 0), (erin, 1)):
        anna = person(owner)
        Note.objects.create(contact=anna, text="x")
        Task.objects.create(contact=anna, title="x")
        tabs = client.get(f"/contacts/{anna.pk}").context["tabs"]
        assert [one["count"] for one in tabs if "tab=desk" in one["url"]] == [seen]


def statements(api: Any, kind: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        answer = api.get(f"/api/v1/{kind}")
    assert len(answer.json()["results"]) == BELOW[kind].objects.count()
    return len(caught)


@pytest.mark.parametrize(("kind", "text"), [("notes", "text"), ("tasks", "title")])
def test_a_long_list_takes_no_more_statements(api: Any, kind: str, text: str):
    def add(number: int) -> None:
        for place in range(number):
            user = make_user(f"User{number}x{place}", Role.objects.first())
            named = {"author": user} if kind == "notes" else {"assignee": user, "done_by": user}
            BELOW[kind].objects.create(contact=person(), **{text: "x"}, **named)

    add(2)
    statements(api, kind)
    few = statements(api, kind)
    add(18)
    assert statements(api, kind) == few
