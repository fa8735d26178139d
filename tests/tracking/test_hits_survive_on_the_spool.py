"""REL-32: hits on the spool reach their handler once, whatever crashes on the way."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from kernel import clock
from tests.tracking.spooled import taken
from tracking import spool
from tracking.spooler import copy_all, copy_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def test_a_hit_is_copied_once_with_its_time():
    before = clock.now()
    assert spool.append("testing.hit", {"page": "/é"})
    assert spool.oldest() >= before - timedelta(milliseconds=1)
    spool.flush()
    assert copy_all() == 1
    assert copy_all() == 0
    [line] = taken
    assert line.data == {"page": "/é"}
    assert spool.oldest() is None


def test_files_of_one_millisecond_are_copied_in_the_order_of_their_lines(monkeypatch):
    instant = clock.now()
    monkeypatch.setattr(clock, "now", lambda: instant)
    for number in range(12):
        spool.append("testing.hit", {"n": number})
        spool.flush()
    copy_all()
    assert [line.data["n"] for line in taken] == list(range(12))


def test_a_spooler_that_looks_just_as_a_file_is_opened_leaves_it_to_its_writer(monkeypatch):
    lock = fcntl.flock

    def looked_at(file, how):
        if how == fcntl.LOCK_EX:
            monkeypatch.setattr(fcntl, "flock", lock)
            copy_all()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", looked_at)
    assert spool.append("testing.hit", {"n": 1})
    assert fcntl.flock is lock
    spool.flush()
    assert copy_all() == 1


def test_a_full_disk_drops_hits_and_answers(monkeypatch):
    spool.append("testing.hit", {"n": 1})
    write, full = os.write, [True]

    def half(file, line):
        if full:
            full.pop()
            return write(file, line[: len(line) // 2])
        return write(file, line)

    def none(_file, _line):
        raise OSError(errno.ENOSPC, "No space left on device")

    for failing in (half, none):
        monkeypatch.setattr(os, "write", failing)
        assert not spool.append("testing.hit", {"n": 2})
    monkeypatch.setattr(os, "write", write)
    assert spool.append("testing.hit", {"n": 3})
    spool.flush()
    copy_all()
    assert [line.data["n"] for line in taken] == [1, 3]
    assert spool._writer.dropped == 2


def test_a_crash_between_commit_and_deletion_doubles_nothing(folder):
    spool.append("testing.hit", {"n": 1})
    spool.flush()
    [file] = spool.waiting()
    kept = file.read_bytes()
    copy_all()
    file.write_bytes(kept)
    assert copy_file(file) == 0
    assert len(taken) == 1


def test_a_full_spool_drops_and_counts(folder, monkeypatch):
    monkeypatch.setattr(spool, "CAP_BYTES", 150)
    assert spool.append("testing.hit", {"n": 1})
    assert not spool.append("testing.hit", {"n": 2})
    assert (folder / f"dropped.{os.getpid()}").read_text() == "1"


def test_what_a_killed_process_left_open_is_found(folder):
    script = (
        "import django, time; django.setup(); from tracking import spool\n"
        "for n in range(50): spool.append('testing.hit', {'n': n})\n"
        "print('written', flush=True)\nwhile True: spool.append('testing.hit', {'n': -1})"
    )
    environment = {
        **os.environ,
        "RELAIS_DATA": str(folder.parent),
        "DJANGO_SETTINGS_MODULE": "automation.settings",
    }
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert child.stdout.readline() == "written\n"
    time.sleep(0.1)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    copy_all()
    assert {line.data["n"] for line in taken} >= set(range(50))
    assert spool.oldest() is None
