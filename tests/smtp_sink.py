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
import threading
from pathlib import Path

from tests.smtp_talk import Book, Mail, Rule, Talk

__all__ = ["Mail", "Rule", "Sink"]


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
