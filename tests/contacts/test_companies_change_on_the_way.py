"""Steps change the companies of contacts, each once, and let contacts belong to a company."""

import pytest

from accounts.models import Role
from contacts.models import Company, CompanyPerson, CompanyTrace, Contact
from kernel import clock
from kernel.actions import Batch, contact_actions, run_action
from segments.models import Member, Segment
from tests.cast import client_of, make_user
from tests.journey import bring, graph, node, ok, people, points, run
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return Company.objects.create(name="Acme")


@pytest.fixture
def beta():
    return Company.objects.create(name="Beta", attrs={"city": "Lyon"})


def act(key, contacts, **config):
    kind = contact_actions.get(key)
    assert kind is not None
    batch = Batch(contacts, [f"test:{contact}" for contact in contacts])
    return run_action(kind(kind.clean(config)), batch, clock.now())


def employ(company, *contacts):
    Contact.objects.filter(pk__in=contacts).update(company=company)


def companies_of(contact):
    further = CompanyPerson.objects.filter(contact_id=contact).values_list(
        "company__name", flat=True
    )
    return Contact.objects.get(pk=contact).company.name, sorted(further)


def test_each_company_is_changed_once_and_who_has_none_goes_on(api, acme, beta):
    contacts = people(4)
    employ(acme, *contacts[:2])
    employ(beta, contacts[2])
    values = {"city": "Lyon", "employees": 7}
    came = act("companies.update", contacts, values=values)
    acme.refresh_from_db()
    beta.refresh_from_db()
    assert acme.attrs == {"city": "Lyon", "employees": 7} == beta.attrs
    assert (acme.version, beta.version) == (2, 2)
    assert came.skipped == {contacts[3]: "Belongs to no company"}
    again = act("companies.update", [contacts[0]], values={"city": "Lyon"})
    assert again.repeated == {contacts[0]}


def test_what_is_so_already_is_not_written(acme, beta):
    [zoe] = people(1)
    employ(beta, zoe)
    assert act("companies.update", [zoe], values={"city": "Lyon"}).same == {zoe}
    beta.refresh_from_db()
    assert beta.version == 1


def test_a_name_that_another_company_has_is_left_with_it(acme, beta):
    zoe, max_ = people(2)
    employ(acme, zoe)
    employ(beta, max_)
    came = act("companies.update", [zoe, max_], values={"name": "Acme"})
    assert list(came.skipped) == [max_]
    assert sorted(Company.objects.values_list("name", flat=True)) == ["Acme", "Beta"]


def test_whoever_follows_the_company_feels_it(api, acme):
    zoe, max_ = people(2)
    employ(acme, zoe)
    where = {"all": [{"field": "company.city", "op": "is", "value": "Nice"}]}
    segment = ok(api.post("/api/v1/segments", {"name": "Nice", "filter": where}), 201)
    change = node("c", "action", "companies.update", values={"city": "Nice"})
    ask = node("ask", "condition", filter=where)
    drawing = graph([change, ask, points("yes")], "start>c", "c>ask", "ask:yes>yes")
    bring(api, run(api, drawing), [zoe, max_])
    settle()
    members = Member.objects.filter(segment_id=segment["id"])
    assert list(members.values_list("contact_id", flat=True)) == [zoe]
    assert Segment.objects.get().name == "Nice"


def test_contacts_join_a_company_and_keep_the_one_they_have(acme, beta):
    zoe, max_ = people(2)
    employ(beta, max_)
    act("companies.add", [zoe, max_], company=acme.pk)
    assert companies_of(zoe) == ("Acme", ["Acme"])
    assert companies_of(max_) == ("Beta", ["Acme"])


def test_it_becomes_the_primary_one_where_that_is_wished(acme, beta):
    zoe, max_ = people(2)
    employ(acme, zoe)
    employ(beta, max_)
    came = act("companies.add", [zoe, max_], company=acme.pk, primary=True)
    assert companies_of(max_) == ("Acme", ["Acme", "Beta"])
    assert came.same == {zoe}


