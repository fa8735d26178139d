"""Processes that write, dispatch, rebuild and die beside each other, and who is left right."""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.db import OperationalError, connection, transaction

from contacts.models import Contact, ContactTag
from contacts.services.tags import change_tags
from contacts.services.upsert import upsert
from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.jobs import LeaseLost
from kernel.models import Event
from segments.models import Member, Segment
from segments.services import auditing, building, editing, following, members
from segments.services.turns import Turn
from tests.filters.oracle import Person

VISITED = "shop.visited"
FRENCH = {"field": "country", "op": "is", "value": "FR"}
FALSE_ALARM = 3
# Seconds after which a forgotten process ends by itself.
LONGEST = 300


def fork(work: Callable[[random.Random], None], seed: int) -> int:
    """Let a process of its own do something again and again, until it is killed."""
    connection.close()
    parent, ends = os.getpid(), time.monotonic() + LONGEST
    if child := os.fork():
        return child
    try:
        rng = random.Random(seed)
        while os.getppid() == parent and time.monotonic() < ends:
            try:
                work(rng)
            except (OperationalError, LeaseLost):
                connection.close()
    except BaseException:  # noqa: BLE001 - a forked test must never return into pytest
        traceback.print_exc(file=sys.stderr)
    finally:
        os._exit(1)


def end(*children: int) -> None:
    """Kill by force; whoever ended before must have had no reason to."""
    # Whoever is told of as ended by itself is gone already when all the others are ended.
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    for status in [status for child in children for status in _status(child)]:
        assert os.WIFSIGNALED(status), (
            f"a process ended by itself: {os.waitstatus_to_exitcode(status)}"
        )


def _status(child: int) -> list[int]:
    with suppress(ChildProcessError):
        return [os.waitpid(child, 0)[1]]
    return []


def dispatch(_rng: random.Random) -> None:
    dispatcher = Dispatcher()
    for _round in range(20):
        if not dispatcher.round(clock.now()):
            time.sleep(0.01)
    dispatcher.forget()


def rebuild(rng: random.Random) -> None:
    """Audit in the middle of the traffic: nothing may look like a fault that is none."""
    building.build(Turn())
    following.follow(Turn())
    if any(auditing.rebuild(None, Turn()).values()):
        os._exit(FALSE_ALARM)
    time.sleep(rng.random() * 0.05)


def write(people: list[int]) -> Callable[[random.Random], None]:
    def work(rng: random.Random) -> None:
        chosen = sorted(rng.sample(people, 3))
        with transaction.atomic():
            rng.choice((_field, _tag, _visit))(rng, chosen)
            if rng.random() < 0.2:
                # An id that commits later than those after it.
                time.sleep(rng.random() * 0.1)

    return work


def decide(segment: int, people: list[int]) -> Callable[[random.Random], None]:
    """Let a hand add and remove while the filter thinks otherwise."""

    def work(rng: random.Random) -> None:
        row = Segment.objects.get(pk=segment)
        with transaction.atomic():
            members.change(row, add=rng.sample(people, 2), now=clock.now())
        with transaction.atomic():
            members.change(row, remove=rng.sample(people, 2), now=clock.now())
        time.sleep(0.01)

    return work


def edit(segment: int) -> Callable[[random.Random], None]:
    """Turn a filter round while it is built."""

    def work(rng: random.Random) -> None:
        with transaction.atomic():
            row = Segment.objects.select_for_update(no_key=True).get(pk=segment)
            tree = rng.choice(({"all": [FRENCH]}, {"none": [FRENCH]}))
            editing.edit(row, {"filter": tree}, now=clock.now())
        time.sleep(rng.random() * 0.4)

    return work


def _field(rng: random.Random, chosen: list[int]) -> None:
    alias, values = rng.choice((("country", ("FR", "DE", None)), ("city", ("Nice", "Lyon"))))
    rows = [{"id": contact, alias: rng.choice(values)} for contact in chosen]
    upsert(rows, match="id", mode="update", now=clock.now())


def _tag(rng: random.Random, chosen: list[int]) -> None:
    add, remove = (["vip"], []) if rng.random() < 0.5 else ([], ["vip"])
    change_tags(chosen, add, remove, clock.now())


def _visit(rng: random.Random, chosen: list[int]) -> None:
    at = clock.now() - timedelta(seconds=rng.choice((0, 0, 3600)))
    events.record(VISITED, [events.Fact(contact, at) for contact in chosen], now=clock.now())


def as_they_are() -> list[Person]:
    """Read everybody from the tables, as the oracle knows people."""
    found = {
        row.pk: Person(row.pk, {"country": row.country, "city": row.city})
        for row in Contact.objects.all()
    }
    for contact, name in ContactTag.objects.values_list("contact_id", "tag__name"):
        found[contact].tags.add(name)
    kind = events.type_id(VISITED)
    for row in Event.objects.filter(type_id=kind):
        found[row.contact_id].events.append((VISITED, row.occurred_at, {}, row.verdict))
    return [found[number] for number in sorted(found)]


def kept(segment: int) -> dict[int, Any]:
    """Return what is stored of a segment: contact → who decided."""
    rows = Member.objects.filter(segment_id=segment)
    return dict(rows.values_list("contact_id", "manual"))
