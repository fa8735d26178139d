"""Hands mails to an SMTP server over kept connections, and says exactly what came of it.

* Server.of_url("smtp://user:password@host:587?tls=required") · smtps:// for TLS from the start
* Mailer(server).deliver(sender, recipient, raw) -> Reply(answer, words); one connection a thread
* mailer.close() says goodbye on the connections of all threads

The ledger rests on the difference between *passing* and *unknown*: until the last byte of a mail
has been handed to the network it cannot have been accepted; after it, a lost answer leaves doubt.
"""

import os
import re
import smtplib
import ssl
import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urlsplit

from emails.handover import Answer, Reply, hand_over
from emails.wire import Wire

__all__ = ["Answer", "Mailer", "Reply", "Server", "connect"]

PORTS = {"smtp": 25, "smtps": 465}
TLS = frozenset({"off", "offered", "required"})
# How long a server that broke a connection in the middle of a mail is not trusted to hold others.
WARY_SECONDS = 600.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_ADDRESS = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e\u00a1-\U0010ffff]{1,254}\Z")


@dataclass(frozen=True, slots=True)
class Server:
    """Where mails go, and how long we wait there."""

    host: str
    port: int = 25
    user: str = ""
    password: str = ""
    implicit_tls: bool = False
    tls: str = "offered"
    name: str = "localhost"
    # Seconds: to connect and greet; for one mail from the first command to the last answer.
    connect_seconds: float = 5.0
    mail_seconds: float = 10.0
    mails_per_connection: int = 100
    idle_seconds: float = 20.0

    @classmethod
    def of_url(cls, url: str, name: str = "localhost") -> "Server":
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("The mail server is written smtp://user:password@host:port.")
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        tls = options.get("tls", "required" if parts.username else "offered")
        if tls not in TLS:
            raise ValueError("tls is off, offered or required.")
        return cls(
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            implicit_tls=parts.scheme == "smtps",
            tls=tls,
            name=name,
        )


class Mailer:
    """Delivers mails for many threads; each keeps its own connection."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._mine = threading.local()
        self._all: set[Wire] = set()
        self._lock = threading.Lock()
        self._wary_until = 0.0

    def deliver(self, sender: str, recipient: str, raw: bytes) -> Reply:
        """Hand one mail over; takes no longer than both time-outs of the server."""
        if not _ADDRESS.match(recipient):
            return Reply(Answer.PERMANENT, "501 5.1.3 bad address syntax")
        if sender and not _ADDRESS.match(sender):
            return Reply(Answer.PERMANENT, "501 5.1.7 bad address syntax of the sender")
        reply, deadline = None, time.monotonic() + self.server.mail_seconds
        for _try in range(2):
            try:
                wire, fresh = self._wire()
            except (OSError, smtplib.SMTPException) as error:
                return Reply(Answer.DOWN, _words(error))
            wire.wary = time.monotonic() < self._wary_until
            reply = hand_over(wire, sender, recipient, raw, deadline)
            if reply and (reply.cut or reply.answer == Answer.UNKNOWN):
                self._wary_until = time.monotonic() + WARY_SECONDS
            if wire.spent or wire.mails >= self.server.mails_per_connection:
                self._forget(wire)
            if reply or fresh:
                break
            # The server had closed a kept connection; nothing of this mail was taken.
        return reply or Reply(Answer.PASSING, "connection lost", cut=True)

    def close(self) -> None:
        """Say goodbye on the connections of this process."""
        with self._lock:
            wires, self._all = self._all, set()
        for wire in wires:
            if wire.process == os.getpid():
                wire.leave()

    def _wire(self) -> tuple[Wire, bool]:
        """The connection of this thread and whether it is a new one."""
        kept: Wire | None = getattr(self._mine, "wire", None)
        if kept and kept.process == os.getpid() and not kept.spent:
            if time.monotonic() - kept.used_at < self.server.idle_seconds:
                return kept, False
            self._forget(kept)
        wire = self._mine.wire = connect(self.server)
        with self._lock:
            self._all.add(wire)
        return wire, True

    def _forget(self, wire: Wire) -> None:
        wire.spent = True
        with self._lock:
            self._all.discard(wire)
        wire.leave()


def connect(server: Server) -> Wire:
    """Connect, greet, encrypt and sign in; raises OSError or SMTPException."""
    verified = server.implicit_tls or server.tls == "required"
    context = _context(verified=verified)
    if server.implicit_tls:
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host,
            server.port,
            local_hostname=server.name,
            timeout=server.connect_seconds,
            context=context,
        )
    else:
        client = smtplib.SMTP(
            server.host,
            server.port,
            local_hostname=server.name,
            timeout=server.connect_seconds,
        )
    try:
        _enter(client, server, context)
        return Wire(client)
    except BaseException:
        client.close()
        raise


@lru_cache(maxsize=2)
def _context(*, verified: bool) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not verified:
        # Between mail servers any encryption is better than none; nobody was promised more.
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _enter(client: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    client.ehlo_or_helo_if_needed()
    encrypted = server.implicit_tls
    if not encrypted and server.tls != "off" and client.has_extn("starttls"):
        client.starttls(context=context)
        client.ehlo()
        encrypted = True
    if not encrypted and server.tls == "required" and server.host not in LOOPBACK:
        raise smtplib.SMTPNotSupportedError("the server offers no TLS")
    if server.user:
        client.login(server.user, server.password)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {text}"[:300]
    return f"{type(error).__name__}: {error}"[:300]
