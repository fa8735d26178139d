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
