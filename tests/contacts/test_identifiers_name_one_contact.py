"""Two people never share an identifier, whoever writes first and however many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from contacts.models import Contact, Field, Identifier
from contacts.services.upsert import upsert
from kernel import clock


def write(*rows, **more):
    return upsert(list(rows), now=clock.now(), **more)


@pytest.fixture
def number(db):
    return Field.objects.create(alias="customer_no", type="text", label="Number", unique=True)


def test_a_row_that_mixes_two_contacts_is_refused(number):
    write(
        {"email": "a@x.example", "customer_no": "1"}, {"email": "b@x.example", "customer_no": "2"}
    )
    result = write({"email": "a@x.example", "customer_no": "2", "city": "Lyon"})
    assert result.rejected[0] == [
        {"field": "customer_no", "code": "taken", "message": result.rejected[0][0]["message"]}
    ]
    assert not Contact.objects.filter(city="Lyon").exists()


def test_within_a_call_the_first_row_keeps_the_identifier(number):
    result = write(
        {"email": "a@x.example", "customer_no": "1"}, {"email": "b@x.example", "customer_no": "1"}
    )
    assert result.outcomes == ["created", "rejected"]
    assert Contact.objects.count() == 1


def test_contacts_are_matched_by_any_unique_field(number):
    write({"email": "a@x.example", "customer_no": "AB 1"})
    result = write({"customer_no": "ab 1", "email": "new@x.example"}, match="customer_no")
    assert result.outcomes == ["updated"]
    assert set(Identifier.objects.values_list("kind", "value")) == {
        ("email", "new@x.example"),
        ("customer_no", "ab 1"),
    }


def test_a_freed_identifier_may_be_used_again(number):
    ana, bo = write({"email": "a@x.example"}, {"email": "b@x.example"}).ids
    write({"id": ana, "email": None}, match="id")
    assert write({"id": bo, "email": "A@x.example"}, match="id").outcomes == ["updated"]
    assert Identifier.objects.get().contact_id == bo


def test_contacts_are_not_matched_by_a_field_that_is_not_unique(db):
    with pytest.raises(ValueError, match="not unique"):
        write({"city": "Lyon"}, match="city")


@pytest.fixture
def many(transactional_db):
    def run(work, count):
        def one(place):
            try:
                return work(place)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(20) as pool:
            return list(pool.map(one, range(count)))

    return run


def test_rel_25_two_hundred_creates_of_one_address_make_one_contact(many):
    outcomes = many(lambda place: write({"email": "ana@x.example"}, mode="create").outcomes[0], 200)
    assert sorted(outcomes) == ["created"] + ["rejected"] * 199
    assert Contact.objects.count() == Identifier.objects.count() == 1


def test_rel_25_two_hundred_upserts_through_the_api_make_one_contact_and_refuse_none(many, api):
    def post(place):
        row = {"email": f"{'Ana' if place % 2 else 'ana'}@x.example", "city": f"C{place % 7}"}
        client = APIClient()
        client.credentials(**api._credentials)
        return client.post("/api/v1/contacts/bulk", {"contacts": [row]})

    answers = many(post, 200)
    assert {answer.status_code for answer in answers} == {200}
    told = [answer.json() for answer in answers]
    assert sum(one["created"] for one in told) == 1
    assert [one["rejected"] for one in told] == [[]] * 200
    assert {one["ids"][0] for one in told} == {str(Contact.objects.get().pk)}
    assert Identifier.objects.count() == 1


def test_rel_36_overlapping_batches_neither_double_nor_deadlock(many):
    def work(place):
        order = range(60) if place % 2 else range(59, -1, -1)
        rows = [{"email": f"p{n}@x.example", "city": str(place), "company": f"C{n}"} for n in order]
        return write(*rows).counts()

    counts = many(work, 10)
    assert sum(count["created"] for count in counts) == 60
    assert sum(count["rejected"] for count in counts) == 0
    assert Contact.objects.count() == 60
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT city) FROM contact")
        assert cursor.fetchone() == (1,)
