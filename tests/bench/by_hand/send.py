"""A mail server that only counts, and the client of the product pushing mails made beforehand."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from emails.services.transports import Mail, Smtp

ROOT = Path(__file__).resolve().parents[3]


class Counter(asyncio.Protocol):
    """Takes every mail and forgets it; `NOOP` is answered with the number taken so far."""

    taken = 0

    def __init__(self) -> None:
        self.buffer, self.in_text = b"", False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(b"220 counter\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while self._text() if self.in_text else self._line():
            pass

    def _text(self) -> bool:
        _head, dot, rest = self.buffer.partition(b"\r\n.\r\n")
        if not dot:
            return False
        self.buffer, self.in_text = rest, False
        Counter.taken += 1
        self.transport.write(b"250 taken\r\n")
        return bool(rest)

    def _line(self) -> bool:
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        self.buffer, verb = rest, line[:4].upper()
        self.in_text = verb == b"DATA"
        answers = {
            b"EHLO": b"250-counter\r\n250 PIPELINING\r\n",
            b"DATA": b"354 go on\r\n",
            b"QUIT": b"221 bye\r\n",
            b"NOOP": b"250 %d\r\n" % Counter.taken,
        }
        self.transport.write(answers.get(verb, b"250 ok\r\n"))
        return bool(rest)


@contextmanager
def counting_server() -> Iterator[int]:
    """Run the server as a process of its own and return its port."""
    command = [sys.executable, "-m", "tests.bench.by_hand.send"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.kill()


def push(url: str, mails: list[Mail], count: int) -> None:
    """Hand `count` ready mails over, with as many threads as the product uses."""
    carrier = Smtp(url)
    share = count // carrier.threads

    def some(first: int) -> None:
        for number in range(share):
            carrier.deliver(mails[(first + number) % len(mails)])

    with ThreadPoolExecutor(carrier.threads) as pool:
        list(pool.map(some, range(carrier.threads)))
    carrier.mailer.close()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Counter, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
