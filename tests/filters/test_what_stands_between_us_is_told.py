"""What stands between us and somebody is offered by the builder and told by the answer to why."""

import pytest

from contacts.models import Topic
from contacts.services import consent
from kernel import clock
from tests.filters.asking import LISTED, person

pytestmark = pytest.mark.django_db


def test_the_answer_to_why_says_what_stands(api):
    ann = person("ann@example.com")
    consent.close([ann], "email", "hard_bounce", "550", clock.now())
    consent.close([ann], "email", "manual", "", clock.now())
    tree = {
        "any": [
            {"field": "do_not_contact.email", "op": "is_empty"},
            {"field": "bounce", "op": "is", "value": "soft"},
            LISTED,
        ]
    }
    body = {"filter": tree, "contact": str(ann)}
    leaves = api.post("/api/v1/segments/explain", body).json()["tree"]["any"]
    assert [(one["matches"], one["actual"]) for one in leaves] == [
        (False, "hard bounce, by hand"),
        (False, "hard bounce"),
        (False, "no"),
    ]


def test_the_builder_offers_them_in_a_group_of_their_own(api):
    topic = Topic.objects.create(name="News")
    french = {"headers": {"Accept-Language": "fr"}}
    answer = api.get("/api/v1/filters/catalogue", **french).json()
    mine = {one["key"]: one for one in answer["subjects"] if one["group"] == "standing"}
    assert {f"topic.{topic.pk}", "bounce", "suppressed", "do_not_contact.sms"} < set(mine)
    assert mine["consent.email_marketing"]["label"] == "Consentement au marketing par e-mail"
    assert [one["label"] for one in mine["bounce"]["options"]] == [
        "rejet définitif",
        "rejet temporaire",
    ]
