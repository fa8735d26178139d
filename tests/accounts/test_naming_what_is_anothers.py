"""SEC-15: another's object named in a filter, a relation, a query or the log tells nothing."""

import pytest

from kernel import clock
from kernel.events import Fact, record
from tests.accounts.world import World, persona
from tests.cast import client_of

pytestmark = pytest.mark.django_db
API = "/api/v1"
CONDITIONS = {
    "segments": lambda number: {"segment": [number], "op": "in"},
    "campaigns": lambda number: {"campaign": [number], "op": "in"},
    "imports": lambda number: {"import": [number], "op": "in"},
    "emails": lambda number: {"delivery": {"email": [number]}, "state": "sent"},
}


@pytest.fixture
def dora():
    return persona("edit own")


@pytest.fixture
def api_dora(dora):
    return client_of(dora)


@pytest.fixture
def theirs(alice, api):
    return World(alice, api)


@pytest.mark.parametrize("kind", CONDITIONS)
def test_a_filter_cannot_probe_what_is_anothers(kind, api, api_dora, theirs):
    def asked(client, number):
        tree = {"all": [CONDITIONS[kind](number)]}
        for path, body in (
            ("segments/count", {"filter": tree}),
            ("segments", {"name": "Probe", "filter": tree}),
            ("contacts/search", {"filter": tree}),
            ("segments/explain", {"filter": tree, "contact": "1"}),
            (
                "actions",
                {"key": "tags.change", "config": {"add": ["x"]}, "filter": tree},
            ),
        ):
            answer = client.post(f"{API}/{path}", body)
            yield path, answer.status_code, answer.content.replace(str(number).encode(), b"N")

    real, absent = list(asked(api_dora, theirs.id_of(kind))), list(asked(api_dora, 987_654_321))
    assert [(path, status) for path, status, _body in real] == [(p, 400) for p, _s, _b in real]
    assert [body for *_rest, body in real] == [body for *_rest, body in absent]
    assert next(asked(api, theirs.id_of(kind)))[1] == 200


def test_a_relation_cannot_name_what_is_anothers(api_dora, dora, api, theirs):
    mine = World(dora, api)
    email, theirs_email = f"{API}/emails/{mine.id_of('emails')}", theirs.id_of("emails")
    for body in (
        {"translation_of": theirs_email},
        {"segments": [theirs.id_of("segments")]},
        {"excluded_segments": [theirs.id_of("segments")]},
    ):
        answer = api_dora.patch(email, body)
        assert answer.status_code == 400, body
        assert answer.json()["errors"][0]["code"] == "not_found"
    sent = api_dora.post(f"{email}/send", {"contact": theirs.id_of("contacts")})
    assert sent.json()["errors"][0]["code"] == "not_found"
    shown = api_dora.get(f"{email}/preview", {"contact": theirs.id_of("contacts")})
    assert shown.json()["errors"][0]["code"] == "not_found"


def test_lists_filtered_by_what_is_anothers_are_empty(api, api_dora, theirs):
    delivery = theirs.id_of("deliveries")
    for path, query in {
        "deliveries": {"email": theirs.id_of("emails")},
        "sends": {"email": theirs.id_of("emails")},
        "events": {"contact": theirs.id_of("contacts")},
    }.items():
        assert api_dora.get(f"{API}/{path}", query).json()["results"] == [], path
    assert api.get(f"{API}/deliveries/{delivery}").status_code == 200


def test_bulk_ids_of_others_are_left_alone(api, api_dora, dora, theirs):
    segment, other = World(dora, api).id_of("segments"), theirs.id_of("contacts")
    for name in ("add", "remove"):
        answer = api_dora.post(f"{API}/segments/{segment}/contacts", {name: [other]})
        assert answer.json()["errors"][0]["code"] == "not_found"
    row = {"match": "id", "mode": "update", "contacts": [{"id": other, "city": "Lyon"}]}
    rejected = api_dora.post(f"{API}/contacts/bulk", row).json()["rejected"]
    assert rejected[0]["errors"][0]["code"] == "not_found"
    assert api.get(f"{API}/contacts/{other}").json()["city"] is None


def test_the_log_names_no_object_the_caller_may_not_see(api, api_dora, dora, theirs):
    mine = World(dora, api).id_of("contacts")
    now, segment = clock.now(), theirs.id_of("segments")
    record("segments.entered", [Fact(mine, now, segment)], now=now)
    query = {"contact": mine, "type": "segments.entered"}
    [seen] = api.get(f"{API}/events", query).json()["results"]
    [hidden] = api_dora.get(f"{API}/events", query).json()["results"]
    assert seen["subject"]["name"] == "of Alice"
    assert hidden["subject"]["name"] is None
