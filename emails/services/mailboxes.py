"""Fetches returned mail by IMAP (RFC 3501): what is new, and away with it only once it is stored.

* look(source, take, deadline) -> Progress     raises `LookFailed`
* test(source) -> int                          how many messages lie there

Nothing is locked meanwhile. A message is marked as deleted after `take` has stored it, so that
whatever ends this in the middle leaves it where it is; fetched again, its digest is known.
"""

import imaplib
import io
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

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
# Bytes of all that a server says to one command, and seconds to end in what was begun.
LONGEST_ANSWER, GRACE_SECONDS = 4_000_000, 5.0
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
        numbers = _numbers(client, last + 1)
        if deletes and last:
            # Whose reader died before they were removed; what is too long stays by design.
            numbers += _left_over(client, last)
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
        password = unseal(source.sealed, SEALED) if source.sealed else ""
    except Unreadable:
        raise LookFailed(_("Enter the password again.")) from None
    try:
        client = _Client(source, deadline)
    except (OSError, imaplib.IMAP4.error, OutboundError, ssl.SSLError) as error:
        raise LookFailed(_words(error, password)) from error
    try:
        client.enter(source, password)
        yield client
    except (OSError, imaplib.IMAP4.error, ValueError) as error:
        # Not its cause: a traceback would quote what was sent.
        raise LookFailed(_words(error, password)) from None
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

    @property
    def file(self) -> IO[bytes]:
        """What the server sends, up to the deadline and no more than an answer may have."""
        return self._file

    @file.setter
    def file(self, _made: Any) -> None:
        self._bytes = _Bytes(self.sock, self._deadline)
        self._file = io.BufferedReader(self._bytes)

    def uid(self, command: str, *args: str) -> tuple[str, list[Any]]:
        """Give each command an answer of its own length."""
        self._bytes.left = LONGEST_ANSWER
        return super().uid(command, *args)

    def read(self, size: int) -> bytes:
        """Refuse a literal that is longer than what was asked for."""
        if size > LONGEST + LONGEST_LINE:
            raise self.abort("literal too long")
        return super().read(size)

    def enter(self, source: MailSource, password: str) -> None:
        if source.security == Security.STARTTLS:
            self.starttls(ssl.create_default_context())
        if "AUTH=PLAIN" in self.capabilities:
            # RFC 4616: the one way that takes any letter.
            said = f"\0{source.user}\0{password}".encode()
            self.authenticate("PLAIN", lambda _challenge: said)
        else:
            self.login(_quoted(source.user), password)
        _ok(self.select(_quoted(source.folder or "INBOX"), readonly=source.after == After.KEEP))


def _quoted(name: str) -> str:
    clean = _UNQUOTED.sub("", name).replace("\\", "\\\\")
    return '"' + clean.replace('"', '\\"') + '"'


class _Bytes(io.RawIOBase):
    """What a server sends, ending at the deadline however slowly bytes drip in."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        super().__init__()
        self._sock, self._deadline = sock, deadline
        self.left = LONGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        seconds = self._deadline + GRACE_SECONDS - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        if self.left <= 0:
            raise imaplib.IMAP4.abort("answer too long")
        self._sock.settimeout(min(STEP_SECONDS, seconds))
        count = self._sock.recv_into(buffer)
        self.left -= count
        return count


def _validity(client: imaplib.IMAP4) -> int:
    _name, told = client.response("UIDVALIDITY")
    found = _VALIDITY.search(told[0]) if told and isinstance(told[0], bytes) else None
    return int(found[1]) if found else 0


def _numbers(client: imaplib.IMAP4, first: int) -> list[int]:
    told = _ok(client.uid("SEARCH", f"UID {first}:*"))
    found = [int(word) for part in told if isinstance(part, bytes) for word in part.split()]
    # `n:*` names the last message even where its number is smaller than n.
    return sorted(number for number in found if number >= first)


def _left_over(client: imaplib.IMAP4, last: int) -> list[int]:
    told = _ok(client.uid("SEARCH", f"UID 1:{last} SMALLER {LONGEST + 1}"))
    found = [int(word) for part in told if isinstance(part, bytes) for word in part.split()]
    return sorted(number for number in found if number <= last)


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


def _words(error: Exception, password: str) -> str:
    if isinstance(error, TimeoutError):
        return str(_("The server did not answer in time."))
    if isinstance(error, ssl.SSLCertVerificationError):
        return str(_("The certificate of the server is not valid for this name."))
    if isinstance(error, UnicodeError):
        # Its own words would tell a sign of the password, and where it stands.
        return str(_("This server takes no accents and other such signs in user and password."))
    if isinstance(error, OutboundError):
        return str(error)
    if isinstance(error, ValueError):
        return str(_("The server answered what cannot be read."))
    said = str(error.args[0]) if error.args else ""
    text = said[2:-1] if said.startswith("b'") else said
    if password:
        # Some servers repeat the command that they refuse.
        text = text.replace(password, "•••").replace(_quoted(password)[1:-1], "•••")
    words = str(_("The connection failed: %(reason)s"))
    return words % {"reason": " ".join((text or type(error).__name__).split())[:200]}