def test_a_company_that_became_another_is_followed_and_one_that_is_gone_is_said(api, acme, beta):
    [zoe] = people(1)
    CompanyTrace.objects.create(loser_id=beta.pk, survivor=acme, name="Beta", at=clock.now())
    merged, _kinds = beta.pk, beta.delete()
    kind = contact_actions.get("companies.add")
    batch = Batch([zoe], ["test:1"])
    run_action(kind({"company": merged}), batch, clock.now())
    assert companies_of(zoe) == ("Acme", ["Acme"])
    gone = run_action(kind({"company": 2**31}), Batch([zoe], ["test:2"]), clock.now())
    assert list(gone.skipped) == [zoe]


def test_a_company_that_a_campaign_names_is_not_deleted(api, acme):
    step = node("join", "action", "companies.add", company=acme.pk)
    run(api, graph([step], "start>join"))
    assert api.delete(f"/api/v1/companies/{acme.pk}").status_code == 409
    assert Company.objects.filter(pk=acme.pk).exists()


@pytest.mark.parametrize(
    ("key", "config"),
    [
        ("companies.update", {"values": {}}),
        ("companies.update", {"values": {"shoe": 1}}),
        ("companies.update", {"values": {"score": 1}}),
        ("companies.update", {"values": {"name": ""}}),
        ("companies.update", {"values": {"employees": "many"}}),
        ("companies.update", {}),
        ("companies.add", {}),
        ("companies.add", {"company": 2**31}),
        ("companies.add", {"company": "Acme"}),
    ],
)
def test_settings_that_name_nothing_are_refused(api, key, config):
    drawing = graph([node("p", "action", key, **config)], "start>p")
    answer = api.post("/api/v1/campaigns", {"name": "J", "graph": drawing})
    assert answer.status_code == 400
    assert "graph.nodes.0.config" in answer.content.decode()


@pytest.mark.parametrize("reach", ["", "own"])
@pytest.mark.parametrize("key", ["companies.update", "companies.add"])
def test_only_who_may_edit_companies_publishes_it(api, acme, key, reach):
    every = {"campaigns": dict.fromkeys(("view", "edit", "create", "publish"), "all")}
    rights = {**every, "contacts": {"view": "all"}, "companies": {"view": "all"}}
    if reach:
        rights["companies"]["edit"] = reach
    paul = client_of(make_user("Paul", Role.objects.create(name="Publisher", rights=rights)))
    config = {"values": {"city": "Nice"}} if key == "companies.update" else {"company": acme.pk}
    drawing = graph([node("p", "action", key, **config)], "start>p")
    body = {"name": "J", "sources": [{"manual": True}], "graph": drawing}
    made = ok(api.post("/api/v1/campaigns", body), 201)
    answer = paul.post(f"/api/v1/campaigns/{made['id']}/publish")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "not_allowed"


def test_whose_companies_become_is_said_by_name_and_asked_anew_elsewhere(alice):
    kind = contact_actions.get("companies.update")
    assert str(alice) in kind({"values": {"owner": alice.pk}}).describe()
    assert kind({"values": {"owner": None}}).describe().endswith("nobody")
    written = {"values": {"city": "Lyon", "owner": {"id": str(alice.pk)}}}
    assert kind.exchanged(written, lambda _kind, _number: None) == {"values": {"city": "Lyon"}}


@pytest.mark.parametrize("key", ["contacts.update", "companies.update"])
def test_an_owner_who_was_not_chosen_yet_is_not_nobody(api, key):
    body = {"name": "J", "sources": [{"manual": True}]}
    for owner, status in (("", 400), (None, 201)):
        step = node("c", "action", key, values={"owner": owner})
        answer = api.post("/api/v1/campaigns", {**body, "graph": graph([step], "start>c")})
        assert answer.status_code == status, answer.content
