"""One PostgreSQL server of ours: made, started and reached over a Unix socket."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import psycopg2

from automation.embedded import children
from automation.embedded.binaries import PostgresPrograms, find_postgres, within_reach
from automation.embedded.identity import Identity, choose_identity
from automation.embedded.trouble import Trouble

USER = DATABASE = "relais"
START_PATIENCE = 60.0
THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """A data directory `postgres` in a folder, and the folder of its socket."""

    folder: Path
    sockets: Path
    throw_away: bool = False

    @property
    def directory(self) -> Path:
        return self.folder / "postgres"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{USER}@/{database}?host={quote(str(self.sockets), safe='')}"

    @cached_property
    def identity(self) -> Identity:
        return choose_identity(self.folder)

    @cached_property
    def programs(self) -> PostgresPrograms:
        version = self.directory / "PG_VERSION"
        wanted = int(version.read_text()) if version.exists() else None
        return within_reach(find_postgres(wanted), self.identity, self.folder)

    def prepare(self) -> bool:
        """Make the data directory if there is none; tell whether it was made."""
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.identity.own(self.sockets)
        if (self.directory / "PG_VERSION").exists():
            self._forget_dead_server()
            return False
        self._initialise()
        return True

    def copy(self, image: Path) -> None:
        """Begin with the data directory of a server that has stopped."""
        shutil.copytree(image, self.directory, symlinks=True)
        self.identity.own(self.directory)

    def start(self, output: int | None = None) -> "subprocess.Popen[bytes]":
        words: list[str | Path] = [
            self.programs.server,
            "-D",
            self.directory,
            "-k",
            self.sockets,
            "-h",
            "",
        ]
        for name, value in self._settings().items():
            words += ["-c", f"{name}={value}"]
        return children.spawn(
            words,
            environment=_plain_environment(),
            identity=self.identity,
            output=output,
            death_signal=signal.SIGINT,
        )

    def wait(self, server: children.ChildProcess) -> None:
        """Wait until the server answers, then see that the database is there."""
        until = time.monotonic() + START_PATIENCE
        while True:
            try:
                psycopg2.connect(self.url("postgres"), connect_timeout=5).close()
                break
            except psycopg2.OperationalError as error:
                if server.poll() is not None or time.monotonic() > until:
                    message = f"PostgreSQL did not start: {str(error).strip()}"
                    raise Trouble(message) from error
                time.sleep(0.02)
        self.create_database(DATABASE)

    def create_database(self, name: str, template: str = "template1") -> None:
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    @contextlib.contextmanager
    def running(self, output: int | None = None) -> Iterator[None]:
        """Serve for the length of a block."""
        self.prepare()
        server = self.start(output)
        try:
            self.wait(server)
            yield
        finally:
            children.stop(server, signal.SIGINT)

    def _initialise(self) -> None:
        unfinished = self.folder / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        self.identity.own(unfinished)
        words = [self.programs.initdb, "-D", unfinished, "-U", USER, "-E", "UTF8", "--auth=trust"]
        if self.programs.major >= 17:
            words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if self.throw_away:
            words.append("--no-sync")
        for locale in ("C.UTF-8", "C"):  # macOS has no C.UTF-8 of its own
            done = subprocess.run(
                [str(word) for word in [*words, f"--locale={locale}"]],
                env=_plain_environment(),
                capture_output=True,
                text=True,
                preexec_fn=self.identity.assume,
            )
            if done.returncode == 0:
                unfinished.rename(self.directory)
                return
        message = f"PostgreSQL could not make its data folder:\n{done.stderr or done.stdout}"
        raise Trouble(message)

    def _forget_dead_server(self) -> None:
        """Remove a stale postmaster.pid: after a reboot its number may be anybody's.

        Whoever calls this holds the folder's lock, so a server still found here is an orphan
        about to end. Only a process that works in this very directory counts as one.
        """
        until = time.monotonic() + START_PATIENCE
        while orphans := _working_in(self.directory):
            if time.monotonic() > until:
                message = f"Another PostgreSQL (process {orphans[0]}) uses {self.directory}."
                raise Trouble(message)
            time.sleep(0.1)
        (self.directory / "postmaster.pid").unlink(missing_ok=True)

    def _settings(self) -> dict[str, str]:
        megabytes = _memory() // 2**20
        settings = {
            "shared_buffers": f"{max(128, min(megabytes // 8, 2048))}MB",
            "effective_cache_size": f"{max(256, megabytes // 2)}MB",
            "work_mem": "16MB",
            "maintenance_work_mem": "256MB" if megabytes > 4096 else "64MB",
            "max_connections": "200",
            "max_wal_size": "4GB",
            "min_wal_size": "256MB",
            "checkpoint_timeout": "15min",
            "random_page_cost": "1.1",
            "jit": "off",
            "idle_in_transaction_session_timeout": "30s",
            "autovacuum_naptime": "10s",
            "log_lock_waits": "on",
            # Errors are told to whoever asked, and logged there without values. The server would
            # log them with statement, values and the rows they met, for years and in backups.
            "log_min_messages": "log",
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_parameter_max_length": "0",
            "log_parameter_max_length_on_error": "0",
            "log_checkpoints": "off",
            "log_timezone": "UTC",
            "timezone": "UTC",
            "lc_messages": "C",
        }
        if self.throw_away:
            settings |= THROW_AWAY | {"shared_buffers": "256MB", "max_wal_size": "1GB"}
        return settings


def _plain_environment() -> dict[str, str]:
    """Leave out PGDATA, PGPORT and whatever else would change the server's mind."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _memory() -> int:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _working_in(directory: Path) -> list[int]:
    """List processes whose working directory this is, as PostgreSQL's always is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if Path(os.readlink(entry / "cwd")) == directory.resolve():
                found.append(int(entry.name))
    return found
