"""Reach the servers of a data folder: those that run, else our own for a moment."""

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from automation.embedded.folder import DataFolder
from automation.embedded.postgres import Cluster
from automation.embedded.valkey import Broker


@contextlib.contextmanager
def serving(folder: DataFolder) -> Iterator[dict[str, str]]:
    """Give the environment under which a management command reaches the data."""
    folder.make()
    lock = folder.try_lock("./dev manage")
    while lock is None:
        if environment := _of_running(folder):
            yield environment
            return
        time.sleep(0.1)
        lock = folder.try_lock("./dev manage")
    with lock, contextlib.ExitStack() as servers:
        folder.secrets()
        environment = {"RELAIS_DATA": str(folder.path), "RELAIS_ROLE": "command"}
        cluster = Cluster(folder.path, folder.sockets)
        broker = Broker(folder.path, folder.sockets)
        if not os.environ.get("DATABASE_URL"):
            servers.enter_context(cluster.running(_log(folder.logs / "postgres.log")))
            environment["DATABASE_URL"] = cluster.url()
        if not os.environ.get("REDIS_URL"):
            servers.enter_context(broker.running(_log(folder.logs / "valkey.log")))
            environment["REDIS_URL"] = broker.url
        if folder.test_clock.exists():
            environment["RELAIS_TEST_CLOCK"] = str(folder.test_clock)
        yield environment


def _of_running(folder: DataFolder) -> dict[str, str] | None:
    """Read what `up` wrote down; None while it starts or ends, or another command has its turn."""
    try:
        environment: dict[str, str] = json.loads(folder.state.read_text())["environment"]
    except (OSError, ValueError, KeyError):
        return None
    return environment


def _log(file: Path) -> int:
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
