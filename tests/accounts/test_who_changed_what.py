"""The audit trail: every write leaves one entry, without values that belong to a person."""

from datetime import timedelta

import pytest

from accounts.models import AuditEntry, Role, Token
from accounts.services import audit
from kernel import clock, preferences
from tests.accounts.browser import browser, sign_in, someone

pytestmark = pytest.mark.django_db
AUDIT, SEGMENTS, CONTACTS = "/api/v1/audit", "/api/v1/segments", "/api/v1/contacts"


def entries(api, **query):
    answer = api.get(AUDIT, query)
    assert answer.status_code == 200, answer.content
    return answer.json()["results"]


def test_an_edit_is_kept_before_and_after(api, alice):
    made = api.post(SEGMENTS, {"name": "Old", "filter": None}, REMOTE_ADDR="198.51.100.7").json()
    api.patch(f"{SEGMENTS}/{made['id']}", {"name": "New"})
    api.delete(f"{SEGMENTS}/{made['id']}")
    deleted, changed, created = entries(api, kind="segments", object=made["id"])
    assert [row["verb"] for row in (created, changed, deleted)] == ["create", "change", "delete"]
    assert (changed["before"]["name"], changed["after"]["name"]) == ("Old", "New")
    assert "filter" not in changed["before"]
    assert (deleted["before"]["name"], deleted["after"]) == ("New", {})
    assert (created["who"], created["address"]) == (alice.email, "198.51.100.7")
    assert created["token"] == str(Token.objects.get(user=alice).pk)


def test_what_fails_leaves_no_entry(api):
    assert api.post(SEGMENTS, {"name": ""}).status_code == 400
    assert api.delete(f"{SEGMENTS}/999").status_code == 404
    assert entries(api) == []


def test_a_repeated_request_is_one_entry(api):
    for _time in range(2):
        api.post(SEGMENTS, {"name": "A", "filter": None}, HTTP_IDEMPOTENCY_KEY="k")
    assert len(entries(api, kind="segments")) == 1


def test_prv_a_person_leaves_no_values_in_the_trail(api):
    made = api.post(CONTACTS, {"email": "ana@private.example", "city": "Lyon"}).json()
    api.patch(f"{CONTACTS}/{made['id']}", {"city": "Secret-Town"})
    api.get(f"{CONTACTS}/{made['id']}/export")
    api.delete(f"{CONTACTS}/{made['id']}")
    found = entries(api, kind="contacts")
    assert [row["verb"] for row in found] == ["delete", "export", "change"]
    assert found[2]["after"] == {}
    kept = repr(list(AuditEntry.objects.values()))
    assert "private.example" not in kept
    assert "Secret-Town" not in kept


def test_roles_tokens_and_settings_are_kept_and_secrets_are_not(api):
    role = api.post("/api/v1/roles", {"name": "R", "rights": {"*": {"view": "all"}}}).json()
    api.patch(f"/api/v1/roles/{role['id']}", {"rights": {"*": {"*": "all"}}})
    secret = api.post("/api/v1/tokens", {"name": "CRM"}).json()["token"]
    password = "an unlikely horse 71"
    api.post("/api/v1/users", {"email": "x@y.zz", "password": password, "role": role["id"]})
    api.patch("/api/v1/preferences", {"accounts.audit_days": 30})
    [settings] = entries(api, kind="preferences")
    assert settings["before"] == {"accounts.audit_days": 365}
    assert settings["after"] == {"accounts.audit_days": 30}
    widened = entries(api, kind="roles", verb="change")[0]
    assert widened["after"]["rights"] == {"*": {"*": "all"}}
    kept = repr(list(AuditEntry.objects.values()))
    assert secret not in kept
    assert password not in kept


def test_signing_in_and_failing_to_is_kept(api):
    user = someone()
    sign_in(browser(), user.email, "wrong")
    client = browser()
    sign_in(client, user.email)
    client.post("/account/logout")
    verbs = [row["verb"] for row in entries(api, kind="users")]
    assert verbs == ["sign-out", "sign-in", "sign-in-failed"]


def test_only_administrators_read_it_and_nobody_writes_it(api, api_bob, api_dora):
    api.post(SEGMENTS, {"name": "A", "filter": None})
    [entry] = entries(api)
    for client in (api_bob, api_dora):
        assert client.get(AUDIT).status_code == 403
    for method in (api.patch, api.delete):
        assert method(f"{AUDIT}/{entry['id']}").status_code in {403, 405}


def test_nobody_deletes_an_entry_on_screen(client, alice):
    entry = AuditEntry.objects.create(kind="users", verb="sign-in", who=alice.email)
    client.force_login(alice)
    assert client.post(f"/settings/audit/{entry.pk}/delete").status_code == 403
    assert "/delete" not in client.get(f"/settings/audit/{entry.pk}").content.decode()
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


def test_entries_end_with_their_time_and_outlive_their_user(api, alice):
    role = Role.objects.create(name="None", rights={})
    gone = someone(role=role)
    AuditEntry.objects.create(user=gone, who=gone.email, kind="users", verb="sign-in")
    AuditEntry.objects.create(kind="users", verb="old", at=clock.now() - timedelta(days=40))
    assert api.delete(f"/api/v1/users/{gone.pk}").status_code == 204
    assert entries(api, verb="sign-in")[0]["who"] == gone.email
    preferences.put("accounts.audit_days", 30)
    assert audit.forget(clock.now()) == 1
    assert {row["verb"] for row in entries(api)} == {"sign-in", "delete"}


def test_failed_sign_ins_are_bounded_and_end_sooner(api, monkeypatch):
    monkeypatch.setattr(audit, "MOST_FAILURES_AN_HOUR", 2)
    for _try in range(4):
        sign_in(browser(), "nobody@example.com", "wrong")
    assert len(entries(api, verb=audit.FAILURE)) == 2
    AuditEntry.objects.create(kind="users", verb="old", at=clock.now() - timedelta(days=31))
    AuditEntry.objects.update(at=clock.now() - timedelta(days=31))
    assert audit.forget(clock.now()) == 2
    assert not entries(api, verb=audit.FAILURE)
    assert entries(api, verb="old")
