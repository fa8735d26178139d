"""Fetches returned mail by IMAP (RFC 3501): what is new, and away with it only once it is stored.

* look(source, take, deadline) -> Progress     raises `LookFailed`
* test(source) -> int                          how many messages lie there

Nothing is locked meanwhile. A message is marked as deleted after `take` has stored it, so that
whatever ends this in the middle leaves it where it is; fetched again, its digest is known.
"""

import imaplib
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from emails.models import MailSource
from emails.returned.structure import LONGEST
from kernel.guard import OutboundError, connected
from kernel.sealing import Unreadable, unseal

SEALED = "emails.mail_source"
PORTS = frozenset({143, 993})
MOST = 200
STEP_SECONDS = 20.0
LONGEST_LINE = 1_000_000
Security, After = MailSource.Security, MailSource.After
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_VALIDITY = re.compile(rb"(\d{1,12})")
# What a mailbox name may hold between quotes.
_UNQUOTED = re.compile(r"[\x00-\x1f\x7f]")


class LookFailed(Exception):  # noqa: N818 - an answer to whoever configured it
    """Why nothing could be fetched, in words."""


@dataclass(frozen=True)
class Progress:
    """Up to where a mailbox was read."""

    validity: int
    last_uid: int
    taken: int
    more: bool


# Called with a message and its whole size; it is stored when this returns.
Take = Callable[[bytes, int], bool]


def look(
    source: MailSource, take: Take, keep: Callable[[int, int], None], seconds: float
) -> Progress:
    """Fetch what is new; `keep` notes up to where, after each message."""
    deadline = time.monotonic() + seconds
    with _entered(source, deadline) as client:
        validity = _validity(client)
        # Another life of the mailbox: its numbers begin anew, digests tell what is known.
        last = source.last_uid if validity == source.validity else 0
        deletes = source.after == After.DELETE
        # What is still there though it was read is too long, or its reader died: new ones first.
        numbers = _numbers(client, 1 if deletes else last + 1)
        numbers.sort(key=lambda uid: (uid <= last, uid))
        taken, gone = 0, []
        for uid in numbers[:MOST]:
            if time.monotonic() > deadline:
                break
            whole = _fetch(client, uid, take)
            taken += 1
            last = max(last, uid)
            keep(validity, last)
            if deletes and whole:
                _ok(client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)"))
                gone.append(str(uid))
        if gone:
            _remove(client, gone)
    return Progress(validity, last, taken, more=taken < len(numbers))


def test(source: MailSource) -> int:
    """Sign in and count what lies there, changing nothing."""
    with _entered(source, time.monotonic() + STEP_SECONDS) as client:
        return len(_numbers(client, 1))


@contextmanager
def _entered(source: MailSource, deadline: float) -> Iterator[imaplib.IMAP4]:
    try:
        client = _Client(source, deadline)
    except (OSError, imaplib.IMAP4.error, OutboundError, ssl.SSLError) as error:
        raise LookFailed(_words(error)) from error
    try:
        client.enter(source)
        yield client
    except (OSError, imaplib.IMAP4.error, UnicodeError, ValueError) as error:
        raise LookFailed(_words(error)) from error
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()
        with suppress(OSError):
            client.shutdown()


class _Client(imaplib.IMAP4):
    """A connection to a checked address, encrypted as the source says."""

    def __init__(self, source: MailSource, deadline: float) -> None:
        self._source, self._deadline = source, deadline
        super().__init__(source.host, source.port, timeout=STEP_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = connected(self._source.host, self._source.port, self._deadline, PORTS)
        plain.settimeout(STEP_SECONDS)
        if self._source.security != Security.TLS:
            return plain
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=self._source.host)

    def readline(self) -> bytes:
        """Read a line, ending at the deadline however slowly bytes drip in."""
        if time.monotonic() > self._deadline + STEP_SECONDS:
            raise TimeoutError
        return super().readline()

    def read(self, size: int) -> bytes:
        """Refuse a literal that is longer than what was asked for."""
        if size > LONGEST + LONGEST_LINE:
            raise self.abort("literal too long")
        return super().read(size)

    def enter(self, source: MailSource) -> None:
        if source.security == Security.STARTTLS:
            self.starttls(ssl.create_default_context())
        try:
            password = unseal(source.sealed, SEALED) if source.sealed else ""
        except Unreadable:
            raise ValueError(_("Enter the password again.")) from None
        self.login(source.user, password)
        name = _UNQUOTED.sub("", source.folder or "INBOX").replace("\\", "\\\\")
        quoted = '"' + name.replace('"', '\\"') + '"'
        _ok(self.select(quoted, readonly=source.after == After.KEEP))


def _validity(client: imaplib.IMAP4) -> int:
    _name, told = client.response("UIDVALIDITY")
    found = _VALIDITY.search(told[0]) if told and isinstance(told[0], bytes) else None
    return int(found[1]) if found else 0


def _numbers(client: imaplib.IMAP4, first: int) -> list[int]:
    told = _ok(client.uid("SEARCH", f"UID {first}:*"))
    found = [int(word) for part in told if isinstance(part, bytes) for word in part.split()]
    # `n:*` names the last message even where its number is smaller than n.
    return sorted(number for number in found if number >= first)


def _fetch(client: imaplib.IMAP4, uid: int, take: Take) -> bool:
    """Fetch one message and have it stored; say whether it was whole."""
    told = _ok(client.uid("FETCH", str(uid), f"(RFC822.SIZE BODY.PEEK[]<0.{LONGEST}>)"))
    pairs = [part for part in told if isinstance(part, tuple)]
    if not pairs:
        # Somebody else removed it meanwhile.
        return False
    head, raw = pairs[0][0], pairs[0][1]
    lines = b" ".join(part if isinstance(part, bytes) else part[0] for part in told if part)
    size = _SIZE.search(head) or _SIZE.search(lines)
    whole = int(size[1]) if size else len(raw)
    take(raw, whole)
    return whole <= LONGEST


def _remove(client: imaplib.IMAP4, gone: list[str]) -> None:
    """Remove what was marked: these alone, where the server can do that (RFC 4315)."""
    if "UIDPLUS" in client.capabilities:
        _ok(client.uid("EXPUNGE", ",".join(gone)))
    else:
        _ok(client.expunge())


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    state, told = answer
    if state != "OK":
        words = told[0] if told else b""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
        raise imaplib.IMAP4.error(text)
    return told


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return str(_("The server did not answer in time."))
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(_("The certificate of the server is not valid for this name."))
    if isinstance(error, OutboundError | ValueError):
        return str(error)
    said = str(error.args[0]) if error.args else ""
    text = said[2:-1] if said.startswith("b'") else said
    words = str(_("The connection failed: %(reason)s"))
    return words % {"reason": " ".join((text or type(error).__name__).split())[:200]}
