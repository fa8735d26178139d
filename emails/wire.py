"""One SMTP connection: greeting, TLS and login by Python's client, mails by ourselves.

A mail costs two writes: the envelope in one (where the server takes pipelining), the whole text
in the other. `smtplib` writes in pieces, and each waits 40 ms for Nagle's algorithm and delayed
acknowledgements to agree. The final dot alone goes by itself, a moment after the text, so that a
connection cut before it is known not to have delivered anything.
"""

import fcntl
import os
import select
import smtplib
import socket
import ssl
import struct
import termios
import time
from contextlib import suppress
from dataclasses import dataclass

LONGEST_LINE = 2_000
MOST_LINES = 100
LONGEST_WORDS = 300
DOT = b".\r\n"


class WireLost(Exception):  # noqa: N818 - it says what happened
    """The connection broke, or the server stayed silent too long."""

    # The server closed it in good order, and had not received what we wrote last.
    before_the_end = False


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
    """A mail as it goes over the wire: CRLF only, leading dots doubled; the final dot follows."""
    if not raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"):
        # A bare line end could be taken for the end of the mail, and what follows for another.
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if b"\r\n." in raw:
        raw = raw.replace(b"\r\n.", b"\r\n..")
    if raw.startswith(b"."):
        raw = b"." + raw
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"


class Wire:
    """A greeted connection; every call keeps to a deadline of the monotonic clock."""

    def __init__(self, client: smtplib.SMTP) -> None:
        if client.sock is None:
            raise WireLost("not connected")
        self._client, self._socket = client, client.sock
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self._watch = select.poll()
        self._watch.register(self._socket, select.POLLIN)
        self.pipelining = client.has_extn("pipelining")
        # Whether it takes letters of other alphabets before the @ (RFC 6531).
        self.international = client.has_extn("smtputf8")
        self.process = os.getpid()
        self.mails = 0
        self.used_at = time.monotonic()
        # Not to be used for another mail.
        self.spent = False
        # Whether the server broke connections lately.
        self.wary = False

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

    def interrupted(self, seconds: float) -> bool:
        """Say whether the server speaks within this time though it is not its turn.

        Raises `WireLost` when it goes away.
        """
        if not (self._read or self._watch.poll(seconds * 1000)):
            return False
        try:
            self._socket.settimeout(0)
            self._receive()
        except (BlockingIOError, ssl.SSLWantReadError):
            # A matter of the encryption's own.
            return False
        except (OSError, ssl.SSLError) as error:
            raise WireLost(_said(error)) from error
        return True

    def _receive(self) -> None:
        more = self._socket.recv(4096)
        if not more:
            lost = WireLost("connection closed")
            lost.before_the_end = self._unacknowledged() > 0
            raise lost
        self._read += more

    def _unacknowledged(self) -> int:
        """Count what we wrote and the other side's system has not received.

        It acknowledges with its farewell whatever it had, and receives nothing afterwards: so
        what is missing then was never read by anybody. After a reset nothing is certain.
        """
        with suppress(OSError):
            (count,) = struct.unpack("i", fcntl.ioctl(self._socket, termios.TIOCOUTQ, b"\0" * 4))
            return int(count)
        return 0

    def _line(self, deadline: float) -> bytes:
        while b"\n" not in self._read:
            if len(self._read) > LONGEST_LINE:
                raise WireLost("endless line")
            try:
                self._socket.settimeout(_left(deadline))
                self._receive()
            except (OSError, ssl.SSLError) as error:
                raise WireLost(_said(error)) from error
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
