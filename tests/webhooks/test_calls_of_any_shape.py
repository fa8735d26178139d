"""A step calls other systems by any method, with headers of its own and data of any shape."""

import json
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from accounts.models import AuditEntry
from campaigns.models import Campaign, Step
from contacts.models import Contact, Field
from contacts.services.erase import everything
from kernel import clock
from kernel.pairs import closed
from tests.campaigns.as_file import told
from tests.journey import bring, graph, node, ok, people, points, run, totals
from tests.settle import settle
from tests.web_server import WebServer
from webhooks.models import Post

pytestmark = pytest.mark.django_db
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
EMAIL = {"name": "email", "value": "{{ contact.email }}"}
POINTS = {"name": "points", "value": "{{ contact.points }}"}
KEY = {"name": "X-Api-Key", "value": "s3cret-key"}
AWAY = "https://hooks.example/in"


@pytest.fixture
def server(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    return WebServer(OK)


def called(api, server, **config):
    """Let one contact come by; return the method, the address, the headers and the body."""
    [zoe] = people(1)
    Contact.objects.filter(pk=zoe).update(city="Bad Ems & 1/2", first_name="Zoë\r\nHost: evil")
    config = {"url": server.url, **config}
    bring(
        api,
        run(api, graph([node("call", "action", "webhooks.post", **config)], "start>call")),
        [zoe],
    )
    settle()
    [request] = server.requests
    head, _blank, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, address, _version = first.split(" ")
    pairs = (line.partition(": ") for line in lines)
    return method, address, {name.lower(): value for name, _colon, value in pairs}, body


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_fields_go_into_the_address_where_there_is_no_body(api, server, method):
    config = {"url": server.url + "people?a=1#there", "method": method, "pairs": [EMAIL, POINTS]}
    verb, address, headers, body = called(api, server, **config)
    assert (verb, urlsplit(address).path, body) == (method, "/people", b"")
    assert parse_qsl(urlsplit(address).query) == [
        ("a", "1"),
        ("email", "p0@example.com"),
        ("points", "0"),
    ]
    assert "content-type" not in headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("config", "sent"),
    [
        ({"format": "json", "pairs": [EMAIL, POINTS]}, {"email": "p0@example.com", "points": 0}),
        ({"format": "json", "body": '[["{{ contact.email }}"]]'}, [["p0@example.com"]]),
        ({"pairs": [POINTS]}, {"points": 0}),
    ],
)
def test_json_is_sent_alone_or_as_the_data_of_what_happened(api, server, method, config, sent):
    verb, _address, headers, body = called(api, server, method=method, **config)
    assert (verb, headers["content-type"]) == (method, "application/json")
    assert (json.loads(body) if "format" in config else json.loads(body)["data"]) == sent


def test_fields_of_a_form_are_sent_as_browsers_do(api, server):
    rows = [{"name": "tag[]", "value": "a"}, {"name": "tag[]", "value": "{{ contact.city }}"}]
    _verb, _address, headers, body = called(api, server, format="form", pairs=rows)
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(body.decode()) == [("tag[]", "a"), ("tag[]", "Bad Ems & 1/2")]


def test_a_value_in_the_address_stays_in_its_place(api, server):
    url = server.url + "in/{{ contact.city }}/{{ contact.country }}"
    _verb, address, _headers, _body = called(api, server, url=url)
    assert address == "/in/Bad%20Ems%20%26%201%2F2/DE"


def test_own_headers_are_sent_and_break_out_of_no_line(api, server):
    rows = [
        KEY,
        {"name": "X-Who", "value": "{{ contact.first_name }}"},
        {"name": "content-type", "value": "application/vnd.api+json"},
        {"name": "User-Agent", "value": "Ours"},
    ]
    _verb, _address, headers, _body = called(api, server, headers=rows)
    assert headers["x-api-key"] == "s3cret-key"
    assert headers["x-who"] == "Zoë  Host: evil"
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert headers["content-type"] == "application/vnd.api+json"
    assert headers["user-agent"] == "Ours"


