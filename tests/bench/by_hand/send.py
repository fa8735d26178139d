"""A mail server that only counts, and the client of the product pushing mails made beforehand."""

import asyncio
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import load_pem_private_key

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


def as_it_is(mail: Mail, _number: int) -> Mail:
    return mail


def signing(pem: str) -> Callable[[Mail, int], Mail]:
    """Make a hand-written composer: puts a reader's name in, and signs."""
    key: Any = load_pem_private_key(pem.encode(), password=None)
    names = ["from", "to", "subject", "date", "message-id", "mime-version", "content-type"]
    start = b"v=1; a=rsa-sha256; c=relaxed/simple; d=example.com; s=bench; h="
    start += ":".join(names).encode()

    def compose(mail: Mail, number: int) -> Mail:
        raw = mail.raw.replace(b"Name", b"Name%d" % number).replace(b"FAMILY", b"F%d" % number)
        head, _blank, body = raw.partition(b"\r\n\r\n")
        lines = re.sub(rb"\r\n(?=[ \t])", b"", head).split(b"\r\n")
        fields = {line.partition(b":")[0].lower().decode(): line for line in lines}
        signature = start + b"; bh=" + b64encode(sha256(body).digest()) + b"; b="
        signed = b"".join(
            name.encode() + b":" + b" ".join(fields[name].partition(b":")[2].split()) + b"\r\n"
            for name in names
        )
        code = key.sign(signed + b"dkim-signature:" + signature, PKCS1v15(), hashes.SHA256())
        raw = b"DKIM-Signature: " + signature + b64encode(code) + b"\r\n" + raw
        return Mail(mail.sender, mail.recipient, raw, mail.subject)

    return compose


def push(
    url: str, mails: list[Mail], count: int, compose: Callable[[Mail, int], Mail] = as_it_is
) -> None:
    """Hand `count` mails over, with as many threads as the product uses."""
    carrier = Smtp(url)
    share = count // carrier.threads

    def some(first: int) -> None:
        for number in range(share):
            carrier.deliver(compose(mails[(first + number) % len(mails)], number))

    with ThreadPoolExecutor(carrier.threads) as pool:
        list(pool.map(some, range(carrier.threads)))
    carrier.mailer.close()


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(Counter, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve())
