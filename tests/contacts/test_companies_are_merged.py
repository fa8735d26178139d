"""Companies become one with everybody in them, also while files write to them."""

from threading import Thread

import pytest
from django.db import connection

from accounts.models import AuditEntry
from contacts.models import Company, CompanyPerson, CompanyTrace, Contact, ImportCompany
from contacts.services import company_merge
from contacts.services.upsert import upsert
from kernel import clock
from kernel.invariants import broken
from tests.contacts.merging import people
from tests.settle import settle

V1 = "/api/v1"


def company(name, **values):
    return Company.objects.create(name=name, **values)


def merge(api, winner, *losers):
    body = {"winner": str(winner.pk), "losers": [str(loser.pk) for loser in losers]}
    return api.post(f"{V1}/companies/merge", body)


@pytest.mark.django_db
def test_people_values_and_scores_come_together(api):
    acme = company("Acme", attrs={"city": "Lyon"}, score=3)
    limited = company("Acme Ltd", attrs={"city": "Paris", "industry": "Food"}, score=4)
    ImportCompany.objects.create(import_id=7, company_id=limited.pk, what=1)
    ada, ben = people({"company": "Acme"}, {"company": "Acme Ltd"})
    CompanyPerson.objects.create(contact_id=ada, company=limited, role="Chair", since=clock.now())
    assert merge(api, acme, limited).status_code == 202
    settle()
    found = Company.objects.get()
    assert (found.pk, found.attrs, found.score) == (
        acme.pk, {"city": "Lyon", "industry": "Food"}, 7
    )  # fmt: skip
    told = api.get(f"{V1}/contacts/{ada}").json()["companies"]
    assert told == [{"id": str(acme.pk), "name": "Acme", "primary": True, "role": "Chair"}]
    assert set(Contact.objects.values_list("company", flat=True)) == {acme.pk}
    assert CompanyTrace.objects.get().lost == {"city": "Paris"}
    assert ImportCompany.objects.get().company_id == acme.pk
    deed = AuditEntry.objects.get(verb="merge")
    assert (deed.kind, deed.object_id) == ("companies", acme.pk)
    assert merge(api, acme, limited).status_code == 409
    assert ben
    assert broken() == []


@pytest.mark.django_db
def test_old_numbers_and_names_find_the_one_that_stayed(api):
    acme, limited, third = company("Acme"), company("Acme Ltd"), company("Third")
    merge(api, limited, third)
    merge(api, acme, limited)
    settle()
    for gone in (limited, third):
        told = api.get(f"{V1}/companies/{gone.pk}").json()
        assert (told["id"], told["merged_from"]) == (str(acme.pk), str(gone.pk))
    (ada,) = people({"company": "ACME ltd"})
    assert Contact.objects.get(pk=ada).company_id == acme.pk
    # Whoever makes a company of that name anew has it.
    again = api.post(f"{V1}/companies", {"name": "Acme Ltd"}).json()
    (ben,) = people({"company": "acme ltd"})
    assert str(Contact.objects.get(pk=ben).company_id) == again["id"]


@pytest.mark.django_db
def test_segments_follow_a_merge(api, bob):
    acme, limited = company("Acme", attrs={"city": "Lyon"}), company("Acme Ltd", owner=bob)
    ada, ben = people({"company": "Acme Ltd"}, {"company": "Acme"})
    lyon = {"field": "company.city", "op": "is", "value": "Lyon"}
    bobs = {"field": "company.owner", "op": "is", "value": bob.pk}
    made = [
        api.post(f"{V1}/segments", {"name": tree["field"], "filter": tree}).json()
        for tree in (lyon, bobs)
    ]
    settle()
    merge(api, acme, limited)
    settle()
    for segment in made:
        members = api.get(f"{V1}/segments/{segment['id']}/contacts").json()["results"]
        assert {row["id"] for row in members} == {str(ada), str(ben)}


@pytest.mark.django_db
def test_only_who_may_delete_the_others_merges_them(api, api_bob, api_dora, alice):
    acme, limited = company("Acme", owner=alice), company("Acme Ltd", owner=alice)
    assert merge(api_bob, acme, limited).status_code == 403
    refused = merge(api_dora, acme, limited)
    assert refused.status_code == 400
    assert "Acme" not in refused.content.decode()
    for body in ({}, {"winner": "1", "losers": []}, {"winner": str(acme.pk), "losers": ["x"]}):
        assert api.post(f"{V1}/companies/merge", body).status_code == 400
    assert merge(api, acme, acme).status_code == 400
    # Circles are refused, also before the first merge has ended.
    assert merge(api, acme, limited).status_code == 202
    assert merge(api, limited, acme).status_code == 400
    settle()
    assert Company.objects.get() == acme


@pytest.mark.django_db(transaction=True)
def test_a_merge_while_files_write_loses_nobody(alice):
    winner, losers = company("Winner"), [company(f"Loser {n}") for n in range(3)]
    names = ["Winner", *(loser.name for loser in losers)]
    problems = []

    def write(part: int) -> None:
        try:
            for turn in range(12):
                rows = [
                    {"email": f"{part}-{turn}-{n}@x.example", "company": names[n % 4]}
                    for n in range(20)
                ]
                upsert(rows, now=clock.now())
        except Exception as problem:  # noqa: BLE001 - told below
            problems.append(problem)
        finally:
            connection.close()

    writers = [Thread(target=write, args=(part,)) for part in range(3)]
    for writer in writers:
        writer.start()
    numbers = [loser.pk for loser in losers]
    company_merge.start(winner.pk, numbers, clock.now(), alice.pk)
    settle()
    for writer in writers:
        writer.join()
    settle()
    assert problems == []
    assert Company.objects.get() == winner
    assert Contact.objects.filter(company=winner).count() == 3 * 12 * 20
    assert broken() == []
