"""REL-18: one contact that always fails stops nobody: it is tried again, then parked and shown."""

from datetime import timedelta

import pytest

from campaigns.models import Campaign, Step, StepState
from kernel import clock
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from tests.journey import bring, figures, graph, node, ok, people, points, run, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
poison: set[int] = set()
named: set[int] = set()
runs: list[int] = []


@pytest.fixture(autouse=True)
def fragile():
    """An action that raises for some contacts, and names others as failed."""

    class Fragile(ContactAction):
        key = "testing.fragile"
        label = "Fragile"

        def run(self, batch: Batch, now) -> Outcomes:
            runs.extend(batch.contacts)
            if poison & set(batch.contacts):
                raise ValueError("cannot be done")
            failed = {contact: "refused" for contact in batch.contacts if contact in named}
            return Outcomes(failed=failed)

    for seen in (poison, named):
        seen.clear()
    runs.clear()
    contact_actions.register(Fragile)
    yield
    contact_actions._entries.pop(Fragile.key)


@pytest.fixture
def way(api):
    return run(
        api,
        graph([node("do", "action", "testing.fragile"), points("then")], "start>do", "do>then"),
    )


def url(campaign, rest):
    return f"/api/v1/campaigns/{campaign}/{rest}"


@pytest.mark.parametrize("kind", [poison, named])
def test_the_others_go_on_and_the_failing_one_is_parked_and_freed(api, way, shift, kind):
    contacts = people(9)
    kind.add(contacts[4])
    bring(api, way, contacts)
    settle()
    assert totals(contacts) == [1] * 4 + [0] + [1] * 4
    assert figures(api, way)["do"] == {"done": 8, "waiting": 1}
    for _try in range(4):
        shift(timedelta(hours=2))
        settle()
    assert figures(api, way)["do"] == {"done": 8, "failed": 1}
    runs.clear()
    shift(timedelta(days=9))
    settle()
    assert runs == []
    [parked] = ok(api.get(url(way, "parked")))["results"]
    assert parked["contact"] == str(contacts[4])
    assert (parked["node"], parked["attempts"]) == ("do", 5)
    assert ("cannot be done" if kind is poison else "refused") in parked["error"]
    kind.clear()
    # While people are still moved to what was just published, one comes back a moment later.
    Campaign.objects.update(fitting_since=clock.now())
    for act in ("retry", "skip", "end"):
        busy = api.post(url(way, act), {"node": "do"})
        assert (busy.status_code, busy.json()["errors"][0]["code"]) == (409, "busy")
    Campaign.objects.update(fitting_since=None)
    assert ok(api.post(url(way, "retry"), {"node": "do"})) == {"retried": 1}
    settle()
    assert totals(contacts) == [1] * 9
    assert figures(api, way)["do"] == {"done": 9}
    assert ok(api.get(url(way, "parked")))["results"] == []


def test_tries_are_further_and_further_apart(api, way, shift):
    [zoe] = people(1)
    poison.add(zoe)
    bring(api, way, [zoe])
    settle()
    for seconds in (10, 60, 600, 3600):
        settle()
        before = len(runs)
        # Five seconds at least for whatever a busy machine needs in between.
        shift(timedelta(seconds=seconds / 2))
        settle()
        assert len(runs) == before
        shift(timedelta(seconds=seconds / 2 + 1))
        settle()
        assert len(runs) > before
    assert Step.objects.get().state == StepState.PARKED


def test_an_action_that_is_gone_parks_at_once(api, way):
    [zoe] = people(1)
    bring(api, way, [zoe])
    kept = contact_actions._entries.pop("testing.fragile")
    settle()
    assert "testing.fragile" in Step.objects.get().error
    contact_actions.register(kept)
    ok(api.post(url(way, "retry"), {"contacts": [zoe]}))
    settle(clock.now() + timedelta(seconds=1))
    assert totals([zoe]) == [1]


def test_only_who_may_edit_retries(api, api_bob, way):
    assert api_bob.post(url(way, "retry"), {}).status_code == 403
    assert api_bob.get(url(way, "parked")).status_code == 200
    assert api.post(url(way, "retry"), {"contacts": ["x"]}).status_code == 400
