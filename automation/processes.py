"""What runs beside the servers: one line per process, started in this order, stopped in reverse."""

import sys
from dataclasses import dataclass, field
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Process:
    """One kept-alive child; the role sets its statement time-out (automation.environment)."""

    name: str
    role: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    # Seconds it may take to end by itself: more than its own grace time.
    patience: float = 15


def manage(*words: str) -> tuple[str, ...]:
    return (sys.executable, "manage.py", *words)


def celery(*words: str) -> tuple[str, ...]:
    return (str(BIN / "celery"), "--app=automation.celery", *words)


def web(port: int) -> Process:
    """Threads hold a database connection each, so their number is what PostgreSQL sees."""
    return Process(
        "web",
        "web",
        (
            str(BIN / "granian"),
            "automation.wsgi:application",
            "--interface=wsgi",
            "--host=127.0.0.1",
            f"--port={port}",
            "--workers=2",
            "--blocking-threads=4",
            "--no-ws",
            "--respawn-failed-workers",
            "--workers-kill-timeout=5",
            "--no-access-log",
        ),
    )


def worker(name: str, queue: str, *words: str) -> Process:
    """A worker of one queue; asked to end it finishes what it has, within its grace time."""
    options = (f"--queues={queue}", f"--hostname={name}@%h", "--loglevel=INFO")
    quiet = ("--without-gossip", "--without-mingle")
    command = celery("worker", *options, *quiet, *words)
    return Process(name, "worker", command, {"REMAP_SIGTERM": "SIGQUIT"})


def processes(port: int) -> list[Process]:
    return [
        web(port),
        Process("dispatcher", "dispatcher", manage("dispatch")),
        worker("worker", "work", "--concurrency=2"),
        worker("sender", "send", "--concurrency=1"),
        # Alone, so that the second's tick never waits behind work.
        worker("ticker", "tick", "--pool=solo"),
        Process("beat", "beat", celery("beat", "--scheduler=celery.beat:Scheduler", "--pidfile=")),
    ]
