"""Tokens: what they open, what they never do, and when they stop (SEC-17)."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import Token, User
from kernel import clock
from tests.cast import client_of

pytestmark = pytest.mark.django_db
ME = "/api/v1/users/me"
TOKENS = "/api/v1/tokens"


def test_a_bearer_learns_who_they_are(api: APIClient, alice: User):
    me = api.get(ME).json()
    assert me["id"] == str(alice.pk)
    assert me["role"]["name"] == "Administrator"
    assert me["rights"]["users"]["view"] == "all"
    assert me["token"]["last_used_at"].endswith("Z")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer nonsense", "Bearer " + "x" * 43, "Bearer \u00e9" + "x" * 30]
)
def test_without_a_valid_token_every_door_says_401(stranger: APIClient, header: str):
    answer = stranger.get(ME, HTTP_AUTHORIZATION=header) if header else stranger.get(ME)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert set(answer.json()["errors"][0]) == {"field", "code", "message"}


def test_only_a_hash_of_the_token_is_stored(alice: User):
    token, secret = Token.issue(alice, "mine", now=clock.now())
    token.refresh_from_db()
    assert secret.startswith(token.prefix)
    assert len(secret) - len(token.prefix) >= 27  # 160 bits stay unknown to whoever sees it
    assert secret not in str(vars(token))


def test_a_revoked_token_stops_at_once(api: APIClient):
    made = api.post(TOKENS, {"name": "CRM"}).json()
    crm = APIClient(HTTP_AUTHORIZATION=f"Bearer {made['token']}")
    assert crm.get(ME).status_code == 200
    assert api.delete(f"{TOKENS}/{made['id']}").status_code == 204
    assert crm.get(ME).status_code == 401
    assert api.get(f"{TOKENS}/{made['id']}").json()["revoked_at"]


def test_an_expired_token_stops(alice: User):
    soon = clock.now() + timedelta(milliseconds=-1)
    _token, secret = Token.issue(alice, "short", now=clock.now(), expires_at=soon)
    assert APIClient(HTTP_AUTHORIZATION=f"Bearer {secret}").get(ME).status_code == 401


def test_a_disabled_user_is_out_at_once(api: APIClient, alice: User):
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert api.get(ME).status_code == 401


def test_the_secret_is_shown_once(api: APIClient):
    made = api.post(TOKENS, {"name": "CRM"}, HTTP_IDEMPOTENCY_KEY="one")
    again = api.post(TOKENS, {"name": "CRM"}, HTTP_IDEMPOTENCY_KEY="one")
    assert made.status_code == again.status_code == 201
    assert made.json()["token"].startswith("rl_")
    assert again.json() == {**made.json(), "token": None}
    assert api.get(f"{TOKENS}/{made.json()['id']}").json()["token"] is None


def test_nobody_sees_anothers_tokens(api: APIClient, api_bob: APIClient, bob: User):
    his = Token.objects.get(user=bob)
    assert api.get(f"{TOKENS}/{his.pk}").status_code == 404
    assert api.delete(f"{TOKENS}/{his.pk}").status_code == 404
    assert [row["id"] for row in api_bob.get(TOKENS).json()["results"]] == [str(his.pk)]


def test_a_scope_narrows_and_never_widens(alice: User, bob: User):
    reader = client_of(alice, {"users": "read"}).get(ME).json()["rights"]
    assert reader["users"] == {"view": "all"}
    assert reader["roles"] == {}
    assert client_of(bob, {"users": "write"}).get(ME).json()["rights"]["users"] == {}


@pytest.mark.parametrize(
    "scopes", [{}, [], "all", {"nothing": "read"}, {"users": "admin"}, {"users": None}, 5]
)
def test_scopes_nobody_knows_are_refused(api: APIClient, scopes: object):
    answer = api.post(TOKENS, {"name": "CRM", "scopes": scopes})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "scopes"


def test_a_limited_token_cannot_make_a_stronger_one(alice: User):
    limited = client_of(alice, {"users": "read"})
    assert limited.post(TOKENS, {"name": "more"}).status_code == 403
    other = Token.objects.exclude(scopes={"users": "read"}).first() or Token.objects.first()
    assert other is not None
    assert limited.get(TOKENS).status_code == 200


def test_use_is_noted_once_a_minute(api: APIClient, alice: User):
    api.get(ME)
    first = Token.objects.get(user=alice).last_used_at
    api.get(ME)
    assert Token.objects.get(user=alice).last_used_at == first
    Token.objects.update(last_used_at=clock.now() - timedelta(seconds=61))
    api.get(ME)
    assert Token.objects.get(user=alice).last_used_at >= first


def test_the_command_prints_a_token_alone(alice: User):
    out = StringIO()
    call_command("create_token", email="ALICE@example.com", scopes="users=read", stdout=out)
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {out.getvalue().strip()}")
    assert client.get(ME).json()["token"]["scopes"] == {"users": "read"}


@pytest.mark.parametrize("arguments", [{"email": "x@y.zz"}, {"scopes": "users=all"}])
def test_the_command_says_what_is_wrong(alice: User, arguments: dict[str, str]):
    with pytest.raises(CommandError):
        call_command("create_token", **{"email": alice.email, **arguments})
