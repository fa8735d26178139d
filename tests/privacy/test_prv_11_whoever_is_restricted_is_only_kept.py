"""PRV-11: whoever is restricted is kept and not worked on; who objects to profiling, not judged."""

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, User
from campaigns.models import LeftFor, Visit
from contacts.models import Contact, Restriction
from contacts.services import restricting
from contacts.services.exports import reading
from contacts.services.merge import merge
from contacts.services.restricting import Said
from contacts.services.upsert import upsert
from emails.models import Email
from emails.services.explaining import explain
from kernel import clock, invariants
from kernel.actions import Batch, contact_actions, run_action
from kernel.events import Fact, record, type_id
from kernel.models import Event
from kernel.sources import Chosen
from points.services import ranking
from segments.models import Member, Segment
from tests.contacts.merging import people
from tests.journey import graph, node, run
from tests.settle import settle

pytestmark = pytest.mark.django_db
SAID = Said("user:1", "on the phone")
NORTH = {"field": "city", "op": "is", "value": "Lille"}
ACTIVE = {"event": "tracking.page_hit"}


@pytest.fixture
def trio() -> list[int]:
    """Who is restricted, who objects to profiling, and who does neither; all of Lille."""
    found = people(*({"email": f"{name}@x.example", "city": "Lille"} for name in "abc"))
    record("tracking.page_hit", [Fact(one, clock.now()) for one in found], now=clock.now())
    return found


def hold(trio: list[int]) -> None:
    restricting.restrict(trio[:1], "accuracy", SAID, clock.now())
    restricting.object_to_profiling(trio[1:2], SAID, clock.now())


def segment(api: APIClient, tree: dict) -> int:
    answer = api.post("/api/v1/segments", {"name": str(tree)[:60], "filter": tree}, format="json")
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


def members(number: int) -> list[int]:
    rows = Member.objects.filter(segment_id=number).order_by("contact_id")
    return list(rows.values_list("contact_id", flat=True))


def do(key: str, config: dict, contacts: list[int]) -> dict[int, str]:
    action = contact_actions.get(key)(config)
    batch = Batch(contacts, [f"api:{key}:{one}" for one in contacts])
    return run_action(action, batch, clock.now()).skipped


def meant(api: APIClient, condition: dict) -> list[int]:
    """Return how many the builder counts: in all, reached, and as examples."""
    told = [
        api.post(f"/api/v1/segments/{what}", {"filter": {"all": [condition]}}, format="json").json()
        for what in ("count", "parts", "sample")
    ]
    parts = [one["count"] for one in told[1]["parts"]]
    return [told[0]["count"], told[1]["reachable"], *parts, len(told[2]["contacts"])]


def explained(api: APIClient, tree: dict, contact: int) -> tuple[bool, str]:
    body = {"filter": tree, "contact": str(contact)}
    told = api.post("/api/v1/segments/explain", body, format="json").json()
    return told["matches"], told["kept_out"]


def test_prv_11_segments_let_go_and_take_in_again(api: APIClient, trio):
    north, active = segment(api, {"all": [NORTH]}), segment(api, {"all": [ACTIVE]})
    settle()
    assert (members(north), members(active)) == (trio, trio)
    hold(trio)
    settle()
    assert (members(north), members(active)) == (trio[1:], trio[2:])
    told = [explained(api, NORTH, one) for one in trio]
    assert told == [(False, "processing is restricted"), (True, ""), (True, "")]
    assert explained(api, ACTIVE, trio[1]) == (False, "they object to profiling")
    # What the builder counts, it builds.
    assert (meant(api, NORTH), meant(api, ACTIVE)) == ([2] * 4, [1] * 4)
    # A build from nothing agrees with what reactions found.
    for number in (north, active):
        api.post(f"/api/v1/segments/{number}/rebuild")
    settle()
    assert (members(north), members(active)) == (trio[1:], trio[2:])
    assert restricting.lift(trio, SAID, clock.now()) == trio[:1]
    settle()
    assert (members(north), members(active)) == (trio, [trio[0], trio[2]])
    told = Event.objects.get(type_id=type_id("contacts.released"))
    assert (told.data["ground"], told.data["comment"]) == ("accuracy", "on the phone")
    assert invariants.broken() == []


def test_prv_11_campaigns_let_go_and_nobody_comes_in(api: APIClient, trio):
    number = int(run(api, graph([node("a", "wait", **{"for": "1d"})], "start>a")))
    url = f"/api/v1/campaigns/{number}/contacts"
    api.post(url, {"add": [str(one) for one in trio]}, format="json")
    assert Visit.objects.filter(campaign_id=number, left_at=None).count() == 3
    hold(trio)
    settle()
    left = dict(Visit.objects.filter(left_at__isnull=False).values_list("contact_id", "reason"))
    assert left == dict.fromkeys(trio[:2], LeftFor.WITHHELD)
    api.post(url, {"add": [str(one) for one in trio]}, format="json")
    assert Visit.objects.filter(campaign_id=number, left_at=None).count() == 1


