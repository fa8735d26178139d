"""One Valkey server of ours, reached over a Unix socket."""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from automation.embedded import children
from automation.embedded.binaries import find_valkey
from automation.embedded.trouble import Trouble

START_PATIENCE = 30.0


@dataclass(frozen=True)
class Broker:
    """The folder of the append-only file, and the folder of the socket."""

    folder: Path
    sockets: Path
    throw_away: bool = False

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        """Understood by redis-py; Celery's own form is made from it in the settings."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def start(self, output: int | None = None) -> "subprocess.Popen[bytes]":
        directory = self.folder / "valkey"
        for folder in (directory, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        words: list[str | Path] = [find_valkey(), "--port", "0", "--unixsocket", self.socket]
        words += ["--unixsocketperm", "700", "--dir", directory, "--save", ""]
        words += ["--maxmemory-policy", "noeviction", "--daemonize", "no"]
        words += ["--appendonly", "no" if self.throw_away else "yes"]
        return children.spawn(words, output=output)

    def wait(self, server: children.ChildProcess) -> None:
        until = time.monotonic() + START_PATIENCE
        while True:
            try:
                with redis.Redis(unix_socket_path=str(self.socket)) as client:
                    client.ping()
                return
            except redis.RedisError as error:
                if server.poll() is not None or time.monotonic() > until:
                    message = f"The broker did not start: {error}"
                    raise Trouble(message) from error
                time.sleep(0.02)

    @contextlib.contextmanager
    def running(self, output: int | None = None) -> Iterator[None]:
        server = self.start(output)
        try:
            self.wait(server)
            yield
        finally:
            children.stop(server)
