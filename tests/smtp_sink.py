"""A recording SMTP server with faults on demand, for tests and as a program of its own.

* with Sink(rules=[Rule("x@", "reject", "550 5.1.1 no")]) as sink: sink.port, .mails, .faults
* python -m tests.smtp_sink --port 2525 --file mails.jsonl --rule 'PATTERN=ACTION:TEXT;share=0.01'
  prints its port. Each line of the file is a mail: `key` (Message-ID), `recipients`, `at`,
  `sender`, `fault`, `raw` (without --brief); `smtp_book.read(path)` reads it while it grows.

A rule holds for recipients that match its pattern; `Rule` tells of every, share, times, seed.

| action | does |
|---|---|
| `reject` TEXT, `fail` TEXT | replies TEXT to the recipient, to the mail's text |
| `limit` "N TEXT" | replies TEXT to recipients beyond N a second |
| `slow` SECONDS | takes the mail, replies later |
| `hang`, `hang_late`, `hang_early` | no last reply (not taken, taken); none to the recipient |
| `cut_envelope`, `cut_data`, `cut_early` | closes at the recipient, at DATA, as the text begins |
| `interrupt` TEXT | replies TEXT as the text begins and closes |
| `cut_unread` | closes at the final dot and forgets the mail |
| `cut_late` | takes the mail, closes before replying |
| `greet` TEXT, `silent` | replies TEXT to a connection and closes it; never greets |

Cuts with the argument `rst` reset the connection instead of closing it.
"""

import argparse
import asyncio
import signal
import threading
from pathlib import Path

from tests.smtp_book import Book, Mail, Rule
from tests.smtp_talk import Talk

__all__ = ["Mail", "Rule", "Sink"]


class Sink:
    """The sink in a thread of its own."""

    def __init__(
        self, rules=(), *, path: Path | None = None, port: int = 0, context=None, texts=True
    ) -> None:
        self.book = Book(path, texts)
        self.rules = list(rules)
        self.port = port
        self._context = context
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def mails(self) -> list[Mail]:
        with self.book.lock:
            return list(self.book.mails)

    @property
    def faults(self) -> list[Mail]:
        """What faults took, `fault` naming which; `cut_late` stands in `mails` too."""
        with self.book.lock:
            return list(self.book.faults)

    def __enter__(self) -> "Sink":
        self._thread.start()
        if not self._ready.wait(10):
            raise RuntimeError("the sink did not start")
        return self

    def __exit__(self, *_error) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(
            lambda: Talk(self.book, self.rules, self._context), "127.0.0.1", self.port
        )
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for transport in list(self.book.open):
            transport.abort()
        await asyncio.sleep(0)


def main() -> None:
    parser = argparse.ArgumentParser(description="Record mails instead of delivering them.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--brief", action="store_true", help="leave the texts out of the file")
    parser.add_argument("--rule", action="append", default=[], help="PATTERN=ACTION[:ARGUMENT]")
    given = parser.parse_args()
    rules = [Rule.of_text(text) for text in given.rule]
    with Sink(rules, path=given.file, port=given.port, texts=not given.brief) as sink:
        print(sink.port, flush=True)  # noqa: T201
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main()
