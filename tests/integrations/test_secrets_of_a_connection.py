"""Secrets of a connection go to one server alone, and stand nowhere; all of it on screen."""

import json

import pytest
from django.test import Client

from accounts.models import AuditEntry
from integrations.models import Connection
from tests.integrations.crm import KEY, SETTINGS
from tests.integrations.test_connections_as_a_resource import sent
from tests.journey import ok, people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1/connections"


def test_a_secret_is_sealed_and_shown_nowhere(api, alice, crm, connect):
    row = connect()
    screen = Client()
    screen.force_login(alice)
    told = ok(api.get(f"{V1}/{row.pk}"))
    assert (told["secrets"], "secret" in told["settings"]) == (["secret"], False)
    ok(api.patch(f"{V1}/{row.pk}", {"settings": {**told["settings"], "secret": KEY}}))
    stored = json.dumps([row.settings, row.secrets])
    assert KEY not in stored
    pages = ["", "/edit", "?tab=history", "?tab=log"]
    shown = "".join(
        screen.get(f"/settings/connections/{row.pk}{page}").content.decode() for page in pages
    )
    trail = str(list(AuditEntry.objects.values_list("before", "after")))
    sealed = row.secrets["secret"]
    for text in (shown, trail, api.get(V1).content.decode()):
        assert KEY not in text
        assert sealed not in text


def test_a_kept_secret_goes_to_no_other_server(api, alice, crm, connect):
    row = connect()
    settings = {name: value for name, value in SETTINGS.items() if name != "secret"}
    at = f"{V1}/{row.pk}"
    ok(api.patch(at, {"settings": {**settings, "base_url": f"{crm.url}/v2"}}))
    moved = {**settings, "base_url": "https://evil.example/api/v1"}
    assert api.patch(at, {"settings": moved}).status_code == 400
    screen = Client()
    screen.force_login(alice)
    form = sent(name="C", version=str(Connection.objects.get().version), set_secret="")
    answer = screen.post(f"/settings/connections/{row.pk}/edit", form)
    assert answer.status_code == 422
    assert Connection.objects.get().settings["base_url"].startswith(crm.url)


def test_on_screen_a_connection_is_made_tried_and_used(alice, crm):
    screen = Client()
    screen.force_login(alice)
    form = sent(name="CRM", active="on", set_base_url=crm.url)
    made = screen.post("/settings/connections/new", form)
    assert made.status_code == 302, made.content.decode()
    row, [zoe] = Connection.objects.get(), people(1)
    at = f"/settings/connections/{row.pk}"
    assert "status 200" in screen.post(f"{at}/test").content.decode()
    shown = screen.post(f"{at}/preview", {"who": "P0@example.com"}).content.decode()
    assert "p0@example.com" in shown
    screen.post(f"/contacts/{zoe}/push", {"connection": row.pk})
    settle()
    tab = screen.get(f"/contacts/{zoe}?tab=integrations").content.decode()
    assert next(iter(crm.records)) in tab
    assert "p0@example.com" in screen.get(f"{at}?tab=log&state=sent").content.decode()
    form |= {"version": str(Connection.objects.get().version), "mapping_remote": ["", "origin"]}
    saved = screen.post(f"{at}/edit", {**form, "set_secret": ""})
    assert saved.status_code == 302, saved.content.decode()
    kept = Connection.objects.get()
    assert [line["remote"] for line in kept.mapping] == ["origin"]
    assert kept.secrets == row.secrets
