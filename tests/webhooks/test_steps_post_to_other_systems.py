"""A step posts JSON about each contact to another system, and people go on once it was taken."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from campaigns.models import Campaign, Step, StepState
from contacts.models import Contact
from contacts.services import erase
from kernel import clock
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle
from tests.web_server import WebServer
from webhooks.models import Post

pytestmark = pytest.mark.django_db
DATA = {
    "email": "{{ contact.email }}",
    "score": "{{ contact.points }}",
    "words": ["{{ contact.country }}: {{ contact.city }}."],
}
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture
def shift(tmp_path, monkeypatch):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    return clock.move


@pytest.fixture
def server(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    return WebServer(OK)


def way(api, url, **more):
    post = node("post", "action", "webhooks.post", url=url, **more)
    return run(api, graph([post, points("then")], "start>post", "post>then"))


def calls(server):
    """Take the requests apart: headers by name, and the document."""
    found = []
    for request in server.requests:
        head, _blank, body = request.partition(b"\r\n\r\n")
        lines = [line.partition(": ") for line in head.decode().split("\r\n")[1:]]
        found.append(({name.lower(): value for name, _colon, value in lines}, body))
    return found


def test_each_contact_is_told_of_once_and_goes_on(api, server):
    contacts = people(3)
    Contact.objects.filter(pk=contacts[0]).update(city="Ulm")
    campaign = way(api, server.url, body=json.dumps(DATA))
    bring(api, campaign, contacts)
    settle()
    told = {json.loads(body)["contact"]["id"]: json.loads(body) for _head, body in calls(server)}
    assert len(server.requests) == 3
    assert set(told) == set(map(str, contacts))
    assert told[str(contacts[0])]["data"] == {
        "email": "p0@example.com",
        "score": 0,
        "words": ["DE: Ulm."],
    }
    settle(clock.now() + timedelta(minutes=10))
    assert totals(contacts) == [1, 1, 1]
    assert len(server.requests) == 3
    assert not Post.objects.exists()


def test_calls_are_signed_and_named_the_same_at_each_try(api, server, shift):
    server.answer = BUSY
    [zoe] = people(1)
    bring(api, way(api, server.url, secret="whsec_" + base64.b64encode(b"key").decode()), [zoe])
    settle()
    shift(timedelta(seconds=11))
    server.answer = OK
    settle()
    (first, _body), (second, body) = calls(server)
    assert first["webhook-id"] == second["webhook-id"] == second["idempotency-key"]
    signed = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(b"key", signed, hashlib.sha256).digest()).decode()
    assert second["webhook-signature"] == f"v1,{right}"
    shift(timedelta(minutes=6))
    settle()
    assert totals([zoe]) == [1]


def test_what_is_refused_is_parked_and_freed(api, server, shift):
    server.answer = GONE
    [zoe] = people(1)
    campaign = way(api, server.url)
    bring(api, campaign, [zoe])
    settle()
    shift(timedelta(minutes=1))
    settle()
    assert len(server.requests) == 1
    [parked] = ok(api.get(f"/api/v1/campaigns/{campaign}/parked"))["results"]
    assert "410" in parked["error"]
    assert figures(api, campaign)["post"] == {"failed": 1}
    server.answer = OK
    ok(api.post(f"/api/v1/campaigns/{campaign}/retry", {"node": "post"}))
    settle()
    shift(timedelta(minutes=1))
    settle()
    assert (len(server.requests), totals([zoe])) == (2, [1])


def test_what_fails_in_passing_is_tried_five_times(api, server, shift):
    server.answer = BUSY
    [zoe] = people(1)
    bring(api, way(api, server.url), [zoe])
    settle()
    for tries in range(1, 9):
        assert len(server.requests) == min(tries, 5)
        shift(timedelta(hours=2))
        settle()
    assert Step.objects.get().state == StepState.PARKED
    assert "503" in Step.objects.get().error


def test_addresses_of_our_own_network_are_never_called(api, settings):
    settings.OUTBOUND_ALLOW = []
    server = WebServer(OK)
    [zoe] = people(1)
    bring(api, way(api, server.url), [zoe])
    settle()
    settle(clock.now() + timedelta(minutes=1))
    assert server.requests == []
    assert Step.objects.get().state == StepState.PARKED


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"url": "ftp://a.example/"}, "url"),
        ({"url": "https://me:secret@a.example/"}, "url"),
        ({"url": "https://a.example/", "body": "[1]"}, "body"),
        ({"url": "https://a.example/", "body": '{"a": "{{ contact.shoe }}"}'}, "body"),
        ({"url": "https://a.example/", "body": '{"a": "{% if x %}"}'}, "body"),
        ({"url": "http://[abc"}, "url"),
        ({"url": "http://a.example:99999/"}, "url"),
        ({"url": "https://a.example/", "body": '{"a": NaN}'}, "body"),
        ({"url": "https://a.example/", "body": r'{"a": "\ud800"}'}, "body"),
    ],
)
def test_settings_that_cannot_be_taken_are_refused(api, config, field):
    body = {
        "name": "J",
        "graph": graph([node("p", "action", "webhooks.post", **config)], "start>p"),
    }
    answer = api.post("/api/v1/campaigns", body)
    assert answer.status_code == 400
    assert f"graph.nodes.0.config.{field}" in answer.content.decode()


@pytest.mark.parametrize("url", ["https://hooks.example/", "not yet"])
def test_a_secret_is_stored_sealed_even_in_a_draft_that_is_not_finished(api, url):
    made = ok(api.post("/api/v1/campaigns", {"name": "J"}), 201)
    step = node("p", "action", "webhooks.post", url=url, secret="my-very-own")
    body = {"name": "J", "sources": [], "graph": graph([step], "start>p")}
    for _twice in range(2):
        known = ok(api.get(f"/api/v1/campaigns/{made['id']}/draft"))["campaign"]["version"]
        answer = api.put(f"/api/v1/campaigns/{made['id']}/draft", {**body, "version": known})
        assert answer.status_code == 200, answer.content
        assert "my-very-own" not in answer.content.decode()
    kept = Campaign.objects.get(pk=made["id"]).graph["nodes"][0]["config"]["secret"]
    assert kept.startswith("sealed:")
    shown = ok(api.get(f"/api/v1/campaigns/{made['id']}/draft"))["campaign"]["graph"]
    assert shown["nodes"][0]["config"]["secret"] == kept


def test_a_secret_that_is_no_base64_signs_as_it_was_entered(api, server):
    [zoe] = people(1)
    bring(api, way(api, server.url, secret="whsec_clé"), [zoe])
    settle()
    [(head, body)] = calls(server)
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new("whsec_clé".encode(), signed, hashlib.sha256).digest())
    assert head["webhook-signature"] == f"v1,{right.decode()}"


def test_one_that_cannot_be_called_keeps_no_answer_of_others_unwritten(api, server, shift):
    contacts = people(2)
    server.answer = BUSY
    bring(api, way(api, server.url), contacts)
    settle()
    # Older settings may hold what the form refuses by now.
    Post.objects.filter(contact_id=contacts[0]).update(url="http://[abc")
    server.answer = OK
    shift(timedelta(minutes=1))
    settle()
    shift(timedelta(minutes=6))
    settle()
    assert totals(contacts) == [0, 1]
    assert Post.objects.get().error


def test_who_has_left_the_campaign_is_told_of_no_more(api, server, shift):
    server.answer = BUSY
    [zoe] = people(1)
    campaign = way(api, server.url)
    bring(api, campaign, [zoe])
    settle()
    ok(api.post(f"/api/v1/campaigns/{campaign}/unpublish"))
    tried = len(server.requests)
    server.answer = OK
    for _hour in range(3):
        shift(timedelta(hours=1))
        settle()
    assert len(server.requests) == tried
    ok(api.post(f"/api/v1/campaigns/{campaign}/publish"))
    settle()
    shift(timedelta(minutes=6))
    settle()
    shift(timedelta(minutes=6))
    settle()
    assert totals([zoe]) == [1]


def test_whoever_is_forgotten_is_told_of_no_more(api, server, shift):
    server.answer = BUSY
    zoe, max_ = people(2)
    bring(api, way(api, server.url), [zoe, max_])
    settle()
    erase.erase(zoe, clock.now())
    assert list(Post.objects.values_list("contact_id", flat=True)) == [max_]


def test_a_campaign_puts_people_into_another_and_takes_them_out(api, shift):
    contacts = people(2)
    waiting = graph([node("w", "wait", **{"for": "9d"})], "start>w")
    into, out = run(api, waiting), run(api, waiting)
    bring(api, out, contacts)
    change = node("go", "action", "campaigns.change", add=[int(into)], remove=[int(out)])
    bring(api, run(api, graph([change, points("p")], "start>go", "go>p")), contacts)
    settle()
    assert totals(contacts) == [1, 1]
    assert ok(api.get(f"/api/v1/campaigns/{into}/statistics"))["active"] == 2
    assert ok(api.get(f"/api/v1/campaigns/{out}/statistics"))["active"] == 0
