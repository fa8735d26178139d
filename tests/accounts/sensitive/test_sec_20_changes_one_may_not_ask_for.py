"""SEC-20: whether a field one may not see was changed is asked by nobody, in whatever form."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from tests.accounts.sensitive.conftest import made
from tests.journey import graph, node, people

pytestmark = pytest.mark.django_db
UPDATED = "contacts.updated"
FORMS: list[Any] = [
    "blood",
    ["blood"],
    ["city", "blood"],
    {"op": "is", "value": "blood"},
    {"op": "is_not", "value": "blood"},
    {"op": "in", "value": ["blood"]},
    {"op": "not_in", "value": ["city", "blood"]},
]


def doors(where: Any) -> list[tuple[str, dict[str, Any]]]:
    tree = {"all": [{"event": UPDATED, "where": where}]}
    steps = (
        node("asked", "decision", UPDATED, where=where),
        node("asked", "decision", UPDATED, **where),
        node("asked", "condition", filter=tree),
    )
    return [
        ("contacts/search", {"filter": tree}),
        ("segments/count", {"filter": tree}),
        ("segments", {"name": "S", "filter": tree}),
        ("point-rules", {"name": "P", "event": UPDATED, "delta": 1, "where": where}),
        ("point-rules", {"name": "P", "event": UPDATED, "delta": 1, "filter": tree}),
        *(("campaigns", {"name": "C", "graph": graph([each], "start>asked")}) for each in steps),
    ]


def test_sec_20_changes_of_it_are_asked_for_by_nobody_else(
    client: Client, dora: User, api: APIClient, hers: APIClient
):
    made(api, "fields", label="Blood", alias="blood", type="text", sensitive=True)
    ana, _bea = people(2)
    for changed in ({"blood": "0"}, {"city": "Nice"}):
        assert api.patch(f"/api/v1/contacts/{ana}", changed, format="json").status_code == 200
    client.force_login(dora)
    for form in FORMS:
        for path, body in doors({"field": form}):
            answer = hers.post(f"/api/v1/{path}", body, format="json")
            assert answer.status_code == 400, (path, form, answer.content)
        listed = json.dumps({"all": [{"event": UPDATED, "where": {"field": form}}]})
        page = client.get(f"/contacts?filter={quote(listed)}").content.decode()
        # What is refused narrows nothing.
        assert ("p0@example.com" in page) is ("p1@example.com" in page), form
    for form in ("city", ["city"], {"op": "in", "value": ["city"]}):
        for one in (api, hers):
            for path, body in doors({"field": form}):
                answer = one.post(f"/api/v1/{path}", body, format="json")
                assert answer.status_code < 300, (path, form, answer.content)
