"""One SMTP connection: greeting, TLS and login by Python's client, mails by ourselves.

A mail costs two writes: the envelope in one (where the server takes pipelining), the whole text
with its final dot in the other. `smtplib` writes in pieces, and each waits 40 ms for Nagle's
algorithm and delayed acknowledgements to agree.
"""

import os
import smtplib
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass

LONGEST_LINE = 2_000
MOST_LINES = 100
LONGEST_WORDS = 300


class WireLost(Exception):  # noqa: N818 - it says what happened
    """The connection broke, or the server stayed silent too long."""


@dataclass(frozen=True, slots=True)
class Line:
    """One reply of the server, its lines joined."""

    code: int
    words: str

    @property
    def accepts(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        return 500 <= self.code < 600

    @property
    def known(self) -> bool:
        return 200 <= self.code < 600


def stuffed(raw: bytes) -> bytes:
    """A mail as it goes over the wire: CRLF only, leading dots doubled, the final dot added."""
    if not raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"):
        # A bare line end could be taken for the end of the mail, and what follows for another.
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if b"\r\n." in raw:
        raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw + (b".\r\n" if raw.endswith(b"\r\n") else b"\r\n.\r\n")


class Wire:
    """A greeted connection; every call keeps to a deadline of the monotonic clock."""

    def __init__(self, client: smtplib.SMTP) -> None:
        if client.sock is None:
            raise WireLost("not connected")
        self._client, self._socket = client, client.sock
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self.pipelining = client.has_extn("pipelining")
        # Whether it takes letters of other alphabets before the @ (RFC 6531).
        self.international = client.has_extn("smtputf8")
        self.process = os.getpid()
        self.mails = 0
        self.used_at = time.monotonic()
        # Not to be used for another mail.
        self.spent = False

    def begin(self) -> None:
        self.mails += 1
        self.used_at = time.monotonic()

    def send(self, data: bytes, deadline: float) -> None:
        try:
            self._socket.settimeout(_left(deadline))
            self._socket.sendall(data)
        except (OSError, ssl.SSLError) as error:
            raise WireLost(_said(error)) from error

    def reply(self, deadline: float) -> Line:
        """Read one reply, however many lines it has."""
        words: list[str] = []
        for _count in range(MOST_LINES):
            line = self._line(deadline)
            code, last = line[:3], line[3:4] != b"-"
            words.append(line[4:].decode("utf-8", "replace").strip())
            if last:
                number = int(code) if code.isdigit() else 0
                return Line(number, " ".join(words)[:LONGEST_WORDS])
        raise WireLost("endless reply")

    def ask(self, command: bytes, deadline: float) -> Line:
        self.send(command + b"\r\n", deadline)
        return self.reply(deadline)

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._read:
            if len(self._read) > LONGEST_LINE:
                raise WireLost("endless line")
            try:
                self._socket.settimeout(_left(deadline))
                more = self._socket.recv(4096)
            except (OSError, ssl.SSLError) as error:
                raise WireLost(_said(error)) from error
            if not more:
                raise WireLost("connection closed")
            self._read += more
        line, _, self._read = self._read.partition(b"\n")
        return line.rstrip(b"\r")

    def leave(self) -> None:
        """Say goodbye without waiting for an answer."""
        with suppress(WireLost):
            self.send(b"QUIT\r\n", time.monotonic() + 1)
        self.drop()

    def drop(self) -> None:
        with suppress(OSError):
            self._client.close()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("no answer in time")
    return left


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:LONGEST_WORDS]
