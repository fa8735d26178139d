"""REL-01: real workers die in the middle of a broadcast, and the broker forgets everything."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection

from automation import celery as celery_application
from emails.models import Delivery, Send, State
from emails.services import preparing
from kernel import clock
from kernel.invariants import broken
from kernel.tasks import tick
from tests.emails.people import begin, make_contacts
from tests.smtp_sink import Rule, Sink

RECIPIENTS, KILLS, WORKERS = 2_000, 6, 2
# What a worker may have in doubt.
IN_DOUBT = 25
pytestmark = pytest.mark.django_db(transaction=True)


class Workers:
    """Celery workers of the `send` queue, forked as the supervisor forks them."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.emails.nursery"],
            env=environment,
            cwd=django_settings.BASE_DIR,
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

    def end(self) -> None:
        assert self.nursery.stdin
        self.nursery.stdin.close()
        self.nursery.wait(10)
        assert self.nursery.stdout
        self.nursery.stdout.close()


@pytest.fixture
def workers(settings, monkeypatch, tmp_path: Path):
    hours = tmp_path / "clock"
    hours.write_text("0")
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(hours))
    url = urlsplit(os.environ["DATABASE_URL"])
    database = url._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    with Sink([Rule("", "slow", "0.05")]) as sink:
        started = Workers(
            os.environ
            | {"DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
            | {"RELAIS_ROLE": "worker", "SITE_URL": settings.SITE_URL}
        )
        yield started, sink
        started.end()


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


def test_nobody_gets_two_nobody_is_lost_and_doubt_is_listed(workers):
    hands, sink = workers
    run = begin(make_contacts(RECIPIENTS))
    Send.objects.filter(pk=run.pk).update(at=clock.now())
    assert preparing.work(clock.now())
    for _worker in range(WORKERS):
        hands.start()
    killed = 0
    for number in range(KILLS):
        until(sink, len(sink.mails) + random.randint(40, 160), run, seconds=30)
        run.refresh_from_db()
        assert run.finished_at is None, "The run ended before all kills: make the server slower."
        hands.kill_the_oldest()
        killed += 1
        hands.start()
        if number == KILLS // 2:
            redis.Redis.from_url(django_settings.REDIS_URL).flushall()
    until(sink, RECIPIENTS, run, seconds=8)
    clock.move(timedelta(minutes=10))
    until(sink, RECIPIENTS + 1, run, seconds=60)
    run.refresh_from_db()
    assert (run.state, killed) == (Send.State.DONE, KILLS)

    arrived = Counter(recipient for mail in sink.mails for recipient in mail.recipients)
    assert [address for address, times in arrived.items() if times > 1] == []
    ends = Counter(Delivery.objects.values_list("state", flat=True))
    assert set(ends) <= {State.SENT, State.UNCERTAIN}
    assert sum(ends.values()) == RECIPIENTS
    assert ends[State.UNCERTAIN] <= KILLS * IN_DOUBT
    # Whoever is listed as sent has the mail; the others with a mail are listed as uncertain.
    assert ends[State.SENT] <= len(arrived) <= RECIPIENTS
    assert len(arrived) - ends[State.SENT] <= ends[State.UNCERTAIN]
    assert broken(lambda name: name.startswith("emails.")) == []
