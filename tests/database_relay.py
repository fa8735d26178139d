"""Stands between Django and PostgreSQL, and loses the connection at a chosen statement."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

FAREWELL = b"terminating connection due to immediate shutdown command"


class Loss(Enum):
    """How a connection ends at a statement."""

    # The server has said farewell and closed before the statement was sent.
    TOLD = "told"
    # The statement was taken and nothing came back: not carried out, or carried out.
    UNANSWERED = "unanswered"
    DONE = "done"
    # An error of the server is the answer, then it closes.
    ENDED = "ended"


class Relay:
    """Hands statements over; `lose(n, how)` ends the connection at the nth from now."""

    def __init__(self, folder: Path, server: Path) -> None:
        self.folder, self._server = folder, server
        self._left: int | None = None
        self._how = Loss.TOLD
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(folder / server.name))
        self._listener.listen(8)

    def lose(self, at: int, how: Loss) -> None:
        self._left, self._how = at, how

    def spare(self) -> None:
        self._left = None

    @property
    def has_lost(self) -> bool:
        return self._left is None

    @contextlib.contextmanager
    def running(self) -> Iterator["Relay"]:
        threading.Thread(target=self._listen, daemon=True).start()
        with contextlib.closing(self._listener):
            yield self

    def _listen(self) -> None:
        while True:
            try:
                client = self._listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(ConnectionError), client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._server))
            server.sendall(_take(client, typed=False))
            answer = _until_ready(server)
            while True:
                if self._left == 1 and self._how is Loss.TOLD:
                    self._left = None
                    client.shutdown(socket.SHUT_RD)
                    client.sendall(answer)
                    # Not together: what is read along with an answer is told in another way.
                    time.sleep(0.005)
                    client.sendall(_words(b"N", b"WARNING"))
                    return
                client.sendall(answer)
                statement = _take(client)
                if statement[:1] == b"Q" and self._left is not None:
                    self._left = self._left - 1 or None
                    if self._left is None:
                        self._end(client, server, statement)
                        return
                server.sendall(statement)
                answer = _until_ready(server)

    def _end(self, client: socket.socket, server: socket.socket, statement: bytes) -> None:
        if self._how is Loss.DONE:
            server.sendall(statement)
            _until_ready(server)
        elif self._how is Loss.ENDED:
            client.sendall(_words(b"E", b"FATAL"))


def _words(kind: bytes, severity: bytes) -> bytes:
    text = b"S%b\0V%b\0C57P01\0M%b\0\0" % (severity, severity, FAREWELL)
    return kind + struct.pack("!I", len(text) + 4) + text


def _take(source: socket.socket, *, typed: bool = True) -> bytes:
    """Read one message; the first of a connection has no letter for its kind."""
    head = _exactly(source, 5 if typed else 4)
    return head + _exactly(source, struct.unpack("!I", head[-4:])[0] - 4)


def _until_ready(server: socket.socket) -> bytes:
    answer = b""
    while True:
        message = _take(server)
        answer += message
        if message[:1] == b"Z":
            return answer


def _exactly(source: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = source.recv(size - len(found))
        if not part:
            raise ConnectionError
        found += part
    return found
