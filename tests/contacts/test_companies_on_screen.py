"""Companies on screen: their people and roles, and two side by side that become one."""

import pytest
from django.test import Client

from accounts.models import AuditEntry, User
from contacts.models import Company, CompanyPerson, Contact
from contacts.services import company_people
from kernel import clock
from tests.cast import make_user
from tests.contacts.merging import people
from tests.settle import settle

pytestmark = pytest.mark.django_db


@pytest.fixture
def screen(client: Client, alice: User) -> Client:
    client.force_login(alice)
    return client


def test_people_are_found_added_named_and_taken_off(screen: Client):
    (ada,) = people({"first_name": "Ada", "last_name": "Byron", "company": "Acme"})
    globex = Company.objects.create(name="Globex")
    at = f"/companies/{globex.pk}"
    found = screen.get(f"{at}/people", {"q": "byr"}).content.decode()
    assert "Ada Byron" in found
    assert "Acme" in found
    for act, more in (("add", {}), ("role", {"role": " Chair "}), ("primary", {})):
        sent = {"contact": ada, "act": act, **more}
        assert screen.post(f"{at}/people", sent).status_code == 302
    row = CompanyPerson.objects.get(company=globex)
    assert (row.role, Contact.objects.get().company_id) == ("Chair", globex.pk)
    tab = screen.get(f"{at}?tab=people").content.decode()
    assert "Chair" in tab
    acme = Company.objects.get(name="Acme")
    assert "also here" in screen.get(f"/companies/{acme.pk}?tab=people").content.decode()
    assert "Chair" in screen.get(f"/contacts/{ada}").content.decode()
    screen.post(f"{at}/people", {"contact": ada, "act": "remove"})
    assert Contact.objects.get().company_id == acme.pk
    assert AuditEntry.objects.filter(kind="companies", object_id=globex.pk).count() == 4
    assert screen.post(f"{at}/people", {"contact": ada, "act": "sell"}).status_code == 404
    assert screen.post(f"{at}/people", {"contact": "x", "act": "add"}).status_code == 404


def test_a_name_too_long_is_refused_not_cut(screen: Client):
    assert 'maxlength="500"' not in screen.get("/companies/new").content.decode()
    answer = screen.post("/companies/new", {"name": "X" * 3_000})
    assert answer.status_code == 422
    assert "at most 500 characters" in answer.content.decode()
    assert not Company.objects.exists()


def test_counts_and_lists_know_who_belongs_there_as_well(screen: Client):
    ada, ben = people({"first_name": "Ada", "company": "Acme"}, {"first_name": "Ben"})
    acme = Company.objects.get()
    globex = Company.objects.create(name="Globex")
    company_people.link(globex.pk, ada, clock.now())
    company_people.link(globex.pk, ben, clock.now())
    assert Contact.objects.get(pk=ben).company_id == globex.pk
    rows = {row.pk: row.people for row, _cells in screen.get("/companies").context["rows"]}
    assert rows == {acme.pk: 1, globex.pk: 2}
    listed = screen.get(f"/contacts?company={globex.pk}").context["rows"]
    assert {row.pk for row, _cells in listed} == {ada, ben}


def test_companies_stand_side_by_side_and_become_one(screen: Client):
    people({"company": "Acme"}, {"company": "Acme Ltd"})
    acme, limited = Company.objects.order_by("pk")
    Company.objects.filter(pk=limited.pk).update(attrs={"industry": "Food"})
    found = screen.get(f"/companies/merge?ids={acme.pk}").content.decode()
    assert f"?ids={acme.pk},{limited.pk}" in found
    sent = {"ids": f"{acme.pk},{limited.pk}", "confirmed": "yes"}
    led = screen.post("/companies/bulk/merge", sent)
    assert led.headers["HX-Redirect"] == f"/companies/merge?ids={acme.pk},{limited.pk}"
    assert "Food" in screen.get(led.headers["HX-Redirect"]).content.decode()
    assert screen.post("/companies/merge", sent)["Location"] == f"/companies/{acme.pk}"
    settle()
    assert Company.objects.get() == acme
    assert screen.get(f"/companies/{limited.pk}")["Location"] == f"/companies/{acme.pk}"
    assert screen.get("/companies/merge?ids=x,,0").status_code == 302
    history = screen.get(f"/companies/{acme.pk}?tab=history").content.decode()
    assert "merged" in history


def test_who_sees_their_own_people_alone_changes_nobody_elses(client: Client, dora: User):
    ada, ben = people({"first_name": "Ada"}, {"first_name": "Ben"})
    Contact.objects.filter(pk=ada).update(owner=dora)
    hers = Company.objects.create(name="Hers", owner=dora)
    company_people.link(hers.pk, ben, clock.now())
    client.force_login(dora)
    at = f"/companies/{hers.pk}/people"
    assert client.post(at, {"contact": ada, "act": "add"}).status_code == 302
    assert client.post(at, {"contact": ben, "act": "remove"}).status_code == 404
    tab = client.get(f"/companies/{hers.pk}?tab=people").content.decode()
    assert "Ada" in tab
    assert "Ben" not in tab
    assert "Ben" not in client.get(at, {"q": "ben"}).content.decode()
    others = Company.objects.create(name="Others", owner=make_user("Eve", dora.role))
    assert client.post(f"/companies/{others.pk}/people", {"contact": ada}).status_code == 404
