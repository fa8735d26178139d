"""Servers for tests and benchmarks: made in a temporary folder, gone afterwards."""

import contextlib
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from automation.embedded.postgres import Cluster
from automation.embedded.valkey import Broker


@dataclass(frozen=True)
class Servers:
    """A PostgreSQL and a broker that answer."""

    folder: Path
    cluster: Cluster
    broker: Broker

    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.cluster.url(),
            "REDIS_URL": self.broker.url,
            "SITE_URL": "http://testserver",
            "RELAIS_DATA": str(self.folder),
        } | secrets_for_tests()


def secrets_for_tests() -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(50),
        "LINK_KEYS": json.dumps({"test": secrets.token_urlsafe(32)}),
    }


@contextlib.contextmanager
def throw_away_servers(image: Path | None = None) -> Iterator[Servers]:
    """Run both servers for a block, on a copy of a cluster image if one is given."""
    folder = Path(tempfile.mkdtemp(prefix="relais-"))
    try:
        folder.chmod(0o711)
        (folder / "staticfiles").mkdir()
        cluster = Cluster(folder, folder / "run", throw_away=True)
        broker = Broker(folder, folder / "run", throw_away=True)
        if image:
            cluster.copy(image)
        with cluster.running(_log(folder, "postgres")), broker.running(_log(folder, "valkey")):
            yield Servers(folder, cluster, broker)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _log(folder: Path, name: str) -> int:
    return os.open(folder / f"{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
