"""The score of a company: earned through its people, read by filters."""

import pytest

from contacts.models import Company
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from segments.models import Segment
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def adjust(contacts, delta, cause="c"):
    action = contact_actions.get("companies.score")
    batch = Batch(list(contacts), [cause] * len(contacts))
    return run_action(action(action.clean({"delta": delta})), batch, clock.now())


def scores():
    return dict(Company.objects.values_list("name", "score"))


def test_each_contact_counts_for_its_primary_company_once_a_cause():
    made = people({"company": "Acme"}, {"company": "Acme"}, {"company": "Globex"}, {"city": "X"})
    adjust(made, 5)
    adjust(made, 5)
    assert scores() == {"Acme": 10, "Globex": 5}
    adjust(made, -2_000_000_000 // 2_000, "other")
    adjust(made[:1], 1, "third")
    assert scores()["Acme"] == 10 - 2 * 1_000_000 + 1


def test_a_segment_follows_the_score(api):
    made = people({"company": "Acme"}, {"company": "Acme"}, {"company": "Globex"})
    tree = {"all": [{"field": "company.score", "op": "gte", "value": 10}]}
    api.post(f"{V1}/segments", {"name": "Hot", "filter": tree})
    settle()
    adjust(made[:2], 5)
    settle()
    number = Segment.objects.get().pk
    members = api.get(f"{V1}/segments/{number}/contacts").json()["results"]
    assert {row["id"] for row in members} == {str(made[0]), str(made[1])}


@pytest.mark.parametrize("delta", [0, "x", 1_000_001, None])
def test_what_changes_nothing_or_too_much_is_refused(api, delta):
    (ada,) = people({"company": "Acme"})
    body = {"key": "companies.score", "config": {"delta": delta}, "contacts": [ada]}
    assert api.post(f"{V1}/actions", body).status_code == 400
