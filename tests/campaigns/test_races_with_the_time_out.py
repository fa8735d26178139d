"""REL-22: openings around the time-out, told late, beside real engines: the right branch."""

import os
import random
import time
from datetime import timedelta

from campaigns.graph.plan import GRACE
from campaigns.models import CampaignNode, Outcome, Step, StepLog
from kernel import clock, events
from kernel.events import Fact
from tests.campaigns.test_no_opening_is_lost import dispatcher, engine, in_threads
from tests.journey import VISITED, bring, deciding, figures, people, run

PEOPLE, SECONDS = 40, 2
# Nearer to the edge than this the test's own clock readings could not tell.
BLUR = timedelta(milliseconds=1)


def wait_until(done, seconds=30):
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.05)
    assert done()


def test_what_happens_up_to_the_last_second_counts_and_nothing_later(real, api):
    drawn = random.Random(int(os.environ.get("RELAIS_SEED", "22")))
    contacts = people(PEOPLE)
    campaign = run(api, deciding(within=f"{SECONDS}s"))
    events.type_id(VISITED)
    finish = in_threads(engine, engine, dispatcher)
    bring(api, campaign, contacts)
    asked = CampaignNode.objects.get(campaign=int(campaign), name="asked").pk
    wait_until(lambda: Step.objects.filter(node=asked).count() == PEOPLE)
    lasts = {
        contact: (due - GRACE).replace(microsecond=0) + timedelta(seconds=1)
        for contact, due in Step.objects.filter(node=asked).values_list("contact_id", "due_at")
    }
    arrived = dict(Step.objects.filter(node=asked).values_list("contact_id", "since"))
    happened, slow = {}, set()
    for contact in drawn.sample(contacts, PEOPLE):
        # Told up to half a second after it happened, which may be after the time-out.
        now = clock.now()
        ago = timedelta(seconds=drawn.random() / 2)
        happened[contact] = max(now - ago, arrived[contact])
        events.record(VISITED, [Fact(contact, happened[contact])], now=now)
        if clock.now() > lasts[contact] + GRACE - timedelta(seconds=1.2):
            slow.add(contact)
        time.sleep(drawn.random() * 0.15)
    wait_until(lambda: figures(api, campaign)["asked"].get("done") == PEOPLE)
    finish()
    outcomes = dict(StepLog.objects.filter(node=asked).values_list("contact_id", "outcome"))
    assert len(outcomes) == PEOPLE
    for contact, moment in happened.items():
        if abs(moment - lasts[contact]) < BLUR or (contact in slow and moment < lasts[contact]):
            continue
        expected = Outcome.YES if moment < lasts[contact] else Outcome.NO
        assert outcomes[contact] == expected, (moment, lasts[contact])
