"""SEC-03, SEC-04, SEC-06, SEC-50 and SEC-66 on every screen, found by the resolver."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from backoffice.doors import ScreenDoor, screens
from backoffice.models import SavedView
from tests.accounts.test_the_permission_matrix_of_screens import path_of
from tests.accounts.world import World

pytestmark = pytest.mark.django_db
SEED = '"><svg/onload=alert(1)>'
RAW = "<svg/onload"
NAMED = {
    "contacts.Contact": ("first_name", "last_name", "position", "city"),
    "contacts.Company": ("name",),
    "contacts.Tag": ("name",),
    "contacts.Topic": ("name",),
    "contacts.Field": ("label",),
    "contacts.Import": ("name",),
    "contacts.Suppression": ("comment",),
    "desk.Note": ("text",),
    "desk.Task": ("title", "text"),
    "backoffice.SavedView": ("name",),
    "segments.Segment": ("name", "description", "story"),
    "emails.Email": ("name", "subject"),
    "emails.CapturedMail": ("subject", "sender"),
    "campaigns.Campaign": ("name", "objective"),
    "stages.Stage": ("name",),
    "integrations.Connection": ("name", "description"),
    "accounts.User": ("first_name", "last_name", "signature"),
    "accounts.Role": ("name",),
    "accounts.Token": ("name",),
}
# Frames without rights hold the HTML of authors, downloads are no pages.
FRAMES = re.compile(r"(/(body|canvas|source)|\.csv)$")


def ours() -> list[ScreenDoor]:
    """Return the screens to look at."""
    return [door for door in screens() if door.method == "GET" and not FRAMES.search(door.path)]


def test_hostile_names_are_text_on_every_screen(client: Client, alice: User, api: APIClient):
    world = World(alice, api)
    paths = [path_of(door, world) for door in ours()]
    said = {"purpose": "email_marketing", "state": "granted", "source": SEED, "text": SEED}
    answer = api.post(f"/api/v1/contacts/{world.id_of('contacts')}/consents", said)
    assert answer.status_code == 201, answer.content
    SavedView.objects.create(user=alice, list="contacts", name="Mine")
    for label, names in NAMED.items():
        rows: Any = apps.get_model(label).objects
        if label == "accounts.Role":
            rows = rows.filter(built_in=None)
        for row in rows.all():
            values = dict.fromkeys(names, f"{row.pk}{SEED}")
            rows.filter(pk=row.pk).update(**values)
        assert rows.filter(**{f"{names[-1]}__contains": RAW}).exists(), label
    client.force_login(alice)
    seen, wrong = 0, []
    for path in [*paths, *tabs_of(client, paths), "/find?q=svg", f"/contacts?q={SEED}"]:
        with transaction.atomic():
            answer = client.get(path, headers={"HX-Request": "true"})
            transaction.set_rollback(True)
        content = b"".join(answer).decode(errors="replace")
        seen += "svg/onload" in content
        html = answer.get("Content-Type", "").startswith("text/html")
        wrong += [path] if html and RAW in content else []
        wrong += [path] if answer.get("X-Content-Type-Options") != "nosniff" else []
    assert wrong == []
    assert seen > 15, "the names are shown"


def tabs_of(client: Client, paths: list[str]) -> list[str]:
    """Return the addresses of all tabs of the pages of things."""
    found = set[str]()
    for path in paths:
        context: Any = client.get(path).context if path[-1].isdigit() else None
        found |= {tab["url"] for tab in context["tabs"]} if context and "tabs" in context else set()
    assert len(found) > 20
    return sorted(found)


def test_each_page_has_a_strict_policy_and_asks_no_other_host(
    client: Client, alice: User, api: APIClient
):
    """SEC-66 and PRV-16."""
    world = World(alice, api)
    client.force_login(alice)
    foreign = re.compile(r"<(?:script|img|link|iframe|source)[^>]+(?:src|href)=\"(?:https?:)?//")
    for door in ours():
        answer = client.get(path_of(door, world))
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        policy = answer["Content-Security-Policy"]
        parts = dict(
            part.strip().split(" ", 1) for part in policy.split(";") if " " in part.strip()
        )
        scripts = parts.get("script-src", parts.get("default-src", ""))
        assert "unsafe" not in scripts, door
        assert "*" not in scripts.split(), door
        assert parts.get("object-src", parts.get("default-src")) == "'none'", door
        assert parts["base-uri"] in {"'self'", "'none'"}, door
        assert parts["form-action"].startswith(("'self'", "'none'")), door
        assert parts["frame-ancestors"] in {"'self'", "'none'"}, door
        assert not foreign.search(answer.content.decode()), door


def test_every_change_asks_for_the_token_of_the_page(alice: User, api: APIClient):
    """SEC-50: no screen takes a POST from elsewhere."""
    world, client = World(alice, api), Client(enforce_csrf_checks=True)
    client.force_login(alice)
    doors = [door for door in screens() if door.method == "POST"]
    assert len(doors) > 50
    open_ = [door for door in doors if client.post(path_of(door, world)).status_code != 403]
    assert open_ == []


def test_looking_changes_nothing(client: Client, alice: User, api: APIClient):
    """SEC-50: every screen is looked at, and no row of the product differs."""
    world = World(alice, api)
    paths = [path_of(door, world) for door in ours()]
    client.force_login(alice)
    before = fingerprints()
    for path in paths:
        client.get(path)
    after = fingerprints()
    assert [name for name in before if before[name] != after[name]] == []


def fingerprints() -> dict[str, str]:
    """Digest what each table holds."""
    kept: list[type[models.Model]] = [
        model for model in apps.get_models() if model._meta.managed and not model._meta.proxy
    ]
    passing = {"sessions", "axes", "account"}
    found = {}
    with connection.cursor() as cursor:
        for model in kept:
            if model._meta.app_label in passing:
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t")
            found[model._meta.label] = cursor.fetchone()[0]
    return found
