"""A worker killed while it moves people to a new version: everybody is moved once."""

import os
import signal
from datetime import timedelta

from django.db import connection, transaction

from campaigns.models import Step, StepLog, Visit
from campaigns.services import fitting
from kernel import clock
from kernel.jobs import LEASE, Jobs
from kernel.models import Job
from tests.campaigns.versions import in_flight, places, publish, publish_anew, redraw
from tests.colliding import until_somebody_waits
from tests.journey import bring, figures, graph, node, people, points, run, totals
from tests.settle import settle

OLD = graph(
    [points("hello"), node("long", "wait", **{"for": "10h"})], "start>hello", "hello>long"
)  # fmt: skip
NEW = graph(
    [points("hello"), node("short", "wait", **{"for": "1h"}), points("bye", 10)],
    "start>hello", "hello>short", "short>bye",
)  # fmt: skip


def work_until_it_waits(visit: int) -> None:
    """Let a worker move people up to one who is held, and kill it there."""
    connection.close()
    worker = os.fork()
    if worker == 0:
        try:
            held_back = Jobs().work(clock.now())
        finally:
            os._exit(0 if held_back else 1)

    def look() -> None:
        assert os.waitpid(worker, os.WNOHANG) == (0, 0), "The worker ended by itself."

    until_somebody_waits(look)
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)


def test_a_killed_worker_moves_nobody_twice_and_forgets_nobody(real, api, monkeypatch, shift):
    monkeypatch.setattr(fitting, "CHUNK", 2)
    contacts = people(7)
    campaign = run(api, OLD)
    bring(api, campaign, contacts[:4])
    settle()
    publish_anew(api, campaign, in_flight="finish")
    bring(api, campaign, contacts[4:])
    settle()
    redraw(api, campaign, NEW)
    publish(api, campaign, settled=False, moves={"long": "short"})
    visits = list(Visit.objects.order_by("pk").values_list("pk", flat=True))
    for place in (3, 5):
        hold(visits[place])
        shift(LEASE + timedelta(seconds=1))
    assert Step.objects.filter(node__name="short").count() == 4
    settle()
    assert not Job.objects.exclude(state=Job.State.DONE).filter(kind="campaigns.fit").exists()
    assert places() == {contact: ["short"] for contact in contacts}
    assert in_flight(api, campaign)["versions"] == [{"number": 3, "active": 7}]
    assert figures(api, campaign)["hello"] == {"done": 7}
    shift(timedelta(hours=2))
    settle()
    assert totals(contacts) == [11] * 7
    assert StepLog.objects.count() == 21


def hold(visit: int) -> None:
    """Hold a visit in a process of its own while a worker comes to it, and is killed."""
    told, tells = os.pipe()
    waits, release = os.pipe()
    connection.close()
    holder = os.fork()
    if holder == 0:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM visit WHERE id = %s FOR UPDATE", [visit])
                os.write(tells, b"!")
                os.read(waits, 1)
        finally:
            os._exit(0)
    os.read(told, 1)
    work_until_it_waits(visit)
    os.write(release, b"!")
    os.waitpid(holder, 0)
