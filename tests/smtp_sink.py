"""A recording SMTP server with faults on demand, for tests and as a program of its own.

* with Sink(rules=[Rule("x@", "reject", "550 5.1.1 no")]) as sink: sink.port; sink.mails
* python -m tests.smtp_sink --port 2525 --file mails.jsonl --rule 'PATTERN=ACTION:ARGUMENT'

A rule holds for recipients that match its pattern; `every` takes only each n-th of those mails.
Actions: `reject` and `fail` (reply TEXT to the recipient, to the text), `slow` (SECONDS before
the last reply), `hang` (no last reply), `hang_early` (no reply to the recipient), `cut_early`
(close while the text comes), `cut_late` (take the mail, close before replying).
"""

import argparse
import asyncio
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

LAST_ACTIONS = frozenset({"slow", "hang", "cut_late", "fail"})


@dataclass(frozen=True)
class Mail:
    """One accepted mail."""

    at: float
    sender: str
    recipients: tuple[str, ...]
    raw: bytes


@dataclass
class Rule:
    """What happens to mails for some recipients."""

    pattern: str
    action: str
    argument: str = ""
    every: int = 1
    seen: int = 0

    def takes(self, recipient: str) -> bool:
        if not re.search(self.pattern, recipient):
            return False
        self.seen += 1
        return self.seen % self.every == 0


@dataclass
class Book:
    """What the sink has accepted; written to a file as it comes, when one is given."""

    path: Path | None = None
    mails: list[Mail] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: int = 0
    open: set[asyncio.BaseTransport] = field(default_factory=set)

    def accept(self, mail: Mail) -> None:
        with self.lock:
            self.mails.append(mail)

    def flush(self) -> None:
        """Append what came since the last time to the file; memory stays flat."""
        if not self.path:
            return
        with self.lock:
            fresh, self.mails = self.mails, []
        lines = [
            json.dumps(
                {
                    "at": mail.at,
                    "sender": mail.sender,
                    "recipients": mail.recipients,
                    "raw": mail.raw.decode("latin-1"),
                }
            )
            for mail in fresh
        ]
        if lines:
            with self.path.open("a") as file:
                file.write("\n".join(lines) + "\n")


