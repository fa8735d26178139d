"""What a draft of an import shows of its file stays out of all that is kept (PRV-07)."""

from importlib import import_module

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from api.models import IdempotencyKey
from tests.contacts.imports.sending import post

pytestmark = pytest.mark.django_db
FILE = "email,first name\nquetzal@x.example,Quetzal\n"


def told() -> str:
    return str(list(AuditEntry.objects.values_list("name", "before", "after"))).lower()


def test_prv_07_a_draft_leaves_no_cells_in_the_trail(api: APIClient):
    draft = post(api, FILE, path="/drafts").json()
    assert "quetzal" in str(draft["look"]).lower()
    at = f"/api/v1/imports/drafts/{draft['id']}"
    assert api.patch(at, {"options": {"tags": ["ski"]}}, format="json").status_code == 200
    assert api.delete(at).status_code == 204
    deeds = AuditEntry.objects.filter(kind="imports").order_by("pk")
    assert [deed.verb for deed in deeds] == ["drafts", "change drafts", "delete drafts"]
    assert deeds[1].after["options"]["tags"] == ["ski"]
    assert "quetzal" not in told()


def test_prv_07_a_kept_answer_has_no_cells(api: APIClient):
    api.credentials(**api._credentials, HTTP_IDEMPOTENCY_KEY="once")
    first = post(api, FILE, path="/drafts")
    assert first.status_code == 201, first.content
    assert b"uetzal" not in bytes(IdempotencyKey.objects.get().body)
    again = post(api, FILE, path="/drafts")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_prv_07_cells_that_were_kept_are_forgotten(db):
    seen = {"look": {"rows": [{"values": {"email": "quetzal@x.example"}}]}, "expected": 1}
    AuditEntry.objects.create(kind="imports", verb="drafts", after=seen)
    AuditEntry.objects.create(kind="imports", verb="change drafts", before=seen, after={"a": 1})
    AuditEntry.objects.create(kind="segments", verb="change", after={"look": "kept"})
    with connection.cursor() as cursor:
        cursor.execute(import_module("accounts.migrations.0008_no_cells").FORGET)
    assert "quetzal" not in told()
    kept = AuditEntry.objects.order_by("pk").values_list("before", "after")
    left = {"expected": 1}
    assert list(kept) == [({}, left), (left, {"a": 1}), ({}, {"look": "kept"})]
