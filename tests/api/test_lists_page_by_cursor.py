"""Cursors: signed, bound to one list, good for a day; any column, with gaps in it, pages whole."""

from datetime import timedelta

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import Token, User
from kernel import clock

pytestmark = pytest.mark.django_db
TOKENS = "/api/v1/tokens"
USERS = "/api/v1/users"


@pytest.fixture
def tokens(alice: User) -> list[str]:
    """Nine tokens: three never used, ties among the used ones and among the names."""
    now = clock.now()
    for number in range(9):
        token, _secret = Token.issue(alice, f"T{number % 4}", now=now)
        if number % 3:
            token.last_used_at = now + timedelta(microseconds=number // 4)
            token.save()
    return [str(pk) for pk in Token.objects.order_by("-pk").values_list("pk", flat=True)]


def walk(api: APIClient, path: str, **query: object) -> list[str]:
    rows: list[str] = []
    page = api.get(path, {"limit": 2, **query}).json()
    while True:
        rows += [row["id"] for row in page["results"]]
        if page["next"] is None:
            return rows
        page = api.get(path, {"limit": 2, **query, "cursor": page["next"]}).json()


@pytest.mark.parametrize("column", ["id", "name", "created_at", "last_used_at"])
def test_every_order_gives_every_row_once(api: APIClient, tokens: list[str], column: str):
    up, down = (walk(api, TOKENS, sort=sign + column) for sign in ("", "-"))
    assert len(up) == len(set(up)) == Token.objects.count()
    assert set(up) == set(down)
    by_id = {str(token.pk): token for token in Token.objects.all()}
    for rows, descending in ((up, False), (down, True)):
        values = [getattr(by_id[pk], column) for pk in rows]
        present = [value for value in values if value is not None]
        assert present == sorted(present, reverse=descending)
        assert values == present + [None] * (len(values) - len(present))


def test_the_newest_come_first(api: APIClient, tokens: list[str]):
    assert walk(api, TOKENS)[1:] == tokens[:-1] or walk(api, TOKENS) == tokens


def test_a_page_holds_a_hundred_and_at_most_a_thousand(api: APIClient, alice: User):
    now = clock.now()
    Token.objects.bulk_create(
        Token(user=alice, name="T", prefix="rl_", digest=str(n), created_at=now)
        for n in range(1001)
    )
    assert len(api.get(TOKENS).json()["results"]) == 100
    assert len(api.get(TOKENS, {"limit": 10**9}).json()["results"]) == 1000


def cursor_of(api: APIClient, path: str = TOKENS, **query: object) -> str:
    return api.get(path, {"limit": 1, **query}).json()["next"]


def refused(api: APIClient, cursor: str, path: str = TOKENS, **query: object) -> str:
    answer = api.get(path, {"limit": 1, **query, "cursor": cursor})
    assert answer.status_code == 400, answer.content
    return answer.json()["errors"][0]["code"]


def test_a_cursor_of_another_order_filter_or_path_is_refused(
    api: APIClient, tokens: list[str], bob: User
):
    cursor = cursor_of(api)
    assert refused(api, cursor, sort="name") == "invalid_cursor"
    assert refused(api, cursor, USERS) == "invalid_cursor"
    filtered = cursor_of(api, USERS)
    assert refused(api, filtered, USERS, is_active="true") == "invalid_cursor"


def test_the_size_of_the_page_may_change_on_the_way(api: APIClient, tokens: list[str]):
    answer = api.get(TOKENS, {"limit": 5, "cursor": cursor_of(api)})
    assert len(answer.json()["results"]) == 5


@pytest.mark.parametrize("change", [lambda c: c[:-1], lambda c: "x" + c, lambda c: c[::-1]])
def test_a_forged_cursor_is_refused(api: APIClient, tokens: list[str], change):
    assert refused(api, change(cursor_of(api))) == "invalid_cursor"


@pytest.mark.parametrize("cursor", ["x", "a:b", ":", "\N{PILE OF POO}", "W10:x", "x" * 9000])
def test_nonsense_is_no_cursor(api: APIClient, tokens: list[str], cursor: str):
    assert refused(api, cursor) == "invalid_cursor"


def test_a_cursor_lives_a_day(api: APIClient, tokens: list[str]):
    cursor = cursor_of(api)
    with time_machine.travel(clock.now() + timedelta(hours=23, minutes=59)):
        assert api.get(TOKENS, {"limit": 1, "cursor": cursor}).status_code == 200
    with time_machine.travel(clock.now() + timedelta(hours=24, minutes=1)):
        assert refused(api, cursor) == "expired_cursor"


def test_an_estimate_is_given_when_asked_for(api: APIClient, tokens: list[str]):
    assert "estimate" not in api.get(TOKENS).json()
    assert api.get(TOKENS, {"estimate": "true"}).json()["estimate"] == Token.objects.count()
    assert api.get(TOKENS, {"estimate": "yes"}).status_code == 400


def test_filters_narrow_and_refuse_what_they_cannot_read(api: APIClient, bob: User):
    assert walk(api, USERS, email="BOB@example.com") == [str(bob.pk)]
    assert api.get(USERS, {"is_active": "perhaps"}).json()["errors"][0]["field"] == "is_active"
