"""REL-45, SEC-24, SEC-58: mail is taken in once from mailboxes, folders and signed posts."""

import base64
import hmac
import imaplib
import os
import socket
import time
from datetime import timedelta
from hashlib import sha256

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry
from emails.models import MailSource, ReturnedMail
from emails.returned.structure import LONGEST
from emails.services import intake, looking, mailboxes, sources
from kernel import clock
from kernel.registry import ConfigProblem
from tests.emails.people import NOW
from tests.emails.returned import report
from tests.imap_server import PASSWORD, ImapServer

pytestmark = pytest.mark.django_db
SECRET = "0123456789abcdef"


def mails(count: int) -> list[bytes]:
    return [report("x@example.com", name=f"n{number}") for number in range(count)]


def make(**values) -> MailSource:
    row = MailSource()
    sources.take(row, {"name": "Bounces", "secret": SECRET, **values})
    row.save()
    return row


@pytest.fixture
def server(settings):
    with ImapServer(mails(3)) as found:
        settings.OUTBOUND_ALLOW = [f"127.0.0.1:{found.port}"]
        yield found


def mailbox(server: ImapServer, **values) -> MailSource:
    given = {"host": "127.0.0.1", "port": server.port, "security": "none", "user": "zoe"}
    return make(**{**given, "secret": PASSWORD, **values})


def stored() -> int:
    return ReturnedMail.objects.count()


def test_a_mailbox_is_read_from_where_it_was_left(server: ImapServer):
    source = mailbox(server)
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert (stored(), source.last_uid, source.validity) == (3, 3, 7)
    assert (source.trouble, source.looked_at, source.lease_until) == ("", NOW, None)
    server.messages[4] = report("x@example.com", name="new")
    server.commands.clear()
    looking.look_all(lambda: NOW)
    assert stored() == 4
    assert sum("FETCH" in command for command in server.commands) == 1
    assert server.messages.keys() == {1, 2, 3, 4}
    assert not any("STORE" in command for command in server.commands)


def test_a_mailbox_that_began_anew_is_read_anew_and_nothing_is_stored_twice(server: ImapServer):
    mailbox(server)
    looking.look_all(lambda: NOW)
    server.validity, server.messages[4] = 8, report("x@example.com", name="new")
    looking.look_all(lambda: NOW)
    assert stored() == 4


@pytest.mark.parametrize("after", ["keep", "delete"])
def test_what_is_cut_in_the_middle_goes_on_and_loses_nothing(server: ImapServer, after: str):
    source = mailbox(server, after=after)
    server.dies_after = 2
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert (stored(), source.last_uid) == (1, 1)
    assert source.trouble
    assert source.failed_at == NOW
    # Nothing leaves the mailbox before it is stored, nor before its server has confirmed it.
    assert len(server.messages) == 3
    server.dies_after = 0
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert (stored(), source.trouble) == (3, "")
    assert len(server.messages) == (0 if after == "delete" else 3)


