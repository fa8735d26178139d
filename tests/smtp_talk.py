"""The talk of the recording SMTP server with one client; see tests.smtp_sink."""

import asyncio
import socket
import struct
import time
from contextlib import suppress

from tests.smtp_book import Book, Mail, Rule

# Closing so that what was not sent is dropped, and the other side sees a reset.
HARD = struct.pack("ii", 1, 0)


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
            self._greet(transport)
        self.transport = transport
        self.book.open.add(transport)

    def _greet(self, transport) -> None:
        """Welcome the client, unless a rule for connections says otherwise."""
        rule = self._rule("connection", of={"greet", "silent"})
        if rule and rule.action == "greet":
            transport.write(rule.argument.encode() + b"\r\n")
            transport.close()
        elif not rule:
            transport.write(b"220 sink ESMTP\r\n")

    def _rule(self, recipient: str, of=None, without=frozenset()) -> Rule | None:
        """Return the first rule that takes this recipient (or this connection)."""
        rules = (
            r for r in self.rules if (of is None or r.action in of) and r.action not in without
        )
        return next((rule for rule in rules if rule.takes(recipient)), None)

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
        rule = self._rule(recipient, without={"greet", "silent"})
        action = rule.action if rule else ""
        if action == "hang_early":
            self.deaf = True
        elif action == "reject":
            self.say(rule.argument)
        elif action == "limit" and self._too_fast(rule):
            self.say(rule.argument.partition(" ")[2])
        elif action == "cut_envelope":
            self._cut(rule)
        else:
            self.rule = rule or self.rule
            self.recipients.append(recipient)
            self.say("250 ok")

    def _too_fast(self, rule: Rule) -> bool:
        """Say whether more mails came within the last second than the rule's first number."""
        lately, now = self.book.lately, time.monotonic()
        while lately and lately[0] < now - 1:
            lately.popleft()
        if len(lately) >= int(rule.argument.partition(" ")[0]):
            return True
        lately.append(now)
        return False

    def _cut(self, rule: Rule, raw: bytes = b"") -> None:
        """Close the connection; `rst` as argument drops what was not yet acknowledged."""
        self._note(raw, rule.action)
        if "rst" in rule.argument:
            plain = self.transport.get_extra_info("socket")
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HARD)
        self.deaf = True
        self.transport.abort() if rule.action != "interrupt" else self.transport.close()

    def _note(self, raw: bytes, fault: str = "") -> None:
        self.book.note(Mail(time.time(), self.sender, tuple(self.recipients), raw, fault))

    def _on_data(self, line: str) -> None:
        if not self.recipients:
            self.say("554 no recipients")
            return
        if self.rule and self.rule.action == "cut_data":
            self._cut(self.rule)
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
            self._cut(self.rule, bytes(self.buffer))
            return False
        if self.rule and self.rule.action == "interrupt":
            self.say(self.rule.argument)
            self._cut(self.rule, bytes(self.buffer))
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
        action = rule.action if rule else ""
        if action in ("fail", "hang"):
            self._note(raw, action)
            self.deaf = action == "hang"
            if action == "fail":
                self.say(rule.argument)
            return
        if action == "cut_unread":
            self._cut(rule, raw)
            return
        self._note(raw)
        if action in ("cut_late", "hang_late"):
            self.deaf = True
            if action == "cut_late":
                self._cut(rule, raw)
        elif action == "slow":
            loop = asyncio.get_running_loop()
            loop.call_later(float(rule.argument), self.say, "250 taken, slowly")
        else:
            self.say("250 taken")
