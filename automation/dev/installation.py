"""One running installation: its servers, its environment, how it is reached."""

import contextlib
import http.client
import os
import secrets
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit

import redis

from automation.embedded.children import ChildProcess
from automation.embedded.folder import DataFolder
from automation.embedded.postgres import Cluster
from automation.embedded.trouble import Trouble
from automation.embedded.valkey import Broker
from automation.supervisor.child import Child
from automation.supervisor.supervisor import Supervisor

DEFAULT_ADMIN = "admin@example.com"
SHARED = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "RELAIS_DATA", "RELAIS_TEST_CLOCK")

Step = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True)
class Installation:
    """A data folder served on a port."""

    folder: DataFolder
    port: int
    test_clock: bool = False
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", ""))

    @cached_property
    def cluster(self) -> Cluster:
        return Cluster(self.folder.path, self.folder.sockets)

    @cached_property
    def broker(self) -> Broker:
        return Broker(self.folder.path, self.folder.sockets)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Say where everything is; what the person set in the environment stays."""
        self.folder.secrets()
        values = {
            "DATABASE_URL": self.database_url or self.cluster.url(),
            "REDIS_URL": self.redis_url or self.broker.url,
            "SITE_URL": os.environ.get("SITE_URL") or self.address,
            "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or "127.0.0.1,localhost",
            "RELAIS_DATA": str(self.folder.path),
        }
        if self.test_clock:
            clock = self.folder.test_clock
            if not clock.exists():
                clock.write_text("0", encoding="ascii")
            values["RELAIS_TEST_CLOCK"] = str(clock)
        return values

    def start_servers(self, supervisor: Supervisor, step: Step) -> None:
        """Start what no address is given for, and wait until it answers."""
        if not self.database_url:
            with step("PostgreSQL"):
                self._start_postgres(supervisor)
        if not self.redis_url:
            with step("Broker"):
                child = supervisor.add_server("valkey", self.broker.start, signal.SIGTERM)
                self.broker.wait(_process(child))

    def _start_postgres(self, supervisor: Supervisor) -> None:
        self.cluster.prepare()
        child = supervisor.add_server("postgres", self._serve_postgres, signal.SIGINT)
        self.cluster.wait(_process(child))

    def _serve_postgres(self, output: int) -> ChildProcess:
        self.cluster.prepare()
        return self.cluster.start(output)

    @cached_property
    def admin(self) -> dict[str, str]:
        """Name the first user; a password nobody chose is made up, once."""
        email = self._known_admin or os.environ.get("ADMIN_EMAIL") or DEFAULT_ADMIN
        password = os.environ.get("ADMIN_PASSWORD")
        if not password and not self._known_admin:
            password = secrets.token_urlsafe(12)
        return {"ADMIN_EMAIL": email, "ADMIN_PASSWORD": password or ""}

    @cached_property
    def _known_admin(self) -> str:
        """Return the first user's address where an earlier start made them."""
        return str(self.folder.secrets().get("admin_email") or "")

    def remember_admin(self) -> None:
        """Keep whom this folder was made for; their password is kept nowhere but hashed."""
        kept = {k: v for k, v in self.folder.secrets().items() if k != "admin_password"}
        self.folder.keep_secrets(kept | {"admin_email": self.admin["ADMIN_EMAIL"]})

    def sign_in(self) -> str:
        """Say how to sign in; a password made up is shown at the start that made it, only."""
        email, password = self.admin["ADMIN_EMAIL"], self.admin["ADMIN_PASSWORD"]
        return f"{email} / {password}" if password else f"{email} (password set before)"

    def answers(self) -> bool:
        host = urlsplit(os.environ.get("SITE_URL") or self.address).hostname or "127.0.0.1"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/health/ready", headers={"Host": host})
            return connection.getresponse().status == http.HTTPStatus.OK
        return False

    def broker_answers(self) -> bool:
        url = self.redis_url or self.broker.url
        with (
            contextlib.suppress(redis.RedisError),
            redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1) as client,
        ):
            return bool(client.ping())
        return False

    def remember_running(self) -> None:
        """Tell other commands on this folder where the servers are."""
        values = os.environ | self.environment()
        shared = {name: values[name] for name in SHARED if values.get(name)}
        self.folder.write_private("running.json", {"environment": shared})

    def forget_running(self) -> None:
        self.folder.state.unlink(missing_ok=True)


def _process(child: Child) -> ChildProcess:
    if child.process is None:
        message = f"{child.name} could not be started; see {child.log.path}."
        raise Trouble(message)
    return child.process