def test_a_reader_that_dies_before_it_stores_leaves_the_message(server: ImapServer, monkeypatch):
    mailbox(server, after="delete")

    def dies(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(intake, "store", dies)
        with pytest.raises(SystemExit):
            looking.look_all(lambda: NOW)
    assert len(server.messages) == 3
    # Its lease runs out.
    looking.look_all(lambda: NOW)
    assert stored() == 0
    looking.look_all(lambda: NOW + looking.LEASE + timedelta(seconds=1))
    assert (stored(), server.messages) == (3, {})


def test_of_a_long_message_the_beginning_is_stored_and_the_whole_stays(server: ImapServer):
    server.messages = {1: mails(1)[0] + b"x" * LONGEST}
    mailbox(server, after="delete")
    looking.look_all(lambda: NOW)
    row = ReturnedMail.objects.get()
    assert (len(bytes(row.raw)), row.size) == (LONGEST, len(server.messages[1]))
    # It is not fetched again each minute; what is new is.
    server.commands.clear()
    server.messages[2] = mails(1)[0]
    looking.look_all(lambda: NOW)
    (fetched,) = [command for command in server.commands if "FETCH" in command]
    assert fetched.startswith("UID FETCH 2 ")
    assert server.messages.keys() == {1}


def test_a_wrong_password_is_told_and_not_shown(server: ImapServer, api: APIClient):
    source = mailbox(server, secret="wrong password")
    answer = api.post(f"/api/v1/mail-sources/{source.pk}/test")
    assert (answer.status_code, answer.json()["works"]) == (200, False)
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert "wrong" in source.trouble
    shown = api.get(f"/api/v1/mail-sources/{source.pk}").content.decode()
    assert "wrong password" not in shown + source.sealed


def test_a_password_may_have_any_letter(server: ImapServer):
    server.password, server.plain = "motdépassé", True
    source = mailbox(server, secret=server.password, user="zoé du pré")
    looking.look_all(lambda: NOW)
    assert (stored(), server.entered) == (3, ["zoé du pré"])
    # By the older way it cannot be sent, and nothing of it is told.
    server.plain = False
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert source.trouble.startswith("This server takes no accents")


@pytest.mark.parametrize("field", ["host", "user", "folder"])
def test_nothing_is_smuggled_into_a_command(server: ImapServer, field: str):
    with pytest.raises(ConfigProblem):
        mailbox(server, **{field: "a\r\nA1 DELETE INBOX"})


def test_a_user_with_a_space_is_one_word(server: ImapServer):
    mailbox(server, user="zoe du pre")
    looking.look_all(lambda: NOW)
    assert stored() == 3
    assert any('LOGIN "zoe du pre" ' in command for command in server.commands)


def test_a_server_that_drips_is_left_at_the_deadline():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"x")
        reader = mailboxes._Bytes(ours, time.monotonic() - mailboxes.GRACE_SECONDS)
        with pytest.raises(TimeoutError):
            reader.readinto(bytearray(1))
        reader = mailboxes._Bytes(ours, time.monotonic() + 60)
        reader.left = 1
        assert reader.readinto(bytearray(1)) == 1
        with pytest.raises(imaplib.IMAP4.abort):
            reader.readinto(bytearray(1))


def test_places_of_our_own_network_are_not_called(settings, api: APIClient):
    with ImapServer(mails(1)) as server:
        settings.OUTBOUND_ALLOW = []
        source = mailbox(server)
        assert not looking.look(source.pk, NOW)
        assert not server.commands
    source.refresh_from_db()
    assert source.trouble == "This address may not be called."


def test_a_password_goes_to_no_other_server(server: ImapServer):
    source = mailbox(server)
    with pytest.raises(ConfigProblem):
        sources.take(source, {"host": "evil.example.com"})


@pytest.fixture
def root(settings, tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / "root" / "bounces" / name).mkdir(parents=True)
    settings.MAILDIR_ROOT = str(tmp_path / "root")
    return tmp_path / "root"


@pytest.mark.parametrize("after", ["keep", "delete"])
def test_a_maildir_is_emptied_into_the_store(root, after: str):
    for number, raw in enumerate(mails(2)):
        (root / "bounces" / "new" / f"{number}.host").write_bytes(raw)
    secret = root / "secret"
    secret.write_text("not ours")
    os.symlink(secret, root / "bounces" / "new" / "9.host")
    os.mkfifo(root / "bounces" / "new" / "8.host")
    source = make(way="folder", folder="bounces", after=after, secret="")
    looking.look_all(lambda: NOW)
    source.refresh_from_db()
    assert (stored(), source.trouble) == (2, "")
    left = sorted(path.name for path in (root / "bounces" / "cur").iterdir())
    assert left == (["0.host:2,S", "1.host:2,S"] if after == "keep" else [])
    assert not (root / "bounces" / "new" / "0.host").exists()


