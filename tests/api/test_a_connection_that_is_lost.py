"""REL-48: wherever in a request the database goes away: 503, and a repeat has one effect."""

from pathlib import Path

import pytest
from django.db import close_old_connections, connection
from rest_framework.test import APIClient

from contacts.models import Contact
from tests.database_relay import Loss, Relay

pytestmark = pytest.mark.django_db(transaction=True)
# More than any request here asks of the database.
MOST = 60


@pytest.fixture
def relay(tmp_path_factory, monkeypatch):
    settings = connection.settings_dict
    folder = tmp_path_factory.mktemp("relay")
    server = next(path for path in Path(settings["HOST"]).iterdir() if path.is_socket())
    connection.close()
    with Relay(folder, server).running() as running:
        monkeypatch.setitem(settings, "HOST", str(folder))
        yield running
        connection.close()
    monkeypatch.undo()


def until_done(ask, relay, how):
    """Lose the connection at each statement in turn; return the stages and what was answered."""
    refusals = []
    for stage in range(1, MOST):
        relay.lose(stage, how)
        answers = []
        while not answers or answers[-1].status_code >= 400:
            # As a web server does with every request.
            close_old_connections()
            answers.append(ask(stage))
            assert len(answers) < 5, (stage, [answer.status_code for answer in answers])
        refusals += [(stage, answer) for answer in answers[:-1]]
        if not relay.has_lost:
            relay.spare()
            return stage, refusals
    raise AssertionError("The request asks more than was thought.")


def told_to_come_back(refusals):
    assert refusals
    assert [(stage, a.status_code) for stage, a in refusals if a.status_code != 503] == []
    assert {answer["Retry-After"] for _stage, answer in refusals} == {"5"}
    assert {answer.json()["errors"][0]["code"] for _stage, answer in refusals} == {"unavailable"}


def test_a_contact_is_made_once_whenever_the_connection_was_lost(relay, api):
    wanted = set()
    for how in Loss:

        def ask(stage, how=how):
            body = {"email": f"{how.value}{stage}@example.org"}
            return api.post("/api/v1/contacts", body, HTTP_IDEMPOTENCY_KEY=f"{how.value}{stage}")

        stages, refusals = until_done(ask, relay, how)
        told_to_come_back(refusals)
        wanted |= {f"{how.value}{stage}@example.org" for stage in range(1, stages + 1)}
    made = Contact.objects.values_list("email", flat=True)
    assert sorted(made) == sorted(wanted)


def test_who_comes_with_a_session_is_told_to_come_back(relay, alice):
    client = APIClient(raise_request_exception=False)
    client.force_login(alice)
    for how in Loss:
        told_to_come_back(until_done(lambda _stage: client.get("/api/v1/contacts"), relay, how)[1])
    pages = [page for _stage, page in until_done(lambda _n: client.get("/"), relay, Loss.TOLD)[1]]
    assert {(page.status_code, page["Retry-After"]) for page in pages} == {(503, "5")}
    assert all(b"We will be back in a moment" in page.content for page in pages)
