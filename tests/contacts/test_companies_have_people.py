"""People of companies: several companies each, one of them the primary, each with a role."""

import pytest

from contacts.models import CompanyPerson, Contact
from contacts.services.erase import erase
from contacts.services.merge import merge
from kernel import clock
from kernel.invariants import broken
from tests.contacts.merging import people

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def company(api, name, **values):
    answer = api.post(f"{V1}/companies", {"name": name, **values})
    assert answer.status_code == 201, answer.content
    return answer.json()["id"]


def belongs(api, contact):
    told = api.get(f"{V1}/contacts/{contact}").json()["companies"]
    return [(each["name"], each["primary"], each["role"]) for each in told]


def test_companies_have_fields_of_their_own_at_once(api):
    values = {"city": "Lyon", "country": "France", "employees": "250", "industry": "Food"}
    made = api.get(f"{V1}/companies/{company(api, 'Acme', **values)}").json()
    shown = {key: made[key] for key in (*values, "revenue", "score")}
    assert shown == {**values, "country": "FR", "employees": 250, "revenue": None, "score": 0}
    wrong = api.post(f"{V1}/companies", {"name": "B", "country": "Atlantis", "score": 5})
    assert {each["field"] for each in wrong.json()["errors"]} == {"country", "score"}
    taken = api.post(f"{V1}/fields", {"object": "company", "label": "C", "alias": "industry"})
    assert taken.status_code == 400
    (ada, ben) = people({"company": "acme"}, {"company": "Other"})
    tree = {"all": [{"field": "company.employees", "op": "gte", "value": 250}]}
    found = api.post(f"{V1}/contacts/search", {"filter": tree}).json()["results"]
    assert [row["id"] for row in found] == [str(ada)]
    assert ben


def test_a_contact_belongs_to_several_companies_one_of_them_primary(api):
    (ada,) = people({"first_name": "Ada", "company": "Acme"})
    acme = api.get(f"{V1}/companies").json()["results"][0]["id"]
    globex = company(api, "Globex")
    told = api.put(f"{V1}/companies/{globex}/contacts/{ada}", {"role": "Adviser"})
    assert told.json() == {"id": globex, "name": "Globex", "primary": False, "role": "Adviser"}
    assert belongs(api, ada) == [("Acme", True, ""), ("Globex", False, "Adviser")]
    api.put(f"{V1}/companies/{globex}/contacts/{ada}", {"primary": True})
    assert belongs(api, ada) == [("Globex", True, "Adviser"), ("Acme", False, "")]
    for each in (acme, globex):
        listed = api.get(f"{V1}/companies/{each}/contacts").json()["results"]
        assert [row["id"] for row in listed] == [str(ada)]
    assert api.delete(f"{V1}/companies/{globex}/contacts/{ada}").status_code == 204
    assert belongs(api, ada) == [("Acme", True, "")]
    assert api.delete(f"{V1}/companies/{acme}/contacts/{ada}").status_code == 204
    assert belongs(api, ada) == []


def test_a_new_primary_company_by_field_keeps_who_was_linked_by_hand(api):
    (ada,) = people({"company": "Acme"})
    globex = company(api, "Globex")
    api.put(f"{V1}/companies/{globex}/contacts/{ada}", {"role": "Adviser"})
    api.patch(f"{V1}/contacts/{ada}", {"company": "Initech"})
    assert belongs(api, ada) == [("Initech", True, ""), ("Globex", False, "Adviser")]


def test_whoever_may_not_change_the_contact_links_nobody(api, api_dora, alice):
    (ada,) = people({"company": "Acme"})
    Contact.objects.update(owner=alice)
    hers = company(api_dora, "Hers")
    assert api_dora.put(f"{V1}/companies/{hers}/contacts/{ada}", {}).status_code == 404
    assert api_dora.delete(f"{V1}/companies/{hers}/contacts/{ada}").status_code == 404
    assert api_dora.get(f"{V1}/companies/{hers}/contacts").json()["results"] == []
    other = company(api, "Other")
    assert api_dora.get(f"{V1}/companies/{other}/contacts").status_code == 404


def test_companies_of_merged_contacts_come_together_and_go_with_the_person(api):
    one, two = people({"company": "Acme"}, {"company": "Globex"})
    third = company(api, "Third")
    api.put(f"{V1}/companies/{third}/contacts/{two}", {"role": "Chair"})
    merge(one, two, clock.now())
    wanted = [("Acme", True, ""), ("Globex", False, ""), ("Third", False, "Chair")]
    assert belongs(api, one) == wanted
    erase(one, clock.now())
    assert not CompanyPerson.objects.exists()
    assert broken() == []


def test_the_people_of_a_company_are_found_by_few_statements(api, django_assert_max_num_queries):
    number = company(api, "Acme")
    made = people(*({"first_name": f"P{n}", "company": "Acme"} for n in range(30)))
    globex = company(api, "Globex")
    for contact in made[:5]:
        api.put(f"{V1}/companies/{globex}/contacts/{contact}", {})
    with django_assert_max_num_queries(14):
        assert len(api.get(f"{V1}/companies/{number}/contacts").json()["results"]) == 30
    with django_assert_max_num_queries(14):
        assert len(api.get(f"{V1}/companies/{globex}/contacts").json()["results"]) == 5
