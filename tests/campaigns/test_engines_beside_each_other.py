"""REL-17: engines beside each other choose each due step once, and stop when nothing is due."""

import multiprocessing
from datetime import timedelta

from django.db import connection

from campaigns.models import Step, StepLog
from campaigns.services import held
from campaigns.services.advancing import advance, is_due
from kernel import clock
from tests.faults.size import size
from tests.journey import bring, graph, node, people, points, run, totals

# At full size a hundred races.
ENGINES, PEOPLE, ROUNDS = 5, 30, size(4, 50)
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
# Parallel ways that meet: several steps of one contact are due at once.
WAY = graph(
    [
        points("one"),
        points("two", 10),
        node("french", "condition", filter=FRENCH),
        points("meet", 100),
        node("rest", "wait", **{"for": "1h"}),
        points("last", 1_000),
    ],
    "start>one", "start>two", "one>meet", "two>french", "french:yes>meet", "french:no>meet",
    "meet>rest", "rest>last",
)  # fmt: skip


def engine(moment, told):
    """Work until nothing is due; tell how many steps were chosen."""
    chosen = 0
    while is_due(moment):
        chosen += advance(moment)[0]
    told.put(chosen)
    connection.close()


def race(moment):
    """Let five engines work on what is due; return how many steps they chose in all."""
    forking = multiprocessing.get_context("fork")
    told = forking.Queue()
    connection.close()
    engines = [forking.Process(target=engine, args=(moment, told)) for _ in range(ENGINES)]
    for process in engines:
        process.start()
    chosen = [told.get(timeout=60) for _process in engines]
    for process in engines:
        process.join()
    assert [process.exitcode for process in engines] == [0] * ENGINES
    return sum(chosen)


def test_every_step_is_chosen_once_however_many_engines_look(real, api, monkeypatch):
    monkeypatch.setattr(held, "BATCH", 7)
    contacts = people(PEOPLE)
    campaign = run(api, WAY, reentry="after_leaving")
    for visit in range(1, ROUNDS + 1):
        bring(api, campaign, contacts)
        now = clock.now() + timedelta(seconds=1)
        before = StepLog.objects.count()
        chosen = race(now) + race(now + timedelta(hours=2))
        assert chosen == StepLog.objects.count() - before == PEOPLE * 6
        assert totals(contacts) == [1_111 * visit] * PEOPLE
        assert not Step.objects.exists()
        assert not is_due(now + timedelta(days=9))
