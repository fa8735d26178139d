"""A step erases who comes to it, once, whatever happens in between; others go on."""

import pytest
from django.db import connection, transaction

from accounts.models import Role
from campaigns.models import Campaign
from campaigns.services import advancing
from contacts.models import Contact, Departure, Erasure
from contacts.services import departing, restricting
from contacts.services.merge import merge
from kernel import clock
from kernel.dispatcher import Dispatcher
from tests.campaigns.simulating import simulate, steps
from tests.cast import client_of, make_user
from tests.journey import bring, figures, graph, node, ok, people, points, run, statistics, totals
from tests.settle import settle

pytestmark = pytest.mark.django_db
GERMANS = {"all": [{"field": "country", "op": "is", "value": "DE"}]}
DELETE = node("gone", "action", "contacts.delete")
WAY = graph(
    [node("german", "condition", filter=GERMANS), DELETE, points("stays")],
    *("start>german", "german:yes>gone", "german:no>stays"),
)
ALONE = graph([DELETE], "start>gone")


def there():
    return sorted(Contact.objects.values_list("pk", flat=True))


def step(contacts, api):
    """Let contacts come to the step, and no queue do anything yet."""
    campaign = run(api, ALONE)
    bring(api, campaign, contacts)
    Dispatcher().round(clock.now())
    advancing.advance(clock.now())
    assert sorted(Departure.objects.values_list("pk", flat=True)) == sorted(contacts)
    return campaign


def killed_at_work():
    """Erase people, and end before anything is committed."""
    with transaction.atomic():
        departing.work(clock.now())
        raise KeyboardInterrupt


def test_who_comes_there_is_erased_and_nobody_else(api):
    contacts = people(4)
    campaign = run(api, WAY)
    bring(api, campaign, contacts)
    settle()
    assert there() == contacts[1::2]
    assert totals(contacts[1::2]) == [1, 1]
    assert sorted(Erasure.objects.values_list("pk", flat=True)) == contacts[::2]
    assert not Departure.objects.exists()
    assert figures(api, campaign)["gone"] == {"done": 2}
    assert statistics(api, campaign)["active"] == 0


def test_they_leave_every_other_campaign_where_the_others_go_on(api):
    contacts = people(4)
    waiting = run(api, graph([node("w", "wait", **{"for": "9d"}), points("p")], "start>w", "w>p"))
    bring(api, waiting, contacts)
    settle()
    bring(api, run(api, WAY), contacts)
    settle()
    assert statistics(api, waiting)["active"] == 2
    settle(clock.now() + clock.parse_duration("10d"))
    assert totals(contacts[1::2]) == [2, 2]


def test_a_kill_between_the_step_and_the_erasure_loses_nobody(api):
    contacts = people(3)
    step(contacts, api)
    with pytest.raises(KeyboardInterrupt):
        killed_at_work()
    assert there() == contacts
    assert Departure.objects.count() == 3
    settle()
    assert there() == []
    assert not Departure.objects.exists()


def test_whoever_cannot_be_erased_holds_nobody_up(api):
    contacts = people(33)
    unlucky = contacts[16]
    step(contacts, api)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF OLD.id = {unlucky} THEN RAISE 'stays'; END IF; RETURN OLD; END $$;"
            " CREATE TRIGGER stay BEFORE DELETE ON contact FOR EACH ROW EXECUTE FUNCTION stay()"
        )
    settle()
    assert there() == [unlucky]
    assert Departure.objects.get().attempts == 1
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER stay ON contact")
    settle(clock.now() + departing.SOONEST)
    assert there() == []


def test_whoever_may_only_be_kept_is_kept(api):
    zoe, max_ = people(2)
    step([zoe, max_], api)
    restricting.restrict([zoe], "claims", restricting.Said("user:1"), clock.now())
    settle()
    assert there() == [zoe]
    assert not Departure.objects.exists()


def test_who_became_another_contact_meanwhile_takes_nobody_along(api):
    zoe, max_ = people(2)
    step([zoe], api)
    merge(max_, zoe, clock.now())
    settle()
    assert there() == [max_]
    assert not Departure.objects.exists()


def test_whom_another_contact_becomes_part_of_meanwhile_stays_with_them(api):
    zoe, max_ = people(2)
    step([zoe], api)
    merge(zoe, max_, clock.now())
    settle()
    assert there() == [zoe]
    assert not Departure.objects.exists()


def test_a_simulation_erases_nobody(api):
    [zoe] = people(1)
    campaign = run(api, ALONE)
    told = simulate(api, campaign, contact=str(zoe))
    assert steps(told) == [("gone", "done")]
    settle()
    assert there() == [zoe]
    assert not Departure.objects.exists()


def test_nothing_can_follow(api):
    drawing = graph([DELETE, points("p")], "start>gone", "gone>p")
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": drawing})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == ["graph.edges.1.branch"]


@pytest.mark.parametrize(("reach", "status"), [("", 400), ("own", 400), ("all", 200)])
def test_only_who_may_delete_all_contacts_publishes_it(api, reach, status):
    every = {"campaigns": dict.fromkeys(("view", "edit", "create", "publish"), "all")}
    rights = {**every, "contacts": {"view": "all"} | ({"delete": reach} if reach else {})}
    paul = client_of(make_user("Paul", Role.objects.create(name="Publisher", rights=rights)))
    body = {"name": "J", "sources": [{"manual": True}], "graph": ALONE}
    made = ok(api.post("/api/v1/campaigns", body), 201)
    answer = paul.post(f"/api/v1/campaigns/{made['id']}/publish")
    assert answer.status_code == status, answer.content
    state = Campaign.objects.get(pk=made["id"]).state
    assert state == ("published" if status == 200 else "draft")


def test_the_canvas_is_told_that_it_ends_there_and_warned(api):
    offers = ok(api.get("/api/v1/campaigns/steps"))["actions"]
    [told] = [one for one in offers if one["key"] == "contacts.delete"]
    assert told["final"]
    assert "for good" in told["warning"]
    assert [one["key"] for one in offers if one["final"]] == ["contacts.delete"]


@pytest.mark.parametrize(("reach", "status"), [("own", 400), ("all", 200)])
def test_only_who_may_delete_all_contacts_leads_them_there(api, reach, status):
    contacts, campaign = people(1), run(api, ALONE)
    every = dict.fromkeys(("view", "edit", "create", "publish"), "all")
    rights = {"campaigns": every, "contacts": {"view": "all", "edit": "all", "delete": reach}}
    paul = client_of(make_user("Paul", Role.objects.create(name="Leads", rights=rights)))
    by_hand = {"add": [str(one) for one in contacts], "remove": []}
    answer = paul.post(f"/api/v1/campaigns/{campaign}/contacts", by_hand)
    assert answer.status_code == status, answer.content
    step = node("lead", "action", "campaigns.change", add=[int(campaign)])
    body = {"name": "K", "sources": [{"manual": True}], "graph": graph([step], "start>lead")}
    answer = paul.post("/api/v1/campaigns", body)
    assert answer.status_code == (201 if status == 200 else 400), answer.content
