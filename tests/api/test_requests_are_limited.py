"""SEC-61: so many requests a minute, by token and by address, whatever headers claim."""

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from api import limits
from kernel import clock, counting
from tests.cast import client_of

pytestmark = pytest.mark.django_db
ME = "/api/v1/users/me"


@pytest.fixture(autouse=True)
def _fresh(monkeypatch, settings):
    """Count from nothing, in a minute that does not end meanwhile."""
    settings.API_REQUESTS_PER_MINUTE, settings.API_STRANGERS_PER_MINUTE = 5, 3
    for name in ("_callers", "_strangers"):
        monkeypatch.setattr(limits, name, limits.Limit(f"test{clock.now().timestamp()}"))
    monkeypatch.setattr(counting._broker, "_away_until", 0.0)
    monkeypatch.setattr(limits, "_now", lambda: 1_795_000_000.0)


def ask(client, number, **headers):
    return [client.get(ME, **headers).status_code for _time in range(number)]


def test_a_token_that_asks_too_often_is_told_how_long_to_wait(alice, api):
    assert ask(api, 6) == [200] * 5 + [429]
    answer = api.get(ME)
    assert 0 < int(answer["Retry-After"]) <= 61
    assert answer.json()["errors"][0]["code"] == "throttled"
    assert ask(client_of(alice), 1) == [200]


def test_processes_share_their_counts(api, monkeypatch):
    ask(api, 4)
    monkeypatch.setattr(limits, "_callers", limits.Limit(limits._callers._counter._name))
    assert ask(api, 2) == [200, 429]


def test_an_address_that_guesses_tokens_is_stopped_and_its_neighbours_are_not(api):
    stranger = APIClient(raise_request_exception=False)
    guess = {"HTTP_AUTHORIZATION": f"Bearer rl_{'x' * 43}"}
    assert ask(stranger, 5, **guess) == [401] * 3 + [429] * 2
    assert ask(stranger, 1, REMOTE_ADDR="198.51.100.9", **guess) == [401]
    assert ask(api, 1) == [200]


def test_a_claimed_address_is_not_believed(stranger):
    claimed = ["198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4"]
    answers = [stranger.get(ME, HTTP_X_FORWARDED_FOR=one).status_code for one in claimed]
    assert answers == [401] * 3 + [429]


def test_a_proxy_of_ours_is_believed_as_far_as_it_wrote_itself(api, settings):
    settings.PROXY_NETWORKS = ["10.0.0.0/8"]
    made = {"name": "A", "filter": None}
    through = {"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "1.2.3.4, 203.0.113.5, 10.0.0.2"}
    assert api.post("/api/v1/segments", made, **through).status_code == 201
    around = {**through, "REMOTE_ADDR": "198.51.100.7"}
    assert api.post("/api/v1/segments", {**made, "name": "B"}, **around).status_code == 201
    seen = AuditEntry.objects.order_by("pk").values_list("address", flat=True)
    assert list(seen) == ["203.0.113.5", "198.51.100.7"]


def test_rel_46_without_a_broker_requests_pass_and_are_counted_here(api, settings, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(counting, "_broker", counting._Broker())
    assert ask(api, 6) == [200] * 5 + [429]


def test_a_large_limit_asks_the_broker_rarely(api, settings, monkeypatch):
    settings.API_REQUESTS_PER_MINUTE = 10_000
    asked = []
    monkeypatch.setattr(counting._broker, "add", lambda key, number: asked.append(number))
    ask(api, 9)
    assert asked == []
