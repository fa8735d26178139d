"""Roles narrow querysets to own or all, and scopes narrow roles."""

import pytest
from django.test import Client

from accounts.models import Role, Token, User
from kernel import clock
from kernel.permissions import OWNED_VERBS, VERBS, PermissionKind, Reach, narrow, permission_kinds
from tests.cast import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds():
    """Register a kind of item for people's work, and take it away again."""

    class Things(PermissionKind):
        key = "things"
        label = "Things"

    permission_kinds.register(Things)
    yield
    permission_kinds._entries.pop("things")


def seen_by(user: User, verb: str = "view") -> set[int]:
    return set(narrow(Token.objects.all(), user, "things", verb, "user").values_list("pk", flat=1))


@pytest.fixture
def both(alice: User, dora: User) -> dict[str, int]:
    now = clock.now()
    return {user.first_name: Token.issue(user, "T", now=now)[0].pk for user in (alice, dora)}


def test_all_own_and_none(both: dict[str, int], alice: User, dora: User, charlie: User):
    assert seen_by(alice) == set(both.values())
    assert seen_by(dora) == {both["Dora"]}
    assert seen_by(charlie) == set()


def test_own_means_nothing_where_nothing_is_owned(both: dict[str, int], dora: User):
    assert not narrow(Token.objects.all(), dora, "things", "view", None).exists()


@pytest.mark.parametrize("path", ["fields", "tags", "suppressions"])
def test_what_has_no_owner_is_closed_to_who_reaches_only_their_own(
    dora: User, client: Client, path: str
):
    client.force_login(dora)
    assert client.get(f"/settings/{path}").status_code == 403
    start = client.get("/contacts").content.decode()
    assert f'href="/settings/{path}"' not in start
    assert f'href="/settings/{path}/new"' not in start
    assert 'href="/contacts/new"' in start


@pytest.mark.parametrize("verb", VERBS)
def test_a_viewer_looks_and_an_administrator_does_everything(alice: User, bob: User, verb: str):
    assert alice.reach("things", verb) is Reach.ALL
    assert bob.reach("things", verb) is (Reach.ALL if verb == "view" else Reach.NONE)


@pytest.mark.parametrize("verb", OWNED_VERBS)
def test_can_asks_whose_it_is(alice: User, dora: User, verb: str):
    assert dora.can("things", verb, dora.pk)
    assert not dora.can("things", verb, alice.pk)
    assert not dora.can("things", verb, None)
    assert alice.can("things", verb, None)


def test_a_kinds_own_row_is_the_whole_truth_for_it():
    rights = {"*": {"*": "all"}, "things": {"view": "own"}}
    eve = make_user("Eve", Role.objects.create(name="Odd", rights=rights))
    assert eve.reach("things", "view") is Reach.OWN
    assert eve.reach("things", "edit") is Reach.NONE


@pytest.mark.parametrize("kind", ["users", "roles", "nobody.knows"])
def test_every_kind_leaves_administration_out(kind: str):
    eve = make_user("Eve", Role.objects.create(name="Wide", rights={"*": {"*": "all"}}))
    assert eve.reach(kind, "view") is Reach.NONE


@pytest.mark.parametrize(
    ("scopes", "reads", "writes"),
    [
        (None, True, True),
        ({"things": "read"}, True, False),
        ({"things": "write"}, True, True),
        ({"*": "read"}, True, False),
        ({"*": "write", "things": "read"}, True, False),
        ({"users": "write"}, False, False),
    ],
)
def test_a_token_never_exceeds_its_scopes(alice: User, scopes, reads: bool, writes: bool):
    alice.token = Token(user=alice, scopes=scopes)
    assert (alice.reach("things", "view") is Reach.ALL) is reads
    assert (alice.reach("things", "export") is Reach.ALL) is reads
    assert (alice.reach("things", "edit") is Reach.ALL) is writes


def test_who_is_disabled_may_nothing(alice: User):
    alice.is_active = False
    assert alice.reach("things", "view") is Reach.NONE
