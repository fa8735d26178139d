"""Lists narrowed by field, searches by filter, merged ids."""

import pytest

from contacts.models import Field
from contacts.services.merge import merge
from kernel import clock

pytestmark = pytest.mark.django_db
PATH = "/api/v1/contacts"


@pytest.fixture
def people(api):
    Field.objects.create(alias="spent", type="number", label="Spent", decimals=2)
    Field.objects.create(alias="vip", type="boolean", label="VIP")
    rows = [
        {"email": "a@x.example", "country": "FR", "spent": 1.5, "vip": True, "tags": ["t"]},
        {"email": "b@x.example", "country": "FR", "spent": 20, "vip": False},
        {"email": "c@x.example", "country": "DE", "last_name": "O'Neil %_"},
    ]
    return [api.post(PATH, row).json() for row in rows]


def emails(answer):
    assert answer.status_code == 200, answer.content
    return [row["email"][0] for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "A@X.EXAMPLE"}, ["a"]),
        ({"country": "FR"}, ["b", "a"]),
        ({"country": "FR", "spent": "20.0"}, ["b"]),
        ({"vip": "true"}, ["a"]),
        ({"tags": "T"}, ["a"]),
        ({"last_name": "O'Neil %_"}, ["c"]),
        ({"points": "0", "sort": "email"}, ["a", "b", "c"]),
        ({"sort": "-name", "country": "DE"}, ["c"]),
    ],
)
def test_the_list_is_narrowed_by_any_field(api, people, query, found):
    assert emails(api.get(PATH, query)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"nope": "1"},
        {"spent": "x"},
        {"vip": "yes'--"},
        {"created_at": "now()"},
        {"attrs": "1"},
        {"owner__password": "x"},
        {"email_key": "a"},
        {"email": "a\x00"},
    ],
)
def test_sec_10_what_is_no_field_or_no_value_is_refused(api, people, query):
    answer = api.get(PATH, query)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == next(iter(query))


def test_a_search_pages_through_what_a_filter_means(api, people):
    tree = {"any": [{"field": "country", "op": "is", "value": "fr"}, {"field": "vip", "op": "is", "value": True}]}  # fmt: skip  # noqa: E501
    first = api.post(f"{PATH}/search", {"filter": tree, "limit": 1, "sort": "email"})
    assert emails(first) == ["a"]
    rest = {"filter": tree, "limit": 1, "sort": "email", "cursor": first.json()["next"]}
    assert emails(api.post(f"{PATH}/search", rest)) == ["b"]
    other = {**rest, "filter": {"all": [{"field": "country", "op": "is_not_empty"}]}}
    assert api.post(f"{PATH}/search", other).status_code == 400


@pytest.mark.parametrize(
    "body", [{}, {"filter": {}}, {"filter": {"all": []}}, {"filter": {"field": "x"}}, {"x": 1}]
)
def test_a_bad_search_is_refused(api, people, body):
    answer = api.post(f"{PATH}/search", body)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"]


def test_sec_15_searching_and_listing_show_only_ones_own(api, api_dora, people):
    api_dora.post(PATH, {"email": "dora@x.example", "country": "FR"})
    assert emails(api_dora.get(PATH, {"country": "FR"})) == ["d"]
    tree = {"all": [{"field": "country", "op": "is", "value": "FR"}]}
    assert emails(api_dora.post(f"{PATH}/search", {"filter": tree})) == ["d"]


def test_a_merged_id_answers_with_the_survivor(api, api_dora, people):
    winner, loser = people[0]["id"], people[1]["id"]
    merge(int(winner), int(loser), clock.now())
    told = api.get(f"{PATH}/{loser}").json()
    assert (told["id"], told["merged_from"]) == (winner, loser)
    assert "merged_from" not in api.get(f"{PATH}/{winner}").json()
    assert api_dora.get(f"{PATH}/{loser}").status_code == 404


def test_a_page_of_contacts_takes_few_statements(api, people, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        api.get(PATH, {"limit": 30})
