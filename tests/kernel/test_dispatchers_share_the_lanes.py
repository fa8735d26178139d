"""Several dispatchers, writers and failures at once: every change once, each contact's in order."""

import random
import threading
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection

from kernel import events
from kernel.changes import Changes
from kernel.dispatcher import Dispatcher
from kernel.events import EventType, Fact
from kernel.subscribers import Subscriber, subscribers

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CONTACTS, EACH = 40, 30


@pytest.fixture
def notebook(transactional_db):
    """A table that subscribers write to in the dispatcher's own transaction."""

    class Knocked(EventType):
        key = "testing.knocked"
        label = "Knocked"

    class Note(Subscriber):
        key = "testing.note"
        label = "Note"
        order = 99

        def react(self, changes: Changes, now: datetime) -> None:
            with connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO notebook (contact, n) VALUES (%s, %s)",
                    [(c.contact, c.subject) for c in changes.events(events.type_id(Knocked.key))],
                )
            if random.random() < 0.1:
                raise OperationalError("the connection was cut")

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notebook (id bigserial, contact bigint, n int)")
    events.event_types.register(Knocked)
    subscribers.register(Note)
    yield
    events.event_types._entries.pop(Knocked.key)
    subscribers._entries.pop(Note.key)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE notebook")


def write(contacts: range) -> None:
    for number in range(EACH):
        at = NOW + timedelta(seconds=number)
        events.record("testing.knocked", [Fact(c, at, subject=number) for c in contacts], now=at)
    connection.close()


def dispatch(done: threading.Event) -> None:
    dispatcher = Dispatcher()
    while not (done.is_set() and _empty()):
        dispatcher.forget()
        dispatcher.round(NOW)
    connection.close()


def _empty() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM change)")
        return cursor.fetchone()[0]


def test_nothing_is_lost_doubled_or_out_of_order(notebook):
    events.number_types()
    done = threading.Event()
    half = CONTACTS // 2
    writers = [
        threading.Thread(target=write, args=(part,))
        for part in (range(1, half + 1), range(half + 1, CONTACTS + 1))
    ]
    hands = [threading.Thread(target=dispatch, args=(done,)) for _ in range(3)]
    for thread in [*hands, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in hands:
        thread.join(60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact, n FROM notebook ORDER BY id")
        rows = cursor.fetchall()
    assert max(Counter(rows).values()) == 1
    seen = defaultdict(list)
    for contact, number in rows:
        seen[contact].append(number)
    assert seen == {contact: list(range(EACH)) for contact in range(1, CONTACTS + 1)}
