"""What runs beside the servers: one line per process, started in this order, stopped in reverse."""

from collections.abc import Callable
from dataclasses import dataclass

from automation.environment import Role


@dataclass(frozen=True)
class Process:
    """One kept-alive child; its role sets the statement time-out of its database connections."""

    name: str
    role: Role
    run: Callable[[], object]
    # Seconds it may take to end by itself: more than its own grace time.
    patience: float = 15
    # Whether it shows that it gets on; who does not for a minute is started again.
    has_pulse: bool = True


def processes(port: int) -> list[Process]:
    return [
        Process("web", "web", web(port), has_pulse=False),  # granian looks after its own
        Process("dispatcher", "dispatcher", manage("dispatch")),
        Process("spooler", "spooler", manage("spool")),
        Process("worker", "worker", worker("worker", "work", "--concurrency=2")),
        Process("jobs", "worker", worker("jobs", "jobs", "--concurrency=2")),
        Process("sender", "worker", worker("sender", "send", "--concurrency=2")),
        Process("pusher", "worker", worker("pusher", "push", "--concurrency=2")),
        Process("urgent", "worker", worker("urgent", "urgent", "--pool=solo")),
        # Alone, so that the second's tick never waits behind work.
        Process("ticker", "worker", worker("ticker", "tick", "--pool=solo")),
        Process("beat", "beat", celery("beat", "--scheduler=celery.beat:Scheduler", "--pidfile=")),
    ]


def manage(*words: str) -> Callable[[], object]:
    def run() -> object:
        from django.core.management import call_command

        return call_command(*words)

    return run


def celery(*words: str) -> Callable[[], object]:
    def run() -> object:
        from automation.celery import app

        return app.start([*words, "--loglevel=INFO"])

    return run


def worker(name: str, queue: str, *words: str) -> Callable[[], object]:
    """Work for one queue; asked to end it finishes what it has, within its grace time."""
    quiet = ("--without-gossip", "--without-mingle")
    return celery("worker", f"--queues={queue}", f"--hostname={name}@%h", *quiet, *words)


def web(
    port: int, host: str = "127.0.0.1", application: str = "automation.wsgi:application"
) -> Callable[[], object]:
    """Serve requests; each thread holds a database connection, so their number is bounded."""

    def run() -> object:
        from granian.cli import cli

        return cli(
            [
                application,
                "--interface=wsgi",
                f"--host={host}",
                f"--port={port}",
                "--workers=2",
                "--blocking-threads=4",
                "--no-ws",
                "--respawn-failed-workers",
                "--workers-kill-timeout=5",
                "--no-access-log",
            ]
        )

    return run
