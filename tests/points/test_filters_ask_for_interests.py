"""Conditions on interests: compared, followed by deeds, filing and time, and what they protect."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from campaigns.models import Campaign
from emails.models import Email
from kernel import clock, filing, filters
from kernel.jobs import enqueue
from kernel.models import Filing, Folder
from segments.models import Segment
from segments.services import auditing
from tests.journey import graph, node, ok, people
from tests.points.rules import did, rule
from tests.points.test_people_have_interests import HUMAN, MACHINE, an_email, category
from tests.segments.scene import follow, inside
from tests.settle import settle

pytestmark = pytest.mark.django_db
CLICKED, OPENED = "emails.clicked", "emails.opened"


def interest(folder: int, op: str = "gte", value: Any = 3) -> dict[str, Any]:
    return {"field": f"interest.{folder}", "op": op, "value": value}


def pass_time(**much: int) -> None:
    clock.move(timedelta(**much))
    enqueue("segments.follow", {}, now=clock.now())
    settle()


def corrections() -> int:
    enqueue(auditing.REBUILD, {}, now=clock.now())
    settle()
    return sum(Segment.objects.values_list("corrected", flat=True))


@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("eq", 4, "a"),
        ("eq", 0, "c"),
        ("ne", 4, "bc"),
        ("gt", 0, "ab"),
        ("gte", 0, "abc"),
        ("lt", 4, "bc"),
        ("lte", 1, "bc"),
        ("between", [0, 1], "bc"),
        ("between", [2, 9], "a"),
    ],
)
def test_interests_are_compared_and_who_did_nothing_has_zero(op: str, value: Any, found: str):
    ids = people(3)
    skis = category("Skis")
    about_skis, about_shoes = an_email(skis), an_email(category("Shoes"))
    did(ids[0], key=CLICKED, subject=about_skis, verdict=HUMAN)
    did(ids[0], ids[1], key=OPENED, subject=about_skis)
    did(ids[2], key=CLICKED, subject=about_skis, verdict=MACHINE)
    did(ids[2], key=CLICKED, subject=about_shoes, verdict=HUMAN)
    tree = {"all": [interest(skis, op, value)]}
    wanted = {ids["abc".index(letter)] for letter in found}
    assert set(filters.matching(tree, ids, clock.now())) == wanted
    assert filters.count(tree, clock.now()).count == len(wanted)


def test_a_segment_follows_what_is_done_and_what_is_filed_elsewhere(api: APIClient):
    zoe, ann = people(2)
    skis, shoes = category("Skis"), category("Shoes")
    email = an_email(skis)
    skiers, others = follow(interest(skis)), follow(interest(skis, "lt"))
    did(zoe, key=CLICKED, subject=email, verdict=HUMAN)
    settle()
    assert (inside(skiers), inside(others)) == ({zoe}, {ann})
    walkers = follow(interest(shoes))
    path = f"/api/v1/emails/{email}"
    ok(api.patch(path, {"category": str(shoes), "version": ok(api.get(path))["version"]}))
    settle()
    assert (inside(skiers), inside(others), inside(walkers)) == (set(), {zoe, ann}, {zoe})
    filing.move(shoes, skis)
    settle()
    assert (inside(skiers), inside(walkers)) == ({zoe}, set())
    Email.objects.filter(pk=email).delete()
    filing.sweep()
    settle()
    assert inside(skiers) == set()
    assert corrections() == 0


def test_a_year_later_nobody_is_interested_any_more(monkeypatch: Any, tmp_path: Any):
    monkeypatch.setenv("RELAIS_TEST_CLOCK", str(tmp_path / "clock"))
    [zoe] = people(1)
    skis = category("Skis")
    email = an_email(skis)
    skiers = follow(interest(skis))
    assert skiers.follows_time
    did(zoe, key=CLICKED, subject=email, verdict=HUMAN)
    settle()
    pass_time(days=364, hours=23)
    assert inside(skiers) == {zoe}
    pass_time(hours=2)
    assert inside(skiers) == set()
    assert corrections() == 0


def test_who_objects_to_profiling_is_in_no_segment_of_interests(api: APIClient):
    [zoe] = people(1)
    skis = category("Skis")
    did(zoe, key=CLICKED, subject=an_email(skis), verdict=HUMAN)
    skiers = follow(interest(skis))
    assert inside(skiers) == {zoe}
    refuses = {"purpose": "profiling", "state": "refused"}
    ok(api.post(f"/api/v1/contacts/{zoe}/consents", refuses), 201)
    settle()
    assert inside(skiers) == set()


def test_what_an_interest_looks_back_at_is_kept_for_a_year(api: APIClient):
    keep = {"privacy.retention": {"events.message": 100}}
    ok(api.patch("/api/v1/preferences", keep))
    follow(interest(category("Skis")), "Skiers")
    answer = api.patch("/api/v1/preferences", keep)
    assert answer.status_code == 400
    assert "“Skiers”" in answer.content.decode()
    keep["privacy.retention"]["events.message"] = 365
    ok(api.patch("/api/v1/preferences", keep))


def test_a_point_rule_that_asks_for_one_keeps_the_log_too(api: APIClient):
    made = rule(api, name="Skiers only", filter={"all": [interest(category("Skis"))]})
    keep = {"privacy.retention": {"events.message": 100}}
    answer = api.patch("/api/v1/preferences", keep)
    assert answer.status_code == 400
    assert "“Skiers only”" in answer.content.decode()
    ok(api.patch(f"/api/v1/point-rules/{made['id']}", {"active": False}))
    ok(api.patch("/api/v1/preferences", keep))


def test_a_category_that_a_filter_names_stays_with_all_that_is_filed_there(
    api: APIClient, client: Client, alice: User
):
    skis, shoes = category("Skis"), category("Shoes")
    email = an_email(skis)
    follow(interest(skis), "Skiers")
    answer = api.delete(f"/api/v1/categories/{skis}?move_to={shoes}")
    assert answer.status_code == 409
    client.force_login(alice)
    page = client.post(f"/settings/categories/{skis}/delete", {"then": str(shoes)}, follow=True)
    assert "Skiers" in page.content.decode()
    assert Filing.objects.get(kind="email", object_id=email).folder_id == skis


def test_a_builder_offers_categories_of_emails_and_refuses_all_else(api: APIClient):
    skis = category("Skis")
    label = Folder.objects.create(sort=Folder.Sort.LABEL, name="Label").pk
    of_companies = Folder.objects.create(
        sort=Folder.Sort.CATEGORY, kind="company", name="Clients"
    ).pk
    offered = {one["key"] for one in ok(api.get("/api/v1/filters/catalogue"))["subjects"]}
    assert {name for name in offered if name.startswith("interest.")} == {f"interest.{skis}"}
    for name in (label, of_companies, 999_999, "x", ""):
        tree = {"all": [interest(name)]}
        answer = api.post("/api/v1/segments/count", {"filter": tree})
        assert answer.status_code == 400, name
        assert answer.json()["errors"][0]["code"] == "unknown_field"
    assert filters.sentence({"all": [interest(skis)]}) == "Interest in “Skis” is at least 3"


def everybody() -> int:
    """Count what waits to be looked at over everybody."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM change WHERE contact_ids = '{}'")
        return int(cursor.fetchone()[0])


