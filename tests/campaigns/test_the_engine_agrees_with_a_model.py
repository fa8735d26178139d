"""Random journeys: the engine, set by set, does what a plain model does person by person."""

import random
from datetime import timedelta

import pytest

from campaigns.models import Outcome, StepLog, Visit
from contacts.models import Contact, ContactState
from kernel import events
from kernel.events import Fact
from tests.campaigns.model import Model
from tests.journey import bring, graph, node, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
FRENCH = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
SEEDS = [*range(8), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(8, 120))]
PAGES = ("offer", "blog")
BRANCHES = {"condition": ["yes", "no"], "decision": ["yes", "no"], "action": ["next"],
            "wait": ["next"]}  # fmt: skip


def random_graph(drawn):
    """Draw nodes in layers, every edge forwards; now and then a jump back, or an exit."""
    edges = []
    size = drawn.randint(3, 9)
    nodes = [random_node(drawn, f"n{place}") for place in range(size)]
    parallel = drawn.random() < 0.4
    edges += [f"start>n{place}" for place in range(2 if parallel else 1)]
    for place, made in enumerate(nodes):
        for branch in BRANCHES[made["kind"]]:
            ahead = range(place + 1, size)
            for target in drawn.sample(ahead, min(len(ahead), drawn.choice([0, 1, 1, 1, 2]))):
                parallel = parallel or target is not None
                edges.append(f"n{place}:{branch}>n{target}")
    reached, drawing = {"start"}, []
    if drawn.random() < 0.5:
        edges += draw_goals(drawn, nodes)
        reached |= {made["id"] for made in nodes if made["kind"] == "goal"}
    for edge in edges:
        source, target = edge.split(">")
        if source.partition(":")[0] in reached:
            reached.add(target)
            drawing.append(edge)
    kept = [made for made in nodes if made["id"] in reached]
    last = [made for made in kept if made["kind"] != "goal"][-1]
    if drawn.random() < 0.3 and last["kind"] == "wait":
        kept.append(node("back", "jump", to=drawn.choice(kept)["id"]))
        drawing.append(f"{last['id']}:next>back")
    return graph(kept, *drawing)


def draw_goals(drawn, nodes):
    """Draw one or two goals beside the way; some lead on."""
    edges = []
    for place in range(drawn.choice([1, 1, 2])):
        target = drawn.choice(nodes)["id"]
        page = drawn.choice(["bought", *PAGES])
        nodes.append(node(f"g{place}", "goal", "shop.visited", where={"page": page}))
        if target[0] == "n" and drawn.random() < 0.7:
            edges.append(f"g{place}>{target}")
    return edges


def random_node(drawn, name):
    kind = drawn.choice(["action", "action", "condition", "decision", "decision", "wait"])
    if kind == "action":
        return points(name, drawn.randint(1, 9))
    if kind == "condition":
        return node(name, kind, filter=FRENCH)
    if kind == "wait":
        return node(name, kind, **{"for": drawn.choice(["10m", "1h", "30s"])})
    config = {}
    if drawn.random() < 0.8:
        config["within"] = drawn.choice(["20m", "1h", "90s"])
    if drawn.random() < 0.5:
        config["where"] = {"page": drawn.choice(PAGES)}
    if drawn.random() < 0.3:
        config["since"] = "visit"
    return node(name, kind, "shop.visited", **config)


def told(outcome):
    return {Outcome.YES: "yes", Outcome.NO: "no"}.get(outcome, "next")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_journey_ends_alike(api, shift, seed):
    drawn = random.Random(seed)
    drawing = random_graph(drawn)
    contacts = people(6)
    country = dict(Contact.objects.values_list("pk", "country"))
    models = {contact: Model(drawing, country[contact] == "FR") for contact in contacts}
    campaign = run(api, drawing)
    bring(api, campaign, contacts)
    now = Visit.objects.earliest("entered_at").entered_at
    for model in models.values():
        model.enter(now)
    for _tick in range(12):
        now += timedelta(seconds=drawn.choice([1, 45, 400, 1300, 3700]) + drawn.random())
        for contact in drawn.sample(contacts, 2):
            page = drawn.choice([*PAGES, "bought"])
            at = now - timedelta(seconds=drawn.choice([0, 0, 1, 30]))
            events.record("shop.visited", [Fact(contact, at, data={"page": page})], now=now)
            models[contact].happen(at, page, now)
        settle(now)
        for model in models.values():
            model.settle(now)
        compare(contacts, models)


def compare(contacts, models):
    for contact in contacts:
        model = models[contact]
        logged = {
            (name, number): told(outcome)
            for name, number, outcome in StepLog.objects.filter(contact_id=contact).values_list(
                "node__name", "number", "outcome"
            )
        }
        assert logged == model.way.done
        assert ContactState.objects.get(contact=contact).points == model.way.points
        under_way = Visit.objects.filter(contact_id=contact, left_at=None).exists()
        assert under_way == bool(model.way.tokens)
