"""Forgetting somebody waits for whoever moves them, and then sees where they were put."""

import threading

from django.db import connection, transaction

from campaigns.graph.plan import plan_of
from campaigns.models import Campaign, Step, Visit
from campaigns.services import fitting
from contacts.services import erase
from kernel import clock
from tests.campaigns.versions import places, publish
from tests.colliding import until_somebody_waits
from tests.journey import bring, figures, graph, node, people, run
from tests.settle import settle

LONG, SHORT = node("long", "wait", **{"for": "9h"}), node("short", "wait", **{"for": "1h"})
DRAWING = graph([LONG, SHORT], "start>long", "long>short")


def test_no_live_step_of_somebody_forgotten_is_left(real, api):
    [zoe, max_] = people(2)
    campaign = run(api, DRAWING)
    bring(api, campaign, [zoe, max_])
    settle()
    publish(api, campaign, settled=False, moves={"long": "short"})
    plan = plan_of(Campaign.objects.get().published_id)
    fits = {1: fitting.compare(plan, plan, None, clock.now(), both(plan))}

    def forget() -> None:
        erase.erase(zoe, clock.now())
        connection.close()

    other = threading.Thread(target=forget)
    with transaction.atomic():
        fitting.fit(fits, list(Visit.objects.values_list("pk", flat=True)), clock.now())
        other.start()
        until_somebody_waits()
    other.join()
    settle()
    assert set(Step.objects.values_list("contact_id", flat=True)) == {max_}
    assert places() == {max_: ["short"]}
    assert figures(api, campaign)["short"] == {"waiting": 1}


def both(plan):
    """Move whoever stands on the long wait to the short one."""
    names = plan.by_name()
    return {names["long"].id: names["short"]}
