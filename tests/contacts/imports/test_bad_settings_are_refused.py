"""Settings of an import that cannot be are refused with their place, before anything is stored."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from contacts.models import Import
from tests.contacts.imports.sending import post, problems

pytestmark = pytest.mark.django_db
GOOD = "email,city\nana@x.example,Lyon\n"


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"moed": "upsert"}, ("options.moed", "unknown_field")),
        ({"mode": "delete"}, ("options.mode", "invalid_choice")),
        ({"object": "deal"}, ("options.object", "invalid_choice")),
        ({"match": "shoe_size"}, ("options.match", "unknown_field")),
        ({"match": "city"}, ("options.match", "not_unique")),
        ({"segment": 999}, ("options.segment", "not_found")),
        ({"segment": "9" * 5000}, ("options.segment", "invalid")),
        ({"tags": "vip"}, ("options.tags", "invalid")),
        ({"tags": ["a\0b"]}, ("options.tags.0", "invalid_text")),
        ({"empty_clears": "yes"}, ("options.empty_clears", "invalid")),
        ({"opt_in": {"column": "nope"}}, ("options.opt_in.column", "unknown_column")),
        ({"opt_in": {"empty": "no"}}, ("options.opt_in.column", "required")),
        ({"opt_in": {"column": "city", "x": 1}}, ("options.opt_in.x", "unknown_field")),
        ({"encoding": "rot13"}, ("options.encoding", "invalid_choice")),
        ({"separator": "e"}, ("options.separator", "invalid_choice")),
        ({"owner": "nobody@x.example"}, ("options.owner", "unknown_owner")),
        ({"mapping": ["email"]}, ("options.mapping", "invalid")),
    ],
)
def test_a_setting_that_cannot_be_is_refused_with_its_place(api: APIClient, options, place):
    assert problems(post(api, GOOD, **options)) == [place]
    assert not Import.objects.exists()


def test_sec_60_settings_that_are_no_json_are_refused(api: APIClient):
    hostile = ["{", "[]", '"x"', '{"mode": "\\ud800"}', "[" * 10_000, '{"tags": [], "tags": []}']
    for text in hostile:
        body = {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "options": text}
        answer = api.post("/api/v1/imports", body, format="multipart")
        assert answer.status_code == 400, text
        assert answer.json()["errors"][0]["field"].startswith("options"), text


def test_what_is_no_upload_is_refused(api: APIClient):
    assert problems(api.post("/api/v1/imports", {"file": "x"})) == [("file", "required")]
    only = {"options": json.dumps({})}
    assert problems(api.post("/api/v1/imports", only, format="multipart")) == [("file", "required")]
    more = {"file": SimpleUploadedFile("a.csv", GOOD.encode()), "path": "/etc/passwd"}
    answer = api.post("/api/v1/imports", more, format="multipart")
    assert problems(answer) == [("path", "unknown_field")]
