"""The talk of the recording SMTP server with one client; see tests.smtp_sink."""

import asyncio
import json
import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


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
    extensions: tuple[str, ...] = ("SMTPUTF8",)

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
        line = self.buffer[:end].decode("utf-8", "replace")
        del self.buffer[: end + 2]
        verb = line[:4].upper()
        getattr(self, f"_on_{verb.lower()}", self._on_other)(line)
        return True

    def _on_ehlo(self, line: str) -> None:
        extensions = ["sink", "PIPELINING", "8BITMIME", "AUTH PLAIN", *self.book.extensions]
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
