"""First steps: shown to an empty workspace, ticked by its data, skipped and hidden by a person."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from kernel import preferences
from tests.accounts.world import persona
from tests.journey import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


def test_an_empty_workspace_begins_with_the_checklist(screen: Client):
    page = screen.get("/")
    assert "dashboard/steps.html" in [template.name for template in page.templates]
    assert [each.done for each in page.context["steps"]] == [False] * 6


def test_a_step_ticks_itself(screen: Client):
    preferences.put("emails.from_address", "shop@example.org")
    people(1)
    done = {each.step.key for each in screen.get("/first-steps").context["steps"] if each.done}
    assert done == {"sender", "contacts"}
    assert "dashboard/start.html" in [template.name for template in screen.get("/").templates]


def test_measuring_is_decided_here_and_the_trail_knows(screen: Client):
    screen.post("/first-steps/measuring", {"answer": "no"})
    assert preferences.get("tracking.measure_unasked") is False
    assert AuditEntry.objects.filter(kind="preferences", verb="edit").exists()
    step = screen.get("/first-steps").context["steps"][-1]
    assert (step.step.key, step.done) == ("measuring", True)


def test_whoever_skips_or_hides_steps_does_so_for_themselves(screen: Client, bob: User):
    screen.post("/first-steps/skip", {"step": "campaign"})
    screen.post("/first-steps/skip", {"step": "nonsense"})
    assert [e.step.key for e in screen.get("/").context["steps"] if e.skipped] == ["campaign"]
    screen.post("/first-steps/hide", {"hidden": "yes"})
    assert screen.get("/").context["left"] == 0
    other = Client()
    other.force_login(persona("administrator"))
    page = other.get("/")
    assert not [each for each in page.context["steps"] if each.skipped]


def test_who_may_do_nothing_is_shown_no_step(charlie: User):
    client = Client()
    client.force_login(charlie)
    assert client.get("/first-steps")["Location"] == "/"
    assert client.post("/first-steps/measuring", {"answer": "no"}).status_code == 403
    assert client.post("/sample", {"do": "load"}).status_code == 403
    assert client.get("/").status_code == 200