@pytest.mark.parametrize(
    "folder", ["../elsewhere", "/etc", "nowhere", "bounces/cur", "a\0b", "link"]
)
def test_only_maildirs_below_the_root_are_read(root, folder: str):
    (root.parent / "elsewhere" / "new").mkdir(parents=True)
    os.symlink(root.parent / "elsewhere", root / "link")
    with pytest.raises(ConfigProblem):
        make(way="folder", folder=folder)


def test_without_a_root_there_are_no_folders(settings):
    settings.MAILDIR_ROOT = ""
    with pytest.raises(ConfigProblem):
        make(way="folder", folder="/var/mail")


def signed(raw: bytes, secret: str = SECRET, at: int | None = None, name: str = "m1") -> dict:
    at = int(clock.now().timestamp()) if at is None else at
    code = hmac.new(secret.encode(), f"{name}.{at}.".encode() + raw, sha256).digest()
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": "v1," + base64.b64encode(code).decode(),
    }


def post(client, source: int, raw: bytes, headers: dict) -> int:
    path = f"/hooks/mail/{source}?recipient=b-1-aaaaaaaaaaaaaaaa@bounces.example.com"
    answer = client.post(path, raw, content_type="message/rfc822", headers=headers)
    return answer.status_code


def test_a_signed_post_is_stored_once(client):
    source = make(way="webhook")
    raw = mails(1)[0]
    assert [post(client, source.pk, raw, signed(raw)) for _ in range(5)] == [204] * 5
    assert ReturnedMail.objects.get().recipient.startswith("b-1-")


def test_what_is_not_signed_or_too_old_or_too_large_is_refused(client, api: APIClient):
    source, off = make(way="webhook"), make(way="webhook", active=False)
    raw, now = mails(1)[0], int(clock.now().timestamp())
    good = signed(raw)
    refused = [
        post(client, source.pk, raw, {}),
        post(client, source.pk, raw + b"x", good),
        post(client, source.pk, raw, signed(raw, secret="another secret!!")),
        post(client, source.pk, raw, signed(raw, at=now - 301)),
        post(client, source.pk, raw, signed(raw, at=now + 400)),
        post(client, source.pk, raw, {**good, "webhook-id": "m2"}),
        post(client, source.pk, raw, {**good, "webhook-signature": "v1,zzz v2,abc"}),
        post(client, source.pk, raw, signed(raw, secret="")),
        post(client, off.pk, raw, good),
        post(client, source.pk + 99, raw, good),
    ]
    assert refused == [403] * 10
    large = b"x" * (2 * 1024 * 1024 + 1)
    assert post(client, source.pk, large, signed(large)) == 413
    assert client.get(f"/hooks/mail/{source.pk}").status_code == 405
    assert stored() == 0


def test_a_source_is_made_and_tried_by_rest(server: ImapServer, api: APIClient):
    given = {"name": "Bounces", "host": "127.0.0.1", "port": server.port, "security": "none"}
    given |= {"user": "zoe", "secret": PASSWORD}
    made = api.post("/api/v1/mail-sources", given, format="json")
    assert made.status_code == 201, made.json()
    assert "secret" not in made.json()
    number = made.json()["id"]
    assert PASSWORD not in str(list(AuditEntry.objects.values()))
    assert api.post(f"/api/v1/mail-sources/{number}/test").json() == {
        "works": True,
        "words": "It works: 3 messages there.",
    }
    assert stored() == 0
    change = {"version": made.json()["version"], "name": "Others"}
    assert api.patch(f"/api/v1/mail-sources/{number}", change, format="json").status_code == 200
    assert api.post(f"/api/v1/mail-sources/{number}/test").json()["works"]
    lacks = api.post("/api/v1/mail-sources", {"name": "x"}, format="json")
    assert {one["field"] for one in lacks.json()["errors"]} == {"host", "user", "secret"}
