"""Receivers that are slow, or give no answer, hold up what is posted to them and nothing else."""

import threading
from datetime import timedelta

import pytest

from campaigns.models import Step, StepState
from kernel import clock
from tests.journey import bring, people, totals
from tests.settle import settle
from tests.web_server import WebServer, whole
from tests.webhooks.test_steps_post_to_other_systems import OK, server, shift, way
from webhooks.models import Post, SilentHost
from webhooks.services import claiming
from webhooks.services.calls import Call

__all__ = ["server", "shift"]
pytestmark = pytest.mark.django_db
PATIENT = 9.0


class Holding(WebServer):
    """Keeps everybody waiting until another server has had enough requests."""

    def __init__(self, other: WebServer, enough: int):
        self.other, self.enough = other, enough
        self.held = self.most_held = 0
        self.in_time: list[bool] = []
        self.served = threading.Event()
        super().__init__(OK)

    def serve(self):
        while True:
            client, _address = self.socket.accept()
            threading.Thread(target=self.hold, args=[client], daemon=True).start()

    def hold(self, client):
        with client:
            self.requests.append(whole(client))
            self.held += 1
            self.most_held = max(self.most_held, self.held)
            self.in_time.append(self.served.wait(PATIENT))
            client.sendall(OK)
            self.held -= 1


class Counting(WebServer):
    """Tells another server once it has had enough."""

    holding: Holding | None = None

    def serve(self):
        while True:
            client, _address = self.socket.accept()
            with client:
                self.requests.append(whole(client))
                client.sendall(OK)
            if self.holding and len(self.requests) >= self.holding.enough:
                self.holding.served.set()


def test_a_slow_receiver_has_a_few_hands_and_the_others_go_on(api, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    quick = Counting()
    slow = quick.holding = Holding(quick, 20)
    waiting, others = people(20), people(20, 20)
    bring(api, way(api, slow.url), waiting)
    bring(api, way(api, quick.url), others)
    settle()
    assert (len(quick.requests), len(slow.requests)) == (20, 20)
    # Each was answered only because all others had been by then.
    assert slow.in_time == [True] * 20
    assert slow.most_held <= 4
    settle(clock.now() + timedelta(minutes=10))
    assert totals([*waiting, *others]) == [1] * 40


def test_who_gives_no_answer_is_left_alone_and_then_tried_with_one(api, server, shift):
    dead = WebServer(b"")
    silent, others = people(10), people(3, 10)
    bring(api, way(api, dead.url), silent)
    settle()
    assert len(dead.requests) == 4
    bring(api, way(api, server.url), others)
    settle()
    assert (len(dead.requests), len(server.requests)) == (4, 3)
    shift(timedelta(seconds=11))
    settle()
    assert len(dead.requests) == 5
    dead.answer = OK
    shift(timedelta(seconds=61))
    settle()
    assert len(dead.requests) == 15
    assert not SilentHost.objects.exists()
    for _time in range(3):
        shift(timedelta(minutes=6))
        settle()
    assert totals(silent) == [1] * 10


def test_what_waits_too_long_for_a_dead_receiver_is_parked_untried(api, server, shift):
    dead = WebServer(b"")
    silent = people(30)
    bring(api, way(api, dead.url), silent)
    settle()
    for _time in range(20):
        shift(timedelta(minutes=10))
        settle()
    assert Step.objects.filter(state=StepState.PARKED).exclude(error="").count() == 30
    assert not Post.objects.exists()
    assert len(dead.requests) < 30


class ByPath(WebServer):
    """Answers what is asked of a path; of one of them nothing."""

    ANSWERS = {
        b"/ok": OK,
        b"/busy": b"HTTP/1.1 500 Broken\r\nContent-Length: 0\r\n\r\n",
        b"/teapot": b"HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\n\r\n",
    }

    def serve(self):
        while True:
            client, _address = self.socket.accept()
            with client:
                request = whole(client)
                path = request.split(b" ")[1].partition(b"?")[0]
                self.requests.append(path)
                client.sendall(self.ANSWERS.get(path, b""))

    def count(self, path):
        return self.requests.count(path)


def test_an_address_that_hangs_holds_no_other_of_its_server_up(api, server, shift):
    one = ByPath()
    root = one.url.rstrip("/")
    crowds = {}
    # Those who hang come first, as they did where all others got nothing.
    for number, path in enumerate(("/slow", "/ok", "/busy", "/teapot")):
        crowds[path] = people(10, 10 * number)
        bring(api, way(api, f"{root}{path}?c={{{{ contact.email }}}}"), crowds[path])
    settle()
    assert [one.count(path) for path in one.ANSWERS] == [10] * 3
    # One silence is enough to leave it alone; as many as the hands may be under way by then.
    assert 1 <= one.count(b"/slow") <= 4
    assert [row.host for row in SilentHost.objects.all()] == [Call(f"{root}/slow").host]
    for _time in range(20):
        shift(timedelta(minutes=10))
        settle()
    assert totals(crowds["/ok"]) == [1] * 10
    parked = Step.objects.filter(state=StepState.PARKED).exclude(error="")
    # Also who hung: some after their tries, the others untried with them.
    assert parked.count() == 30
    assert one.count(b"/busy") == 50
    assert not Post.objects.exists()


def test_addresses_of_a_server_share_its_hands_in_turns():
    now = clock.now()
    ids = {}
    for number, path in enumerate(("/a", "/a", "/a", "/a", "/a", "/b", "/c")):
        host = f"127.0.0.1:80{path}"
        moment = now - timedelta(seconds=60 - number)
        row = Post.objects.create(
            cause=f"step:{number}:1:1",
            contact_id=number + 1,
            url=f"http://127.0.0.1{path}",
            host=host,
            body="{}",
            due_at=moment,
        )
        ids[row.pk] = path
    first = claiming.claim([], now)
    assert sorted(ids[post.id] for post in first) == ["/a", "/a", "/b", "/c"]
    assert claiming.claim(first, now) == []
    assert [ids[post.id] for post in claiming.claim(first[:3], now)] == ["/a"]
