"""People in every position there is in a campaign: waiting, asked, before a join, parked, out."""

from datetime import timedelta
from typing import Any

from campaigns.models import HeldOut
from contacts.models import Contact
from kernel import clock
from kernel.events import Fact, record
from tests.campaigns.versions import places
from tests.journey import VISITED, bring, graph, node, people, points, run, totals
from tests.settle import settle

OF_EACH = 8
POSITIONS = ("wait", "ask", "join", "park")
# Where they stand when all have come to rest; of the join, one branch has been there already.
STAND = {"wait": "rest", "ask": "asked", "join": "long", "park": "post"}
BRANCHES = [
    {"label": name, "filter": {"all": [{"field": "city", "op": "is", "value": name}]}}
    for name in POSITIONS
]
DRAWING = graph(
    [
        node("by", "split", branches=BRANCHES),
        node("rest", "wait", **{"for": "10h"}), points("rested"),
        node("asked", "decision", VISITED, within="10h"), points("yes", 10), points("no", 100),
        node("long", "wait", **{"for": "10h"}), node("short", "wait", **{"for": "1h"}),
        points("meet", 1_000),
        # Addresses of our own network are never called: whoever comes here is parked.
        node("post", "action", "webhooks.post", url="http://127.0.0.1:9/"), points("posted", 7),
    ],
    "start>by", "by:wait>rest", "rest>rested", "by:ask>asked", "asked:yes>yes", "asked:no>no",
    "by:join>long", "by:join>short", "long>meet", "short>meet", "by:park>post", "post>posted",
)  # fmt: skip


def bound(of_each: int) -> list[int]:
    """Make contacts that will go to the positions in turn."""
    contacts = people(of_each * len(POSITIONS))
    for nth, name in enumerate(POSITIONS):
        Contact.objects.filter(pk__in=contacts[nth :: len(POSITIONS)]).update(city=name)
    return contacts


def answer(contacts: list[int]) -> None:
    """Have these contacts do what the decision asks for."""
    now = clock.now()
    record(VISITED, [Fact(contact, now) for contact in contacts], now=now)
    settle()


class Crowd:
    """A campaign with people in every position, and some held out of it."""

    def __init__(self, api: Any, shift: Any, *, holdout: int = 30, of_each: int = OF_EACH) -> None:
        contacts = bound(of_each)
        self.campaign = run(api, DRAWING, holdout=holdout)
        bring(api, self.campaign, contacts)
        settle()
        shift(timedelta(hours=2))
        settle()
        self.out = list(HeldOut.objects.values_list("contact_id", flat=True))
        self.at = {
            name: [one for one in contacts[nth :: len(POSITIONS)] if one not in self.out]
            for nth, name in enumerate(POSITIONS)
        }

    def standing(self) -> dict[str, str]:
        """Say where those of each position stand: all at one step, or nowhere."""
        found = places()
        told = {}
        for name, contacts in self.at.items():
            [steps] = {",".join(found.pop(contact, [])) for contact in contacts}
            told[name] = steps
        assert found == {}
        return told

    def scores(self) -> dict[str, int]:
        """Return the points of those of each position: all have as many."""
        told = {}
        for name, contacts in self.at.items():
            [told[name]] = set(totals(contacts))
        return told