class Talk(asyncio.Protocol):
    """One client's connection."""

    def __init__(self, book: Book, rules: list[Rule], context=None) -> None:
        self.book, self.rules, self.context = book, rules, context
        self.buffer = bytearray()
        self.in_text = self.deaf = False
        self.reset()

    def reset(self) -> None:
        self.sender = ""
        self.recipients: list[str] = []
        self.rule: Rule | None = None

    def connection_made(self, transport) -> None:
        if not hasattr(self, "transport"):
            self.book.connections += 1
            transport.write(b"220 sink ESMTP\r\n")
        self.transport = transport
        self.book.open.add(transport)

    def connection_lost(self, _error) -> None:
        self.book.open.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while not self.deaf and self.buffer and (self._text() if self.in_text else self._line()):
            pass

    def say(self, text: str) -> None:
        self.transport.write(text.encode() + b"\r\n")

    def _line(self) -> bool:
        end = self.buffer.find(b"\r\n")
        if end < 0:
            return False
        line = self.buffer[:end].decode("latin-1")
        del self.buffer[: end + 2]
        verb = line[:4].upper()
        getattr(self, f"_on_{verb.lower()}", self._on_other)(line)
        return True

    def _on_ehlo(self, line: str) -> None:
        extensions = ["sink", "PIPELINING", "8BITMIME", "AUTH PLAIN"]
        extensions += ["STARTTLS"] if self.context else []
        lines = [f"250-{name}" for name in extensions[:-1]] + [f"250 {extensions[-1]}"]
        self.say("\r\n".join(lines))

    def _on_star(self, line: str) -> None:
        self.say("220 go ahead")
        loop = asyncio.get_running_loop()
        self.task = loop.create_task(self._encrypt(loop))

    async def _encrypt(self, loop) -> None:
        # A client that does not trust us goes away: that is its right.
        with suppress(OSError):
            self.transport = await loop.start_tls(
                self.transport, self, self.context, server_side=True
            )
            self.book.open.add(self.transport)
            self.context = None

    def _on_auth(self, line: str) -> None:
        self.say("535 5.7.8 no" if line.endswith("AGJhZABiYWQ=") else "235 welcome")

    def _on_mail(self, line: str) -> None:
        self.reset()
        self.sender = line[line.find("<") + 1 : line.rfind(">")]
        self.say("250 ok")

    def _on_rcpt(self, line: str) -> None:
        recipient = line[line.find("<") + 1 : line.rfind(">")]
        rule = next((rule for rule in self.rules if rule.takes(recipient)), None)
        if rule and rule.action == "hang_early":
            self.deaf = True
        elif rule and rule.action == "reject":
            self.say(rule.argument)
        else:
            self.rule = rule or self.rule
            self.recipients.append(recipient)
            self.say("250 ok")

    def _on_data(self, line: str) -> None:
        if not self.recipients:
            self.say("554 no recipients")
            return
        self.in_text = True
        self.say("354 go on")

    def _on_rset(self, line: str) -> None:
        self.reset()
        self.say("250 ok")

    def _on_quit(self, line: str) -> None:
        self.say("221 bye")
        self.transport.close()

    def _on_other(self, line: str) -> None:
        self.say("250 ok" if line[:4].upper() in ("NOOP", "HELO") else "502 what?")

    def _text(self) -> bool:
        if self.rule and self.rule.action == "cut_early":
            self.transport.abort()
            return False
        # The dot may also be the very first line.
        start = -2 if self.buffer.startswith(b".\r\n") else self.buffer.find(b"\r\n.\r\n")
        if start == -1:
            return False
        raw = bytes(self.buffer[: max(start + 2, 0)]).replace(b"\r\n..", b"\r\n.")
        del self.buffer[: start + 5]
        self.in_text = False
        self._end(raw[1:] if raw.startswith(b"..") else raw)
        return True

    def _end(self, raw: bytes) -> None:
        rule = self.rule
        if rule and rule.action in ("fail", "hang"):
            self.deaf = rule.action == "hang"
            if rule.action == "fail":
                self.say(rule.argument)
            return
        self.book.accept(Mail(time.time(), self.sender, tuple(self.recipients), raw))
        if rule and rule.action == "cut_late":
            self.transport.abort()
        elif rule and rule.action == "slow":
            loop = asyncio.get_running_loop()
            loop.call_later(float(rule.argument), self.say, "250 taken, slowly")
        else:
            self.say("250 taken")


class Sink:
    """The sink in a thread of its own."""

    def __init__(self, rules=(), *, path: Path | None = None, port: int = 0, context=None) -> None:
        self.book = Book(path)
        self.rules = list(rules)
        self.port = port
        self._context = context
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def mails(self) -> list[Mail]:
        with self.book.lock:
            return list(self.book.mails)

    def __enter__(self) -> "Sink":
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the sink did not start")
        return self

    def __exit__(self, *_error) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self.book.flush()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            lambda: Talk(self.book, self.rules, self._context), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), 0.2)
            except TimeoutError:
                self.book.flush()
        server.close()
        for transport in list(self.book.open):
            transport.abort()
        await asyncio.sleep(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Record mails instead of delivering them.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--rule", action="append", default=[], help="PATTERN=ACTION[:ARGUMENT]")
    given = parser.parse_args()
    rules = []
    for text in given.rule:
        pattern, _, rest = text.partition("=")
        rules.append(Rule(pattern, *rest.split(":", 1)))
    with Sink(rules, path=given.file, port=given.port) as sink:
        print(sink.port, flush=True)  # noqa: T201
        threading.Event().wait()


if __name__ == "__main__":
    main()
