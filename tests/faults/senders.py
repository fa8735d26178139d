"""Sending workers as processes of their own, on the database of the test."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from automation import celery as celery_application
from emails.models import Delivery, Send, State
from emails.services import preparing
from kernel import clock
from kernel.tasks import tick
from tests.emails.people import begin, make_contacts
from tests.smtp_sink import Sink


class Workers:
    """Celery workers of the `send` queue, forked as the supervisor forks them."""

    def __init__(self, environment: dict[str, str], departures: Path | None = None) -> None:
        noted = [str(departures)] if departures else []
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", *noted],
            env=environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.running: list[int] = []

    def start(self) -> None:
        assert self.nursery.stdin
        assert self.nursery.stdout
        print("start", file=self.nursery.stdin, flush=True)
        self.running.append(int(self.nursery.stdout.readline()))

    def kill_the_oldest(self) -> None:
        os.kill(self.running.pop(0), signal.SIGKILL)

    def replace(self, seconds: float = 60) -> None:
        """Let the living finish what they hold, as a deploy does, and start as many anew."""
        leaving, self.running = self.running, []
        for pid in leaving:
            os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + seconds
        while any(Path(f"/proc/{pid}").exists() for pid in leaving):
            assert time.monotonic() < end, "A worker that was asked to end did not."
            time.sleep(0.05)
        for _pid in leaving:
            self.start()

    def end(self) -> None:
        assert self.nursery.stdin
        self.nursery.stdin.close()
        self.nursery.wait(10)
        assert self.nursery.stdout
        self.nursery.stdout.close()


@contextmanager
def sending(rules, departures: Path | None = None):
    """Run a sink with these rules, and workers that send to it and note there when they let go."""
    url = urlsplit(os.environ["DATABASE_URL"])
    database = url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with Sink(rules) as sink:
        started = Workers(
            os.environ
            | {"DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
            | {"RELAIS_ROLE": "worker", "SITE_URL": settings.SITE_URL},
            departures,
        )
        try:
            yield started, sink
        finally:
            started.end()


def broadcast(recipients: int, **others: int) -> Send:
    """Begin a broadcast to so many, those at other domains first, with its ledger written."""
    people = []
    for name, number in others.items():
        people += make_contacts(number, f"{name}.example")
    people += make_contacts(recipients)
    run = begin(people)
    Send.objects.filter(pk=run.pk).update(at=clock.now())
    while preparing.work(clock.now()):
        pass
    return run


def until(sink: Sink, wanted: int, run: Send, seconds: float) -> None:
    """Tick as beat does until the sink has so many mails, or the run is over."""
    assert celery_application.app
    end = time.monotonic() + seconds
    while len(sink.mails) < wanted and time.monotonic() < end:
        tick()
        run.refresh_from_db()
        if run.finished_at:
            return
        time.sleep(0.1)


def rest(sink: Sink, run: Send, still: float = 3, longest: float = 120) -> None:
    """Tick until nothing is due and nothing more arrives, however slowly workers start."""
    since, seen = time.monotonic(), len(sink.mails)
    end = since + longest
    while not run.finished_at and time.monotonic() < end:
        until(sink, seen + 1, run, seconds=0.5)
        if len(sink.mails) > seen or _is_due():
            since, seen = time.monotonic(), len(sink.mails)
        elif time.monotonic() - since >= still:
            return


def _is_due() -> bool:
    return Delivery.objects.filter(state=State.QUEUED, due_at__lte=clock.now()).exists()


def arrived(sink: Sink) -> Counter[str]:
    """Count the mails each address got."""
    return Counter(recipient for mail in sink.mails for recipient in mail.recipients)


def ends() -> Counter[int]:
    """Count the ledger by state."""
    return Counter(Delivery.objects.values_list("state", flat=True))
