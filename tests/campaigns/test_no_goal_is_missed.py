"""Goals under race: reached while the entry commits, while the engine moves, by many at once."""

import random
import threading
import time

from django.db import connection, transaction

from campaigns.models import StepLog, Visit
from campaigns.services.admitting import add
from kernel import clock, events
from kernel.dispatcher import Dispatcher
from kernel.events import Fact
from tests.campaigns.test_no_opening_is_lost import dispatcher, engine, in_threads
from tests.journey import bring, figures, graph, node, people, points, run
from tests.settle import settle

BOUGHT = "shop.bought"
WAY = graph(
    [*(points(f"p{place}") for place in range(6)), node("won", "goal", BOUGHT)],
    "start>p0", *(f"p{place}>p{place + 1}" for place in range(5)),
)  # fmt: skip
HOLDING = graph(
    [points("first"), node("rest", "wait", **{"for": "9d"}), node("won", "goal", BOUGHT)],
    "start>first", "first>rest",
)  # fmt: skip


def test_a_goal_reached_while_the_entry_commits_is_found(real, api):
    """The dispatcher cannot see the visit yet, and the entry cannot see the event."""
    [zoe] = people(1)
    campaign = run(api, HOLDING)
    settle()

    def tell():
        now = clock.now()
        events.record(BOUGHT, [Fact(zoe, now)], now=now)
        settle()
        connection.close()

    telling = threading.Thread(target=tell)
    with transaction.atomic():
        assert add(int(campaign), [zoe], clock.now()) == {zoe}
        telling.start()
        telling.join()
    settle()
    assert figures(api, campaign)["won"] == {"done": 1, "yes": 1}


def test_whoever_reaches_it_on_the_way_is_taken_beside_running_engines(real, api):
    contacts = people(40)
    campaign, holding = run(api, WAY), run(api, HOLDING)
    events.type_id(BOUGHT)
    drawn = random.Random(3)
    finish = in_threads(engine, engine, dispatcher)
    for start in range(0, len(contacts), 8):
        some = contacts[start : start + 8]
        bring(api, campaign, some)
        bring(api, holding, some)
        for contact in some:
            time.sleep(drawn.random() * 0.02)
            now = clock.now()
            events.record(BOUGHT, [Fact(contact, now)], now=now)
    finish()
    Dispatcher().round(clock.now())
    settle()
    assert figures(api, holding)["won"] == {"done": 40, "yes": 40}
    # Whose way ended before is past it; nobody's goes on, and nobody's stops without a reason.
    reached = figures(api, campaign)["won"].get("yes", 0)
    assert Visit.objects.filter(campaign=int(campaign), reason=3).count() == reached
    assert not Visit.objects.filter(left_at=None).exists()
    assert StepLog.objects.filter(node__name="won").count() == 40 + reached
