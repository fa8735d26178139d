"""PRV-07: an address that colleagues wrote into a filter, a view or a draft is reported."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
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


def places(api: APIClient) -> list[tuple[str, str]]:
    found = api.get("/api/v1/privacy/leftovers").json()["results"]
    return sorted((one["kind"], one["id"]) for one in found)


def told() -> str:
    return str(list(AuditEntry.objects.values_list("name", "before", "after"))).lower()


def test_what_was_mended_is_listed_no_longer(api: APIClient):
    [ana] = people({"email": ANA})
    tree = {"field": "email", "op": "is", "value": "ANA@x.example"}
    at = [
        api.post("/api/v1/segments", {"name": name, "filter": tree}, format="json").json()["id"]
        for name in ("Mended", "Left", "Renamed")
    ]
    drop([ana], clock.now())
    assert places(api) == sorted(("segment", one) for one in at)
    mended = {"filter": {**tree, "value": "bo@x.example"}}
    for one, body in ((at[0], mended), (at[2], {"name": "Other"})):
        version = api.get(f"/api/v1/segments/{one}").json()["version"]
        answer = api.patch(f"/api/v1/segments/{one}", {**body, "version": version}, format="json")
        assert answer.status_code == 200, answer.content
    assert places(api) == sorted(("segment", one) for one in at[1:])
    # What it was before is no news to anybody.
    assert ANA not in told()
    assert "(erased)" in told()


def test_the_trail_forgets_who_is_erased_and_nobody_else(api: APIClient):
    [ana, _joana] = people({"email": ANA, "mobile": "+33 6 12 34 56 78"}, {"email": f"jo{ANA}"})
    tree = {"field": "email", "op": "is", "value": "ANA@x.example"}
    api.post("/api/v1/segments", {"name": f"About {ANA}", "filter": tree}, format="json")
    seen = {"query": "q=ana%40x.example", "to": ["+33612345678"], ANA: 1, "also": f"jo{ANA}"}
    AuditEntry.objects.create(kind="campaigns", verb="change", before=seen)
    AuditEntry.objects.create(kind="users", verb="change", after={"email": ANA})
    drop([ana], clock.now())
    first, second, users = AuditEntry.objects.order_by("pk")
    assert first.name == "About (erased)"
    assert first.after["filter"]["value"] == "(erased)"
    erased = {"query": "q=(erased)", "to": ["(erased)"], "(erased)": 1, "also": f"jo{ANA}"}
    assert second.before == erased
    assert users.after == {"email": ANA}


def test_leftovers_are_called_by_their_kind(client: Client, alice: User):
    [ana] = people({"email": ANA})
    SavedView.objects.create(user=alice, list="contacts", name="A", query="q=ana%40x.example")
    drop([ana], clock.now())
    client.force_login(alice)
    page = client.get("/settings/privacy").content.decode()
    assert "Saved views</span>" in page
    assert "saved_view" not in page
