"""Hits of a site are answered alike, and counted only on the terms of the workspace."""

import uuid

import orjson
import pytest
from django.test import Client

from kernel import preferences
from tests.tracking.site import SITE, Visit, arrive
from tracking.models import Visitor, VisitorEvent

pytestmark = pytest.mark.django_db


def deeds() -> list[dict]:
    arrive()
    return [row.data for row in VisitorEvent.objects.order_by("id")]


def test_a_page_view_keeps_where_it_was_and_where_from(site):
    visit = Visit()
    url = f"{SITE}/shoes?utm_source=news&utm_campaign=%C3%A9t%C3%A9&size=40#top"
    said = {"n": "view", "i": "v1", "u": url, "t": "Shoes\x00 ", "r": "https://search.example/?q=a"}
    # The first page of a visit tells the visit, too; a hit begins one visit at most.
    said["b"] = 1
    assert visit.post({**said, "u": "https://evil.example/"}, said, said).status_code == 204
    [visited, data, again] = deeds()
    assert again == data
    assert data == {
        "url": url.partition("#")[0],
        "host": "shop.example",
        "path": "/shoes",
        "title": "Shoes",
        "view": "v1",
        "referrer": "https://search.example/?q=a",
        "utm_source": "news",
        "utm_campaign": "été",
        "device": "desktop",
        "system": "linux",
    }
    assert visited == {key: value for key, value in data.items() if key not in {"title", "view"}}
    assert str(Visitor.objects.get().key) == visit.key


def test_hits_of_other_sites_are_answered_and_not_counted(site):
    stranger = Visit("https://shop.example.evil.example")
    answer = stranger.view("/")
    assert answer.status_code == 204
    assert "Access-Control-Allow-Origin" not in answer
    Visit().post({"n": "view", "u": "https://evil.example/"})
    assert Visit().view().headers["Access-Control-Allow-Origin"] == SITE
    assert len(deeds()) == 1


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://shop.example", "https://shop.example:8443", "https://SHOP.example/"],
)
def test_an_origin_is_ours_exactly_or_not_at_all(site, origin):
    answer = Visit(origin).client.options("/t/hit", headers={"origin": origin})
    assert "Access-Control-Allow-Origin" not in answer
    assert "Access-Control-Allow-Credentials" not in answer


def test_prv_03_nothing_is_counted_before_consent_or_against_the_wish(site):
    """PRV-03: whatever the script does, the server holds to the terms too."""
    visit = Visit()
    visit.view(c=0)
    visit.view(headers={"sec-gpc": "1"})
    visit.view(headers={"dnt": "1"})
    assert deeds() == []
    assert not Visitor.objects.exists()
    preferences.put("tracking.consent_first", False)
    preferences.put("tracking.respect_signals", False)
    visit.view(c=0, headers={"dnt": "1"})
    assert len(deeds()) == 1


def test_robots_are_no_visitors(site):
    Visit(agent="Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)").view()
    assert deeds() == []


def test_hostile_hits_are_answered_and_leave_nothing(site):
    """SEC-40: lines anybody can write are read with suspicion, and never end the spooler."""
    key = str(uuid.uuid4())
    bodies = [
        b"",
        b"[]",
        b"{",
        b'"x"',
        b"\xff\xfe",
        b'{"v":1}',
        b"[" * 5000,
        orjson.dumps({"v": "../../etc/passwd", "c": 1, "e": [{"n": "view", "u": SITE}]}),
        orjson.dumps({"v": key, "c": 1, "e": "view"}),
        orjson.dumps({"v": key, "c": 1, "e": [7, None, [], {"n": []}, {"n": "view", "u": 7}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "view", "u": "https://[shop.example/"}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "view", "u": "javascript:alert(1)"}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "event", "k": "a.b", "d": {"x": "\x00"}}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "event", "k": "contacts.created"}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "event", "k": "orders.placed", "d": {}}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "event", "k": "'; DROP TABLE event"}]}),
        orjson.dumps({"v": key, "c": 1, "e": [{"n": "time", "u": SITE, "s": 10**12}]}),
        b'{"v":"%s","c":1,"e":[{"n":"event","k":"a.b","d":%s}]}'
        % (key.encode(), b'{"a":' * 400 + b"1" + b"}" * 400),
    ]
    browser = Client(headers={"origin": SITE, "user-agent": "Firefox"})
    for body in bodies:
        answer = browser.post("/t/hit", body, content_type="text/plain")
        assert answer.status_code in {204, 400}, body
        assert not answer.cookies
    assert browser.post("/t/hit", b"x" * 20_000, content_type="text/plain").status_code == 413
    assert browser.get("/t/hit").status_code == 405
    assert deeds() == []


def test_what_browsers_invent_leaves_room_for_systems(site, api):
    preferences.put("tracking.custom_types", 4)
    Visit().post(*[{"n": "event", "k": f"shop.kind{number}"} for number in range(4)])
    assert len(deeds()) == 2
    for number, status in ((5, 201), (6, 201), (7, 400)):
        report = {"email": "a@example.com", "create": True, "type": f"crm.kind{number}"}
        answer = api.post("/api/v1/tracking/events", report)
        assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["code"] == "too_many_types"


def test_a_stranger_cannot_fill_the_database(site, monkeypatch):
    monkeypatch.setattr("tracking.services.hits.MOST_KEPT", 3)
    visit = Visit()
    for _time in range(5):
        visit.view()
    assert len(deeds()) == 3
    visit.view()
    assert len(deeds()) == 3