def test_a_receiver_that_is_slower_than_it_may_be_is_tried_again(api, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    server = WebServer(OK, drip=0.2)
    [zoe] = people(1)
    call = node("call", "action", "webhooks.post", url=server.url, timeout=1)
    bring(api, run(api, graph([call], "start>call")), [zoe])
    settle()
    assert Post.objects.get().seconds == 1
    assert "in time" in Post.objects.get().error


def test_what_was_refused_keeps_neither_headers_nor_data(api, server):
    server.answer = GONE
    [zoe] = people(1)
    call = node("call", "action", "webhooks.post", url=server.url, headers=[KEY], pairs=[EMAIL])
    bring(api, run(api, graph([call], "start>call")), [zoe])
    settle()
    row = Post.objects.get()
    assert (row.headers, row.body, row.url) == ("", "", "")


REFUSED = [
    ({"method": "TRACE"}, "method"),
    ({"timeout": 0}, "timeout"),
    ({"timeout": 31}, "timeout"),
    ({"format": "xml"}, "format"),
    ({"url": "https://{{ contact.city }}.example/"}, "url"),
    ({"url": "https://a.example/{{ contact.shoe }}"}, "url"),
    ({"pairs": [{"name": "a", "value": "{{ contact.shoe }}"}]}, "pairs"),
    ({"pairs": [{"name": "", "value": "x"}]}, "pairs"),
    ({"pairs": [{"name": "a", "value": 1}]}, "pairs"),
    ({"pairs": {"a": "b"}}, "pairs"),
    ({"pairs": [EMAIL, EMAIL]}, "pairs"),
    ({"pairs": [EMAIL], "body": "{}"}, "body"),
    ({"method": "GET", "body": "{}"}, "body"),
    ({"format": "form", "body": "{}"}, "body"),
    ({"format": "json"}, "body"),
    ({"format": "form"}, "pairs"),
    *(
        ({"headers": [{"name": name, "value": "x"}]}, "headers")
        for name in (
            *("Host", "content-length", "Transfer-Encoding", "Connection", "webhook-id"),
            *("Idempotency-Key", "X-A\r\nHost", "a b", "X:", "é", ""),
        )
    ),
    *(
        ({"headers": [{"name": "X-A", "value": value}]}, "headers")
        for value in ("a\r\nHost: b", "a\nb", "a\x00", "", " ", "{{ contact.shoe }}", 7)
    ),
    ({"headers": [KEY, {**KEY, "name": "x-api-key"}]}, "headers"),
    ({"headers": "X-Api-Key: s3cret-key"}, "headers"),
    ({"headers": [{"name": "X-A", "secret": "s3cret-key"}]}, "headers"),
]


@pytest.mark.parametrize(("config", "field"), REFUSED)
def test_calls_that_cannot_be_made_are_refused(api, config, field):
    step = node("p", "action", "webhooks.post", **{"url": AWAY, **config})
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": graph([step], "start>p")})
    assert answer.status_code == 400
    assert f"graph.nodes.0.config.{field}" in answer.content.decode()
    assert "s3cret" not in answer.content.decode()


def draft(api, campaign, **config):
    """Keep a draft with one step; return the settings as they were stored."""
    known = ok(api.get(f"/api/v1/campaigns/{campaign}/draft"))["campaign"]["version"]
    step = node("p", "action", "webhooks.post", **config)
    body = {"name": "J", "sources": [], "graph": graph([step], "start>p"), "version": known}
    answer = api.put(f"/api/v1/campaigns/{campaign}/draft", body)
    assert answer.status_code == 200, answer.content
    assert "s3cret" not in answer.content.decode()
    return Campaign.objects.get(pk=campaign).graph["nodes"][0]["config"], answer.json()["problems"]


@pytest.mark.parametrize(
    "headers",
    [
        [KEY],
        [{**KEY, "more": "s3cret"}],
        [{"name": "X-A", "value": ["s3cret"]}],
        "s3cret",
        {"X-Api-Key": "s3cret"},
        ["s3cret"],
    ],
)
@pytest.mark.parametrize("url", [AWAY, "not yet"])
def test_values_of_headers_are_nowhere_to_be_read(api, url, headers):
    made = ok(api.post("/api/v1/campaigns", {"name": "J"}), 201)
    kept, _problems = draft(api, made["id"], url=url, headers=headers)
    assert "s3cret" not in json.dumps(kept)
    assert not any("s3cret" in f"{row.before} {row.after}" for row in AuditEntry.objects.all())


def test_values_of_headers_go_to_no_other_server(api):
    made = ok(api.post("/api/v1/campaigns", {"name": "J"}), 201)
    kept, problems = draft(api, made["id"], url=AWAY, headers=[KEY])
    assert problems == []
    same, problems = draft(api, made["id"], url=AWAY + "/more", headers=kept["headers"])
    assert (same["headers"], problems) == (kept["headers"], [])
    _kept, problems = draft(api, made["id"], url="https://evil.example/", headers=kept["headers"])
    assert [problem["place"] for problem in problems] == ["headers"]
    assert "X-Api-Key" in problems[0]["message"]


def test_values_typed_before_the_address_are_not_kept(api):
    made = ok(api.post("/api/v1/campaigns", {"name": "J"}), 201)
    kept, problems = draft(api, made["id"], url="not yet", headers=[KEY])
    assert kept["headers"] == [{"name": "X-Api-Key", "value": ""}]
    assert "Write the address first" in json.dumps(problems)


def test_what_is_sealed_for_no_server_goes_to_none(api):
    made = ok(api.post("/api/v1/campaigns", {"name": "J"}), 201)
    rows = [{**KEY, "value": closed("s3cret-key", "")}]
    _kept, problems = draft(api, made["id"], url="https://evil.example/", headers=rows)
    assert [problem["place"] for problem in problems] == ["headers"]


def test_files_of_campaigns_carry_no_values_of_headers(api, alice):
    rows = [{"name": "X-Api-Key", "value": closed("s3cret-key", "https://hooks.example")}]
    step = node("p", "action", "webhooks.post", url=AWAY, headers=rows)
    drawn = Campaign.objects.create(name="J", owner=alice, graph=graph([step], "start>p"))
    [told_step] = told(api, drawn)["graph"]["nodes"]
    assert told_step["config"]["headers"] == [{"name": "X-Api-Key", "value": ""}]


def test_people_are_handed_what_is_sent_about_them_and_no_keys(api, server):
    server.answer = b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"
    [zoe] = people(1)
    call = node(
        "call",
        "action",
        "webhooks.post",
        url=server.url + "s3cret-path/{{ contact.email }}",
        method="GET",
        headers=[KEY, {"name": "X-Country", "value": "{{ contact.country }}"}],
        pairs=[EMAIL],
    )
    bring(api, run(api, graph([call], "start>call")), [zoe])
    settle()
    [told_post] = everything(zoe)["webhooks.posts"]["posts"]
    assert told_post["body"] == "email=p0%40example.com"
    assert told_post["values"] == {"contact.email": "p0@example.com", "contact.country": "DE"}
    assert "s3cret" not in json.dumps(told_post) + Post.objects.get().headers


def test_a_field_that_goes_out_in_a_header_is_not_deleted(api):
    shoe = ok(api.post("/api/v1/fields", {"label": "Shoe", "alias": "shoe", "type": "text"}), 201)
    row = {"name": "X-Shoe", "value": "{{ contact.shoe }}"}
    step = node("p", "action", "webhooks.post", url=AWAY, headers=[row])
    run(api, graph([step], "start>p"))
    assert api.delete(f"/api/v1/fields/{shoe['id']}").status_code == 409
    assert Field.objects.filter(alias="shoe").exists()


def test_steps_of_before_go_on_as_they_were(api, server):
    [zoe] = people(1)
    campaign = run(
        api,
        graph(
            [node("p", "action", "webhooks.post", url=server.url), points("q")], "start>p", "p>q"
        ),
    )
    assert set(Campaign.objects.get(pk=campaign).graph["nodes"][0]["config"]) == {
        "url",
        "body",
        "secret",
    }
    bring(api, campaign, [zoe])
    settle()
    settle(clock.now() + timedelta(minutes=10))
    assert totals([zoe]) == [1]
    assert not Step.objects.filter(error__gt="").exists()
