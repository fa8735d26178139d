"""`contacts/bulk`: modes, rejects with their index, tags, rights, budgets."""

import pytest

from contacts.models import Contact, ContactTag, Field

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contacts/bulk"


def send(api, *rows, **more):
    return api.post(PATH, {"contacts": list(rows), **more})


def test_rows_are_written_each_or_refused_each_with_index_and_place(api):
    answer = send(
        api,
        {"email": "a@x.example", "city": "Lyon"},
        {"email": "broken", "city": "Lyon"},
        {"email": "b@x.example", "points": 3},
        "nonsense",
        {"city": "no key"},
        {"email": "A@x.example", "city": "Nice"},
        {"email": "c@x.example", "country": "Atlantis", "nope": 1},
    )
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["created"], told["updated"], told["unchanged"]) == (1, 1, 0)
    assert told["ids"][0] == told["ids"][5]
    assert [told["ids"][n] for n in (1, 2, 3, 4, 6)] == [None] * 5
    faults = {row["index"]: {fault["field"] for fault in row["errors"]} for row in told["rejected"]}
    assert faults == {1: {"email"}, 2: {"points"}, 3: {""}, 4: {"email"}, 6: {"country", "nope"}}
    assert Contact.objects.get().city == "Nice"
    again = send(api, {"email": "a@x.example", "city": "Nice"}).json()
    assert (again["unchanged"], again["rejected"]) == (1, [])


def test_a_tag_list_adds_and_counts_as_a_change(api):
    send(api, {"email": "a@x.example", "tags": ["one", "two"]})
    told = send(api, {"email": "a@x.example", "tags": ["three"]}).json()
    assert (told["updated"], told["unchanged"]) == (1, 0)
    told = send(api, {"email": "a@x.example", "tags": {"add": ["ONE"], "remove": ["two"]}}).json()
    assert told["updated"] == 1
    names = ContactTag.objects.order_by("tag__name").values_list("tag__name", flat=True)
    assert list(names) == ["one", "three"]


def test_modes_and_match_keys(api):
    Field.objects.create(alias="customer", type="text", label="Customer", unique=True)
    made = send(api, {"customer": "1", "email": "a@x.example"}, match="customer").json()
    told = send(api, {"customer": "1", "city": "Lyon"}, match="customer", mode="update").json()
    assert (told["updated"], told["ids"]) == (1, made["ids"])
    by_id = {"id": made["ids"][0], "city": "Nice"}
    assert send(api, by_id, {"id": "x"}, match="id", mode="update").json()["updated"] == 1
    assert send(api, {"customer": "1"}, mode="create").json()["rejected"][0]["index"] == 0
    assert send(api, {"city": "x"}, match="city").status_code == 400
    assert send(api, {"city": "x"}, match="id", mode="delete").status_code == 400


@pytest.mark.parametrize("body", [{}, {"contacts": {}}, {"contacts": [], "x": 1}, [], "x"])
def test_a_malformed_call_is_refused(api, body):
    assert api.post(PATH, body, format="json").status_code == 400


def test_more_than_5000_are_refused(api):
    assert send(api, *[{"email": "a@x.example"}] * 5_001).status_code == 400


def test_5000_contacts_take_few_statements(api, django_assert_max_num_queries):
    rows = [{"email": f"p{n}@x.example", "company": f"C{n % 9}"} for n in range(5_000)]
    with django_assert_max_num_queries(40):
        told = send(api, *rows).json()
    assert told["created"] == len(set(told["ids"])) == 5_000


def test_sec_15_contacts_of_others_are_not_changed(api, api_dora, dora, api_bob):
    send(api, {"email": "a@x.example", "city": "Lyon"})
    told = send(api_dora, {"email": "a@x.example", "city": "Nice"}, {"email": "d@x.example"}).json()
    assert told["rejected"][0]["errors"][0]["code"] == "taken"
    assert Contact.objects.get(email="a@x.example").city == "Lyon"
    assert Contact.objects.get(email="d@x.example").owner_id == dora.pk
    assert send(api_bob, {"email": "e@x.example"}).status_code == 403
    assert send(api_bob, {"email": "e@x.example"}, mode="update").status_code == 403


def test_filling_keeps_what_is_known_and_adds_what_is_not(api):
    made = send(api, {"email": "a@x.example", "city": "Lyon"}).json()
    rows = ({"email": "a@x.example", "city": "Nice", "country": "FR"}, {"email": "b@x.example"})
    told = send(api, *rows, mode="fill").json()
    assert (told["created"], told["updated"], told["ids"][0]) == (1, 1, made["ids"][0])
    ana = Contact.objects.get(email="a@x.example")
    assert (ana.city, ana.country) == ("Lyon", "FR")