def test_prv_11_no_action_touches_them_and_no_rank_judges_them(trio):
    hold(trio)
    held = {trio[0]: "restricted"}
    assert do("points.adjust", {"delta": 5}, trio) == held | {trio[1]: "profiling_refused"}
    assert do("tags.change", {"add": ["vip"], "remove": []}, trio) == held
    ranking.measure(clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT contact_id FROM rank_difference WHERE rank IS NOT NULL")
        assert {row[0] for row in cursor.fetchall()} == {trio[2]}


def test_prv_11_no_mail_goes_out_and_no_export_takes_them(api: APIClient, alice: User, trio):
    body = {"name": "News", "type": "template", "subject": "Hi", "html": "<p>Hi</p>"}
    made = api.post("/api/v1/emails", {**body, "from_address": "a@x.example"}).json()["id"]
    Email.objects.filter(pk=made).update(state="published")
    hold(trio)
    email = Email.objects.get(pk=made)
    assert explain(email, trio[0], clock.now()).reason == "restricted"
    assert explain(email, trio[1], clock.now()).reason is None
    chosen = reading.people(alice, Chosen(columns=["id"], ids=trio))
    with connection.cursor() as cursor:
        cursor.execute(chosen.statement, chosen.parameters)
        assert [row[0] for row in cursor.fetchall()] == trio[1:]


def test_prv_11_imports_the_api_and_merges_lift_nothing(api: APIClient, trio):
    hold(trio)
    rows = [{"email": "a@x.example", "city": "Lyon"}]
    upsert(rows, mode="upsert", now=clock.now(), source="import:1")
    at = f"/api/v1/contacts/{trio[0]}"
    assert api.patch(at, {"restriction": None}, format="json").status_code == 400
    assert api.patch(at, {"city": "Nice"}, format="json").json()["restriction"]["ground"]
    merge(trio[2], trio[0], clock.now())
    assert Restriction.objects.get().contact_id == trio[2]
    assert Contact.objects.get(pk=trio[2]).withheld == 2
    settle()
    assert invariants.broken() == []


def test_prv_11_over_rest_with_proof_and_trail(api: APIClient, trio):
    at = f"/api/v1/contacts/{trio[0]}/restriction"
    assert api.put(at, {"ground": "because"}, format="json").status_code == 400
    told = api.put(at, {"ground": "claims", "comment": "Court"}, format="json").json()
    assert (told["ground"], told["comment"]) == ("claims", "Court")
    found = api.post(
        "/api/v1/contacts/search",
        {"filter": {"field": "restricted", "op": "is", "value": True}},
        format="json",
    ).json()
    assert [one["id"] for one in found["results"]] == [str(trio[0])]
    assert api.delete(at).status_code == 204
    assert api.delete(at).status_code == 404
    said = {"to": "direct_marketing", "text": "No adverts", "source": "letter"}
    told = api.post(f"/api/v1/contacts/{trio[2]}/objections", said, format="json").json()
    assert {one["channel"] for one in told["do_not_contact"]} == {"email", "sms", "push"}
    assert {(one["purpose"], one["state"]) for one in told["consents"]} == {
        (purpose, "refused") for purpose in ("email_marketing", "sms_marketing", "profiling")
    }
    trail = AuditEntry.objects.filter(kind="contacts").order_by("id")
    assert [(one.verb, one.object_id) for one in trail] == [
        ("set restriction", trio[0]),
        ("delete restriction", trio[0]),
        ("objections", trio[2]),
    ]


def test_prv_11_the_page_says_so_with_ground_and_day(client: Client, alice: User, trio):
    client.force_login(alice)
    at = f"/contacts/{trio[0]}"
    body = {"act": "restrict", "seen": "-", "ground": "accuracy", "comment": "<b>Street</b>"}
    client.post(f"{at}/restriction", body)
    page = client.get(at).content.decode()
    assert "they contest that the data are right" in page
    assert "&lt;b&gt;Street&lt;/b&gt;" in page
    assert "may be contacted<" not in page
    assert "restricted</span>" in client.get("/contacts").content.decode()
    north = Segment.objects.create(name="North", filter={"all": [NORTH]})
    why = client.get(f"/segments/{north.pk}/why?contact={trio[0]}").content.decode()
    assert "Kept out by law: processing is restricted." in why
    assert "follows within seconds" not in why
    # Somebody who saw the page before changes nothing.
    client.post(f"{at}/restriction", {**body, "act": "lift"})
    seen = client.get(f"{at}?tab=consent").content.decode().split('name="seen" value="accuracy')
    assert len(seen) > 1
    stamp = "accuracy" + seen[1].split('"')[0]
    client.post(f"{at}/restriction", {"act": "lift", "seen": stamp})
    assert not Restriction.objects.exists()
    told = AuditEntry.objects.filter(kind="contacts", object_id=trio[0]).order_by("id")
    assert [one.after.get("restriction") for one in told] == ["accuracy", "-"]
    client.post(f"{at}/objection", {"to": "direct_marketing", "comment": "by letter"})
    assert Contact.objects.get(pk=trio[0]).withheld == 1
    assert "every channel is closed" in client.get(f"{at}?tab=consent").content.decode()
