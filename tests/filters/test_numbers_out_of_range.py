"""Numbers nobody can mean are refused at their place, by every call that takes a filter."""

import pytest
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
OPENED = {"event": "emails.opened"}
OUT = "out_of_range"


@pytest.mark.parametrize(
    ("leaf", "place"),
    [
        ({"segment": [10**20], "op": "in"}, "segment.0"),
        ({"field": "owner", "op": "is", "value": 10**30}, "value"),
        ({**OPENED, "count": {"op": "gte", "value": 10**40}}, "count.value"),
        ({**OPENED, "count": {"op": "lt", "value": 0}}, "count.value"),
        ({**OPENED, "within": "0d"}, "within"),
    ],
)
def test_the_place_is_named(api: APIClient, leaf, place):
    tree = {"all": [leaf]}
    calls = {
        "/api/v1/segments/count": {"filter": tree},
        "/api/v1/segments": {"name": "S", "filter": tree},
        "/api/v1/contacts/search": {"filter": tree},
        "/api/v1/actions": {"key": "tags.change", "config": {"add": ["a"]}, "filter": tree},
    }
    for path, body in calls.items():
        answer = api.post(path, body)
        assert answer.status_code == 400, path
        told = [(error["field"], error["code"]) for error in answer.json()["errors"]]
        assert told == [(f"filter.all.0.{place}", OUT)], path


def test_a_graph_names_the_place_too(api: APIClient):
    answer = api.post("/api/v1/campaigns", {"name": "C", "graph": {"nodes": [{"x": 10**20}]}})
    assert answer.status_code == 400
    error = answer.json()["errors"][0]
    assert (error["field"], error["code"]) == ("graph.nodes.0.x", OUT)
