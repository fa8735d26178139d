"""Sources of returned mail on screen: made, changed, tried; secrets are shown nowhere."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from emails.models import MailSource
from emails.services import sources
from tests.imap_server import PASSWORD, ImapServer
from tests.resource_contract import ResourceContract


class TestSources(ResourceContract):
    base = "/settings/returned-mail"
    kind = "preferences"
    owned = False

    def make(self, number: int, owner: User | None = None) -> MailSource:
        row = MailSource(name=f"Source {number:02}")
        sources.take(row, {**self.fields(number), "active": True})
        row.save()
        return row

    def fields(self, number: int) -> dict[str, Any]:
        return {
            "name": f"Source {number:02}",
            "way": "imap",
            "host": "imap.example.com",
            "port": 993,
            "security": "tls",
            "user": "zoe",
            "folder": "INBOX",
            "after": "keep",
            "secret": PASSWORD,
            "active": "on",
        }


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def given(server: ImapServer, **more: Any) -> dict[str, Any]:
    shape = TestSources().fields(1) | {"host": "127.0.0.1", "port": server.port, "security": "none"}
    return shape | more


def test_a_source_is_made_tried_and_its_secret_shown_nowhere(screen: Client, settings: Any):
    with ImapServer([b"x"]) as server:
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{server.port}"]
        made = screen.post("/settings/returned-mail/new", given(server))
        assert made.status_code == 302, made.context["form"].errors
        row = MailSource.objects.get()
        came = screen.post(f"/settings/returned-mail/{row.pk}/test").content.decode()
        assert "It works: 1 message there." in came
    pages = [f"/settings/returned-mail/{row.pk}{end}" for end in ("", "/edit", "/history")]
    shown = "".join(screen.get(page).content.decode() for page in pages)
    assert PASSWORD not in shown + str(list(AuditEntry.objects.values()))
    # Left empty, it stays.
    kept = row.sealed
    values = given(server, name="Other", secret="", version=row.version)
    assert screen.post(f"/settings/returned-mail/{row.pk}/edit", values).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.sealed, row.version) == ("Other", kept, 2)


def test_what_is_missing_is_said_beside_its_field(screen: Client):
    answer = screen.post("/settings/returned-mail/new", {"name": "x", "way": "imap", "port": 993})
    assert set(answer.context["form"].errors) >= {"security", "after"}
    whole = {"name": "x", "way": "webhook", "port": 993, "security": "tls", "after": "keep"}
    answer = screen.post("/settings/returned-mail/new", {**whole, "secret": "short"})
    assert set(answer.context["form"].errors) == {"secret"}


def test_why_a_source_does_not_work_stands_on_its_page(screen: Client):
    row = TestSources().make(1)
    MailSource.objects.filter(pk=row.pk).update(trouble="No such server.", failed_at=row.created_at)
    assert "No such server." in screen.get(f"/settings/returned-mail/{row.pk}").content.decode()
