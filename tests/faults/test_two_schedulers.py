"""REL-51: two schedulers at once, and one asleep for an hour: each tick's effect once."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import psycopg2

from tests.installation import ROOT, wait_for

RUNS = """
SELECT r.job, count(DISTINCT r.tick), (SELECT count(*) FROM job j
                                       WHERE j.kind = r.job AND j.created_at >= min(r.started_at))
FROM job_run r WHERE r.started_at >= %s GROUP BY r.job"""


def ask(house, statement: str, *parameters) -> list[tuple]:
    connection = psycopg2.connect(house.running()["DATABASE_URL"])
    with closing(connection), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def test_each_tick_happens_once_whoever_schedules(house):
    environment = house.environment | house.running() | {"RELAIS_ROLE": "beat"}
    command = [sys.executable, "-m", "celery", "--app=automation.celery", "beat"]
    with subprocess.Popen(
        [*command, "--scheduler=celery.beat:Scheduler", "--pidfile="],
        cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
    ) as second:  # fmt: skip
        start = ask(house, "SELECT now()")[0][0]
        for _minute in range(4):
            house.later(20 * 60)
            time.sleep(2.5)
        second.send_signal(signal.SIGTERM)
    doubled = [row for row in ask(house, RUNS, start) if row[2] > row[1]]
    assert not doubled


def test_what_was_due_while_nobody_scheduled_is_caught_up(house):
    latest = "SELECT max(tick) FROM job_run WHERE job = 'segments.rebuild'"
    before = ask(house, latest)[0][0]
    beat = house.processes("relais-beat")
    for pid in beat:
        os.kill(pid, signal.SIGSTOP)
    house.later(3 * 3600)
    time.sleep(2)
    for pid in beat:
        os.kill(pid, signal.SIGCONT)
    after = wait_for(lambda: (ask(house, latest)[0][0] - before).total_seconds() >= 3 * 3600)
    assert after
