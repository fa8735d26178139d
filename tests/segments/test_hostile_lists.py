"""SEC-08: nothing a request says about a list becomes SQL, at any list endpoint there is."""

import pytest
from django.db import connection

import automation.urls
from api import routers
from tests.patience import end_slow_statements, quickly
from tests.segments.scene import FRENCH, follow, person

pytestmark = pytest.mark.django_db
HOSTILE = [
    "1); SELECT pg_sleep(5)--",
    "name,(select 1)",
    "id desc nulls last",
    "id desc, (case when 1=1 then id end)",
    "owner__password",
    "id\N{FULLWIDTH COMMA}name",
    "attrs.%",
    "-",
    "--id",
]
SLEEP = HOSTILE[0]
# The addresses are registered once the urls are read.
assert automation.urls.urlpatterns
VIEWS = {prefix: views for prefix, views, _name in routers._router.registry}
LISTS = sorted(prefix for prefix, views in VIEWS.items() if hasattr(views, "list"))


@pytest.fixture
def statements():
    """Collect the texts of statements as they are before values are bound."""
    seen: list[str] = []

    def note(execute, sql, params, many, context):
        seen.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen


def refused(answer) -> bool:
    return answer.status_code in {400, 404} and bool(answer.json()["errors"])


def test_there_are_lists_to_try():
    assert {"segments", "contacts", "emails", "campaigns", "users"} <= set(LISTS)


@pytest.mark.parametrize("prefix", LISTS)
def test_sort_direction_limit_cursor_and_filters_are_refused_or_bound(api, statements, prefix):
    path = f"/api/v1/{prefix}"
    end_slow_statements()
    if (first := api.get(path).status_code) in {404, 405}:
        pytest.skip("has no list")
    assert first in {200, 400}
    attack(api, path)
    for name in getattr(VIEWS[prefix], "filters", {}):
        for word in (SLEEP, "%_%", "'\"\\"):
            answer = quickly(lambda name=name, word=word: api.get(path, {name: word}))
            # A free text is compared as one, and so finds nothing.
            assert refused(answer) or answer.json()["results"] == []
    assert not [sql for sql in statements if "pg_sleep" in sql or "select 1)" in sql]


def test_the_list_of_members_and_the_search_are_no_exception(api, statements):
    person(country="FR")
    segment = follow({"all": [FRENCH]})
    end_slow_statements()
    attack(api, f"/api/v1/segments/{segment.pk}/contacts")
    for name, words in {
        "sort": HOSTILE,
        "limit": ["1; --", 0, -1, [], {}],
        "cursor": [SLEEP, 7],
    }.items():
        for word in words:
            body = {"filter": {"all": [FRENCH]}, name: word}
            answer = quickly(lambda body=body: api.post("/api/v1/contacts/search", body))
            assert refused(answer), (name, word)
    for sort in (["id"], {"id": "desc"}):
        body = {"filter": {"all": [FRENCH]}, "sort": sort}
        assert api.post("/api/v1/contacts/search", body).status_code == 400
    assert not [sql for sql in statements if "pg_sleep" in sql]


def attack(api, path: str) -> None:
    wanted = {
        "sort": HOSTILE,
        "limit": [SLEEP, "0", "-1", "1e3", "٣"],
        "cursor": [SLEEP, "", "abc:def"],
        "estimate": [SLEEP, "1"],
        # What nobody offers: the name itself may be hostile.
        "direction": ["desc; --"],
        "offset": ["1"],
        "group_by": ["country"],
        "owner__password__startswith": ["a"],
        "name.%": ["a"],
        SLEEP: ["a"],
    }
    for name, words in wanted.items():
        for word in words:
            answer = quickly(lambda name=name, word=word: api.get(path, {name: word}))
            harmless = name == "cursor" and word == "" and answer.status_code == 200
            assert refused(answer) or harmless, (path, name, word, answer.status_code)
