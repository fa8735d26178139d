"""Lists that others hand out hold plain hashes of addresses: whoever is meant gets nothing."""

import hashlib
from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.services.reaching import why_not
from contacts.services.suppression import suppressed_by_hash
from contacts.services.upsert import upsert
from kernel import clock

pytestmark = pytest.mark.django_db
ANA = "ana@x.example"
SHA256 = hashlib.sha256(ANA.encode()).hexdigest()


@pytest.fixture
def people() -> list[int]:
    rows = [{"email": "Ana@X.example", "mobile": "+33622334455"}, {"email": "bo@x.example"}]
    return upsert(rows, now=clock.now()).created


def listed(api: APIClient, value: str, channel: str = "email") -> Any:
    body = {"kind": "hash", "value": value, "channel": channel}
    return api.post("/api/v1/suppressions", body, format="json")


@pytest.mark.parametrize("written", [SHA256, f" {SHA256.upper()} "])
def test_the_plain_hash_of_an_address_closes_it(api: APIClient, people: list[int], written: str):
    assert listed(api, written).status_code == 201
    assert suppressed_by_hash(people) == people[:1]
    assert why_not(people) == {people[0]: "suppressed"}
    filter_ = {"field": "suppressed", "op": "is", "value": True}
    answer = api.post("/api/v1/segments/count", {"filter": filter_}, format="json")
    assert answer.json()["count"] == 1


def test_hashes_of_another_kind_are_refused_in_words(api: APIClient):
    for name in ("md5", "sha1", "sha512"):
        answer = listed(api, getattr(hashlib, name)(ANA.encode()).hexdigest())
        assert answer.status_code == 400
        assert "SHA-256" in answer.json()["errors"][0]["message"]
