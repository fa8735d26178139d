"""Drafts by REST: kept, settled anew, started or given up; nobody else's business."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from contacts.models import Contact, Field, Import
from contacts.services.imports import drafts, traces
from contacts.services.imports.files import path_of
from kernel import clock
from tests.contacts.imports.sending import post, problems
from tests.settle import settle

FILE = "email,since,size\nana@x.example,2024-01-31,25.5\nbo@x.example,soon,27\n"
pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(api: APIClient) -> Any:
    answer = post(api, FILE, path="/drafts")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_draft_is_settled_anew_and_started(api: APIClient, draft: Any):
    at = f"/api/v1/imports/drafts/{draft['id']}"
    assert draft["look"]["mapping"] == {"email": "email"}
    new = {"since": {"label": "Member since", "type": "date"}, "size": {"label": "Size"}}
    body = {"options": {"new_fields": new, "tags": ["ski"]}}
    look = api.patch(at, body, format="json").json()["look"]
    assert look["mapping"] == {"email": "email", "since": "member_since", "size": "size"}
    assert (look["refused"], look["refused_by"]) == (1, {"member_since": 1})
    assert look["rows"][1]["problems"][0]["value"] == "soon"
    assert not Field.objects.exists()
    started = api.post(f"{at}/start")
    assert (started.status_code, started.json()["state"]) == (201, "queued")
    assert started.json()["options"]["mapping"] == {"since": "member_since", "size": "size"}
    settle()
    assert Contact.objects.get().attrs == {"member_since": "2024-01-31", "size": "25.5"}
    assert api.get(at).status_code == 404
    assert api.post(f"{at}/start").status_code == 404


def test_imports_do_not_list_drafts(api: APIClient, draft: Any):
    assert api.get("/api/v1/imports").json()["results"] == []
    assert api.get(f"/api/v1/imports/{draft['id']}").status_code == 404
    assert api.get("/api/v1/imports", {"state": "draft"}).status_code == 400
    listed = api.get("/api/v1/imports/drafts").json()["results"]
    assert [row["id"] for row in listed] == [draft["id"]]


def test_a_draft_is_its_owners_alone(api_dora: APIClient, draft: Any):
    at = f"/api/v1/imports/drafts/{draft['id']}"
    assert api_dora.get("/api/v1/imports/drafts").json()["results"] == []
    asked = [api_dora.get(at), api_dora.post(f"{at}/start"), api_dora.delete(at)]
    assert [answer.status_code for answer in asked] == [404, 404, 404]


def test_what_a_file_cannot_be_read_in_is_named(api: APIClient, draft: Any):
    at = f"/api/v1/imports/drafts/{draft['id']}"
    answer = api.patch(at, {"options": {"encoding": "utf-16"}}, format="json")
    assert problems(answer) == [("options.encoding", "bad_encoding")]
    assert problems(post(api, FILE, encoding="utf-32")) == [("options.encoding", "bad_encoding")]
    wrong = {"new_fields": {"size": {"label": "Size", "type": "select"}}}
    answer = api.patch(at, {"options": wrong}, format="json")
    assert problems(answer) == [("options.new_fields.size.type", "invalid_choice")]
    assert api.patch(at, {"mapping": {}}, format="json").status_code == 400


def test_drafts_are_forgotten_with_their_files(
    api: APIClient, draft: Any, django_capture_on_commit_callbacks
):
    stored = path_of(Import.objects.get().file)
    traces.clean(clock.now())
    assert stored.exists()
    traces.clean(clock.now() + drafts.KEPT + drafts.KEPT)
    assert not Import.objects.exists()
    assert not stored.exists()
    other = post(api, FILE, path="/drafts").json()
    stored = path_of(Import.objects.get().file)
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"/api/v1/imports/drafts/{other['id']}").status_code == 204
    assert not stored.exists()
