"""PRV-07: an address that colleagues wrote into a filter, a view or a draft is reported."""

import pytest
from rest_framework.test import APIClient

from backoffice.models import SavedView
from campaigns.models import Campaign
from contacts.models import Erasure
from contacts.services.erase import drop
from kernel import clock
from segments.models import Segment
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
ANA = "ana@x.example"


def named_in(contact: int) -> set[tuple[str, int]]:
    kept = Erasure.objects.get(contact_id=contact).leftovers or []
    return {(kind, number) for kind, number in kept}


def test_filters_views_and_drafts_that_name_the_address_are_told(api: APIClient, alice):
    ana, bo = people({"email": ANA, "mobile": "+33 6 12 34 56 78"}, {"email": "bo@x.example"})
    now = clock.now()
    times = {"created_at": now, "updated_at": now}
    tree = {"field": "email", "op": "is", "value": "ANA@x.example"}
    segment = Segment.objects.create(name="Hers", filter=tree, **times)
    Segment.objects.create(name="Others", filter={**tree, "value": "b@x.example"}, **times)
    view = SavedView.objects.create(
        user=alice, list="contacts", name="A", query="q=ana%40x.example"
    )
    campaign = Campaign.objects.create(name="C", graph={"nodes": [{"to": "+33612345678"}]}, **times)
    drop([ana, bo], now)
    assert named_in(ana) == {
        ("segment", segment.pk),
        ("saved_view", view.pk),
        ("campaign", campaign.pk),
    }
    assert named_in(bo) == set()
