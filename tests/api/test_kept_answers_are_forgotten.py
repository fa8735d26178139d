"""Answers kept for repeated requests hold people's data: they go with the person."""

import pytest

from api.models import IdempotencyKey

pytestmark = pytest.mark.django_db
CONTACTS = "/api/v1/contacts"


def bodies():
    return b"".join(bytes(row) for row in IdempotencyKey.objects.values_list("body", flat=True))


def test_prv_an_erased_person_is_in_no_kept_answer(api):
    body = {"email": "ana@private.example"}
    made = api.post(CONTACTS, body, HTTP_IDEMPOTENCY_KEY="a").json()
    api.post(
        f"{CONTACTS}/{made['id']}/consents",
        {"purpose": "profiling", "state": "granted", "text": "I, Ana, agree"},
        HTTP_IDEMPOTENCY_KEY="b",
    )
    assert b"private.example" in bodies()
    assert api.delete(f"{CONTACTS}/{made['id']}").status_code == 204
    assert b"private.example" not in bodies()
    assert b"Ana" not in bodies()
    again = api.post(CONTACTS, body, HTTP_IDEMPOTENCY_KEY="a")
    assert (again.status_code, again.json()) == (201, {"id": made["id"]})
    assert api.get(f"{CONTACTS}?email=ana@private.example").json()["results"] == []


def test_a_search_under_a_key_keeps_nothing(api):
    api.post(CONTACTS, {"email": "ana@private.example"})
    tree = {"all": [{"field": "email", "op": "is_not_empty"}]}
    found = api.post(f"{CONTACTS}/search", {"filter": tree}, HTTP_IDEMPOTENCY_KEY="s")
    assert len(found.json()["results"]) == 1
    assert not IdempotencyKey.objects.exists()
