"""What waits for receivers for long: through outages, upgrades, pauses and errors of ours."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection

from campaigns.plugins.queues import Steps
from kernel import clock
from kernel.dispatcher import Dispatcher
from kernel.jobs import enqueue
from tests.journey import bring, ok, people, totals
from tests.settle import settle
from tests.web_server import WebServer
from tests.webhooks.test_steps_post_to_other_systems import BUSY, OK, server, shift, way
from webhooks.models import Post, PostState, SilentHost
from webhooks.plugins.queues import ASIDE
from webhooks.services.delivering import deliver

__all__ = ["server", "shift"]
pytestmark = pytest.mark.django_db
POISON = """
CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'poison'; END $$"""


def test_an_outage_of_a_minute_refuses_nothing_of_an_old_backlog(api, server, shift):
    dead = WebServer(b"")
    silent = people(10)
    bring(api, way(api, dead.url), silent)
    settle()
    Post.objects.update(made_at=clock.now() - timedelta(hours=5))
    for seconds in (11, 61):
        shift(timedelta(seconds=seconds))
        settle()
    assert (SilentHost.objects.get().failures, Post.objects.count()) == (3, 10)
    dead.answer = OK
    for _time in range(4):
        shift(timedelta(minutes=6))
        settle()
    assert totals(silent) == [1] * 10


def test_how_long_it_is_silent_is_counted_while_it_is_called(api, server, shift):
    dead = WebServer(b"")
    since = []
    for number in range(2):
        bring(api, way(api, dead.url), people(1, number))
        settle()
        since.append(SilentHost.objects.get().since)
        Post.objects.all().delete()
        shift(timedelta(hours=5))
    assert since[1] - since[0] > timedelta(hours=4)


def test_what_waited_before_receivers_were_known_is_not_taken_for_one(api, server, shift):
    dead = WebServer(b"")
    silent, others = people(2), people(2, 2)
    bring(api, way(api, dead.url), silent)
    bring(api, way(api, server.url), others)
    # Between the posts and the calls.
    Dispatcher().round(clock.now())
    Steps().work(clock.now())
    hosts = Post.objects.values_list("pk", "host")
    # What was not told apart by address then counts as one of its server.
    waiting = {post: host.partition("/")[0] for post, host in hosts}
    assert len(waiting) == 4
    Post.objects.update(host="")
    deliver(clock.now())
    assert not SilentHost.objects.exists()
    assert len(server.requests) == 2
    Post.objects.update(host="")
    migration = import_module("webhooks.migrations.0003_by_receiver_by_index")
    migration.fill(None, SimpleNamespace(connection=connection))
    left = Post.objects.filter(state=PostState.WAITING)
    assert dict(left.values_list("pk", "host")).items() <= waiting.items()


def test_what_nobody_asks_about_is_set_aside_and_comes_back(api, server, shift):
    server.answer = BUSY
    [zoe] = people(1)
    campaign = way(api, server.url)
    bring(api, campaign, [zoe])
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    server.answer = OK
    shift(timedelta(minutes=20))
    due = Post.objects.get().due_at
    enqueue(ASIDE, {}, now=clock.now())
    settle()
    assert Post.objects.get().due_at - due > timedelta(days=36_000)
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    for _time in range(2):
        shift(timedelta(minutes=6))
        settle()
    assert (len(server.requests), totals([zoe])) == (2, [1])


@pytest.fixture
def poison():
    """Have the database refuse to note what came of one post."""
    with connection.cursor() as cursor:
        cursor.execute(POISON)
        yield lambda contact: cursor.execute(
            f"CREATE TRIGGER poison BEFORE UPDATE ON webhook_post FOR EACH ROW"
            f" WHEN (NEW.state <> 0 AND NEW.contact_id = {contact}) EXECUTE FUNCTION poison()"
        )
        cursor.execute("DROP FUNCTION poison CASCADE")


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_cannot_be_noted_takes_no_other_along(api, server, shift, poison):
    contacts = people(4)
    bring(api, way(api, server.url), contacts)
    poison(contacts[1])
    with pytest.raises(DatabaseError, match="poison"):
        settle()
    assert len(server.requests) == 4
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER poison ON webhook_post")
    for _time in range(2):
        shift(timedelta(minutes=6))
        settle()
    assert (len(server.requests), totals(contacts)) == (5, [1] * 4)
