"""OpenAPI and the reference page: complete, current, and without anything from elsewhere."""

import html
import json
import re
import shlex

import pytest
from django.test import Client
from drf_spectacular.validation import validate_schema
from rest_framework.test import APIClient

from accounts.models import User
from api.management.commands.openapi import FILE, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(stranger: APIClient) -> dict:
    answer = stranger.get("/api/v1/schema")
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def test_it_is_openapi_3_1(document: dict):
    validate_schema(document)
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_the_committed_file_is_current():
    assert FILE.read_text() == text(), "Run: ./dev manage openapi --write"


def test_every_call_says_what_it_does_and_what_can_go_wrong(document: dict):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["description"], (path, method)
            assert {"400", "401", "403"} <= set(operation["responses"]), (path, method)
            if method == "post":
                assert "Idempotency-Key" in {p["name"] for p in operation["parameters"]}


def test_lists_are_pages_and_ids_are_text(document: dict):
    page = document["components"]["schemas"]["PaginatedTokenList"]
    assert set(page["properties"]) == {"results", "next", "estimate"}
    token = document["components"]["schemas"]["Token"]
    assert token["properties"]["id"]["type"] == "string"
    assert "version" in document["components"]["schemas"]["PatchedRoleRequest"]["properties"]
    assert document["components"]["schemas"]["TokenRequest"]["additionalProperties"] is False


def test_no_word_of_it_depends_on_who_asked_first(document: dict, stranger: APIClient):
    french = stranger.get("/api/v1/schema", HTTP_ACCEPT_LANGUAGE="fr")
    assert french.json() == document


@pytest.mark.parametrize("language", ["en", "fr"])
def test_people_read_it_without_scripts_from_elsewhere(
    client: Client, document: dict, language: str
):
    page = client.get("/api/docs", HTTP_ACCEPT_LANGUAGE=language)
    shown = page.content.decode()
    assert page.status_code == 200
    for path in document["paths"]:
        assert f"<code>{path}</code>" in shown
    assert "unsafe" not in page["Content-Security-Policy"]
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", shown)
    assert "style=" not in shown
    assert not re.search(r"<script(?![^>]*src=)", shown)


def test_examples_on_the_page_are_commands_with_json(client: Client):
    page = client.get("/api/docs").content.decode()
    commands = [
        shlex.split(html.unescape(c)) for c in re.findall(r"<pre>(curl.*?)</pre>", page, re.DOTALL)
    ]
    bodies = [command[command.index("-d") + 1] for command in commands if "-d" in command]
    assert len(bodies) > 10
    for body in bodies:
        assert isinstance(json.loads(body), dict)


def test_signed_in_people_read_it_in_their_frame(client: Client, alice: User):
    client.force_login(alice)
    assert b"account/logout" in client.get("/api/docs").content
