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
            "--no-log-access",
        ),
    )


def processes(port: int) -> list[Process]:
    soft_stop = {"REMAP_SIGTERM": "SIGQUIT"}
    return [
        web(port),
        Process(
            "worker",
            "worker",
            celery("worker", "--concurrency=2", "--loglevel=INFO", "--without-gossip", "--without-mingle"),
            soft_stop,
        ),
        Process("beat", "beat", celery("beat", "--scheduler=celery.beat:Scheduler", "--pidfile=")),
    ]