def test_filing_what_nobody_did_anything_with_or_that_does_not_count_builds_nothing_anew():
    [zoe] = people(1)
    skis, other = category("Skis"), category("Other")
    follow(interest(skis))
    quiet, opened = an_email(other), an_email(other)
    did(zoe, key=OPENED, subject=opened)
    did(zoe, key="segments.entered", subject=7)
    settle()
    filing.file("email", [quiet], filing.Change(category=skis))
    assert everybody() == 0
    filing.file("segment", [7], filing.Change(category=skis))
    reads = filters.reads({"all": [interest(skis)]})
    assert not {read for read in reads if read.startswith("folder:")} - {f"folder:email:{skis}"}
    settle()
    filing.file("email", [opened], filing.Change(category=skis))
    assert everybody() == 1


def test_a_category_that_a_filter_names_stays_one_of_what_counts(api: APIClient):
    skis = category("Skis")
    path = f"/api/v1/categories/{skis}"
    follow(interest(skis), "Skiers")
    answer = api.patch(path, {"kind": "company", "version": ok(api.get(path))["version"]})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "in_use"
    ok(api.patch(path, {"kind": "email", "version": ok(api.get(path))["version"]}))


def test_a_campaign_in_a_file_takes_no_category_of_another_kind(api: APIClient):
    skis = category("Skis")
    asks = node("ask", "condition", filter={"all": [interest(skis)]})
    made = Campaign.objects.create(name="Skiers", graph=graph([asks], "start>ask"))
    document = ok(api.get(f"/api/v1/campaigns/{made.pk}/file"))
    Folder.objects.filter(pk=skis).update(kind="company")
    taken = ok(api.post("/api/v1/campaigns/file", document), 201)
    assert [one["name"] for one in taken["missing"]] == ["Skis"]


def test_a_campaign_in_a_file_finds_finds_the_category_by_its_name(api: APIClient):
    skis = category("Skis")
    asks = node("ask", "condition", filter={"all": [interest(skis)]})
    made = Campaign.objects.create(name="Skiers", graph=graph([asks], "start>ask"))
    document = ok(api.get(f"/api/v1/campaigns/{made.pk}/file"))
    assert document["names"]["folder"] == {str(skis): "Skis"}
    Folder.objects.filter(pk=skis).delete()
    other = category("Skis")
    taken = ok(api.post("/api/v1/campaigns/file", document), 201)
    assert taken["missing"] == []
    assert f"interest.{other}" in str(Campaign.objects.get(pk=taken["campaign"]["id"]).graph)
