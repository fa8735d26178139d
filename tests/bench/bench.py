"""What a benchmark is handed: a size, a loaded database, and a place for its figures."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from django.core.management import call_command
from django.db import connection, connections

from automation.embedded.image import fingerprint
from campaigns.graph import plan
from kernel import events, partitions

WORK = "bench_work"
LESS_IS_BETTER = {"s", "ms", "us", "MB", "bytes"}


@dataclass(frozen=True)
class Metric:
    """One figure; ratio 1.0 means as fast as the limit of the same run."""

    name: str
    value: float
    unit: str
    limit: float | None
    ratio: float | None
    at_least: float | None


@dataclass
class Bench:
    """One run of one benchmark."""

    name: str
    size: int
    # Whether the long limits are measured, too: at a million they take as long again.
    limits: bool = True
    metrics: list[Metric] = field(default_factory=list)

    def on(self, key: str, load: Callable[[int], None]) -> None:
        """Connect to a fresh copy of a data set, loaded once by SQL and kept by its name.

        `load(size)` fills a migrated, empty database; change the key when what it fills changes.
        """
        template = f"bench_{key}_{self.size}_{fingerprint(of_today=False)}"
        with _server() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
            known = cursor.fetchone()
        if not known:
            self._load(template, key, load)
        _connect("postgres")
        with _server() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {WORK} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {WORK} TEMPLATE {template} STRATEGY FILE_COPY")
            cursor.execute("CHECKPOINT")
        _connect(WORK)

    def measure(self, work: Callable[[], Any]) -> float:
        """Time one call in seconds."""
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    def metric(
        self,
        name: str,
        value: float,
        unit: str,
        *,
        limit: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Note a figure, its limit in the same unit, and the ratio wanted."""
        ratio = None
        if limit and value:
            ratio = round(limit / value if unit in LESS_IS_BETTER else value / limit, 3)
        metric = Metric(name, round(value, 6), unit, limit and round(limit, 6), ratio, at_least)
        self.metrics.append(metric)
        print(_line(metric), flush=True)

    def write(self, file: Path) -> None:
        content = {"name": self.name, "size": self.size}
        figures = [asdict(metric) for metric in self.metrics]
        file.write_text(json.dumps(content | {"metrics": figures}, indent=2) + "\n")

    def _load(self, template: str, key: str, load: Callable[[int], None]) -> None:
        print(f"Loading {self.size:,} for {key} (once) …", flush=True)
        began = time.perf_counter()
        unfinished = f"{template}_new"
        with _server() as cursor:
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE %s",
                [f"bench\\_{key}\\_{self.size}\\_%"],
            )
            for (old,) in cursor.fetchall():
                cursor.execute(f'DROP DATABASE "{old}" WITH (FORCE)')
            cursor.execute(f"CREATE DATABASE {unfinished}")
        _connect(unfinished)
        call_command("migrate", interactive=False, verbosity=0)
        load(self.size)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        _connect("postgres")
        with _server() as cursor:
            cursor.execute(f"ALTER DATABASE {unfinished} RENAME TO {template}")
        print(f"Loaded in {time.perf_counter() - began:.1f} s.", flush=True)


def _connect(name: str) -> None:
    """Point Django, and processes started from here, at another database of the server."""
    connection.close()
    old = connections.databases["default"]["NAME"]
    connections.databases["default"]["NAME"] = name
    os.environ["DATABASE_URL"] = os.environ["DATABASE_URL"].replace(f"/{old}?", f"/{name}?")
    # What was learned of another database of the same name.
    partitions.forget()
    events._ids.clear()
    plan._plans.clear()


@contextlib.contextmanager
def _server() -> Iterator[Any]:
    database = connections.databases["default"]
    server = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    server.autocommit = True
    with contextlib.closing(server), server.cursor() as cursor:
        yield cursor


def _line(metric: Metric) -> str:
    line = f"  {metric.name:<44} {metric.value:>14,.3f} {metric.unit:<10}"
    if metric.limit is not None:
        line += f" limit {metric.limit:>14,.3f}  ratio {metric.ratio or 0:.2f}"
    if metric.at_least is not None and metric.ratio is not None:
        reached = metric.ratio >= metric.at_least
        line += f"  wanted {metric.at_least:.2f}{'' if reached else '  BELOW'}"
    return line
