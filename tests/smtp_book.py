"""What the recording SMTP server does to mails, and what it remembers; see tests.smtp_sink."""

import asyncio
import json
import random
import re
import threading
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class Mail:
    """One accepted mail, or one that a fault took (`fault` names it)."""

    at: float
    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    fault: str = ""

    @property
    def key(self) -> str:
        """Return the Message-ID: the same on every try."""
        found = MESSAGE_ID.search(self.raw)
        return found[1].decode("latin-1") if found else ""


@dataclass
class Rule:
    """What happens to mails for some recipients.

    `every` takes each n-th of them, `share` a part of the recipients chosen by `seed`, and
    `times` lets a recipient pass after so many tries.
    """

    pattern: str
    action: str
    argument: str = ""
    every: int = 1
    share: float = 1.0
    times: int = 0
    seed: int = 0
    seen: int = 0
    tries: Counter[str] = field(default_factory=Counter)

    def takes(self, recipient: str) -> bool:
        if not re.search(self.pattern, recipient) or not self._chosen(recipient):
            return False
        self.seen += 1
        self.tries[recipient] += 1
        if self.times and self.tries[recipient] > self.times:
            return False
        return self.seen % self.every == 0

    def _chosen(self, recipient: str) -> bool:
        drawn = random.Random(f"{self.seed}:{self.action}:{recipient}").random()
        return self.share >= 1 or drawn < self.share

    @classmethod
    def of_text(cls, text: str) -> "Rule":
        """Read `PATTERN=ACTION[:ARGUMENT][;every=2][;share=0.01][;times=1][;seed=7]`."""
        pattern, _, rest = text.partition("=")
        what, *options = rest.split(";")
        rule = cls(pattern, *what.split(":", 1))
        for option in options:
            name, _, value = option.partition("=")
            setattr(rule, name, float(value) if name == "share" else int(value))
        return rule


@dataclass
class Book:
    """What the sink has accepted and what faults took; with a path, lines of JSON in a file."""

    path: Path | None = None
    # Whether the file holds the mails' texts.
    texts: bool = True
    mails: list[Mail] = field(default_factory=list)
    faults: list[Mail] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    connections: int = 0
    open: set[asyncio.BaseTransport] = field(default_factory=set)
    extensions: tuple[str, ...] = ("SMTPUTF8",)
    # When the mails of the last second came, for `limit`.
    lately: deque[float] = field(default_factory=deque)

    def note(self, mail: Mail) -> None:
        """Remember it at once: whoever reads the file finds every mail that was answered."""
        if self.path:
            with self.path.open("a") as file:
                file.write(_line(mail, texts=self.texts))
            return
        with self.lock:
            (self.faults if mail.fault else self.mails).append(mail)


def _line(mail: Mail, *, texts: bool) -> str:
    raw = mail.raw.decode("latin-1") if texts else ""
    return json.dumps(asdict(mail) | {"key": mail.key, "raw": raw}) + "\n"


def read(path: Path, *, faults: bool = False) -> Iterable[dict]:
    """Return the accepted mails of a sink's file (or those that faults took), as they came."""
    if not path.exists():
        return
    with path.open() as file:
        for line in file:
            if line.endswith("\n"):
                entry = json.loads(line)
                if bool(entry["fault"]) is faults:
                    yield entry
