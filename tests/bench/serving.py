"""The web server as in production, and clients that press it with ready-made requests."""

import contextlib
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from tests.ports import free_port

CLIENTS = 8
PATIENCE = 60.0
START = (
    "import sys; from automation.processes import web;"
    " web(int(sys.argv[1]), application=sys.argv[2])()"
)
Request = bytes


@contextlib.contextmanager
def serving(application: str = "automation.wsgi:application") -> Iterator[int]:
    """Serve an application on a free port, by the very process an installation has."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", START, str(port), application],
        env=os.environ | {"RELAIS_ROLE": "web"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    """Wait until both workers have answered, so that no request pays for their start."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with contextlib.suppress(OSError), Client(port) as client:
            if client.ask(request("GET", "/health/live")) == 200:
                return
        time.sleep(0.2)
    raise TimeoutError("The web server does not answer.")


def request(method: str, path: str, body: bytes = b"", token: str = "") -> Request:
    """Write a request as bytes."""
    head = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    head += [f"Authorization: Bearer {token}"] if token else []
    head += ["Content-Type: application/json"] if body else []
    return "\r\n".join([*head, "", ""]).encode() + body


class Client:
    """One kept connection; it reads no more of an answer than its status and length."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *problem: object) -> None:
        self.socket.close()

    def ask(self, wanted: Request) -> int:
        """Send a request, wait for all of its answer, return the status."""
        self.socket.sendall(wanted)
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more()
        head, _blank, body = received.partition(b"\r\n\r\n")
        left = _length(head) - len(body)
        while left > 0:
            left -= len(self._more())
        return int(head.split(b" ", 2)[1])

    def _more(self) -> bytes:
        chunk = self.socket.recv(256 * 1024)
        if not chunk:
            raise ConnectionError("The server hung up.")
        return chunk


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


def press(port: int, requests: Sequence[Request], expected: int) -> list[float]:
    """Send all requests over some connections at once; return how long each took."""
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    for one in requests:
        waiting.put(one)
    took, failures = list[float](), list[object]()

    def work() -> None:
        try:
            with Client(port) as client, contextlib.suppress(queue.Empty):
                while True:
                    wanted = waiting.get_nowait()
                    began = time.perf_counter()
                    status = client.ask(wanted)
                    took.append(time.perf_counter() - began)
                    if status != expected:
                        failures.append(status)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, f"{len(failures)} of {len(requests)} failed: {failures[:3]}"
    assert len(took) == len(requests)
    return took
