"""An import resumes at the very row where it stopped, whatever killed it, and ends for good."""

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from contacts.models import Import
from contacts.services.imports import run
from contacts.services.imports.ending import OPEN
from kernel import clock
from kernel.jobs import Jobs
from kernel.models import Job
from tests.contacts.imports.three_thousand import BATCH, NAMES, is_whole


def work_until_killed(imported: Import) -> bool:
    """Fork a worker, kill it a moment after it has written something; say if it was at work."""
    began = Import.objects.values_list("read", flat=True).get(pk=imported.pk)
    connection.close()
    worker = os.fork()
    if worker == 0:
        try:
            Jobs().work(clock.now())
        finally:
            os._exit(0)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        row = Import.objects.get(pk=imported.pk)
        if row.read > began or row.state not in OPEN:
            break
        time.sleep(0.01)
    time.sleep(random.random() / 50)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    return Import.objects.get(pk=imported.pk).state in OPEN


def work_to_the_end(imported: Import) -> None:
    """Work until the import is over: what the dead still hold for a moment is left out at first."""
    end = time.monotonic() + 60
    while Import.objects.get(pk=imported.pk).state in OPEN and time.monotonic() < end:
        if not Jobs().work(clock.now()):
            time.sleep(0.05)
    while Jobs().work(clock.now()):
        pass


@pytest.mark.django_db(transaction=True)
def test_rel_35_ten_kills_at_random_points_lose_and_repeat_nothing(api: APIClient, imported):
    killed = 0
    for _kill in range(10):
        killed += work_until_killed(imported)
        clock.move(timedelta(seconds=31))
    assert killed >= 3, "The import ended before it could be killed: make batches smaller."
    work_to_the_end(imported)
    is_whole(api, imported)


@pytest.mark.django_db
def test_a_batch_that_fails_in_the_middle_is_rolled_back_whole(api: APIClient, imported):
    real, calls = run.count, []

    def cut(*arguments: object) -> None:
        calls.append(arguments)
        if len(calls) in {3, 4, 9}:
            raise OperationalError("server closed the connection unexpectedly")
        real(*arguments)

    run.count = cut
    try:
        for _turn in range(5):
            Jobs().work(clock.now())
            read = Import.objects.get().read
            assert read == sum(Import.objects.values_list(*NAMES).get())
            assert read % BATCH == 0
            clock.move(timedelta(minutes=2))
    finally:
        run.count = real
    is_whole(api, imported)


@pytest.mark.django_db
def test_a_long_import_gives_other_jobs_their_turn(api: APIClient, imported, monkeypatch):
    monkeypatch.setattr(run, "TURN_SECONDS", 0)
    assert Jobs().work(clock.now())
    assert (Import.objects.get().read, Job.objects.get().state) == (BATCH, "queued")
    while Jobs().work(clock.now()):
        pass
    is_whole(api, imported)
