"""SEC-18: who is disabled, deleted or given another role is so with the very next request."""

import pytest

from accounts.models import BuiltIn, Role
from tests.accounts.browser import browser, sign_in, someone
from tests.cast import client_of

pytestmark = pytest.mark.django_db
CONTACTS = "/api/v1/contacts"


@pytest.fixture
def doors():
    """A user's token and their signed-in browser."""
    user = someone(role=Role.objects.get(built_in=BuiltIn.MARKETER))
    window = browser()
    assert sign_in(window, user.email).status_code == 302
    both = [client_of(user), window]
    assert [client.get(CONTACTS).status_code for client in both] == [200, 200]
    return user, both


def statuses(both):
    return [client.get(CONTACTS).status_code for client in both]


def test_a_disabled_user_is_out_and_comes_back_only_by_signing_in_again(api, doors):
    user, both = doors
    at = f"/api/v1/users/{user.pk}"
    assert api.patch(at, {"is_active": False}).status_code == 200
    assert statuses(both) == [401, 401]


def test_a_deleted_user_is_out(api, doors):
    user, both = doors
    assert api.delete(f"/api/v1/users/{user.pk}").status_code == 204
    assert statuses(both) == [401, 401]


def test_another_role_is_felt_at_once(api, doors):
    user, both = doors
    nothing = Role.objects.create(name="Nothing at all")
    assert api.patch(f"/api/v1/users/{user.pk}", {"role": str(nothing.pk)}).status_code == 200
    assert statuses(both) == [403, 403]


def test_a_role_that_loses_a_right_is_felt_at_once(api, doors):
    user, both = doors
    Role.objects.filter(pk=user.role_id).update(rights={})
    assert statuses(both) == [403, 403]


def test_a_new_password_ends_sessions_and_leaves_tokens(api, doors):
    user, both = doors
    at = f"/api/v1/users/{user.pk}"
    assert api.patch(at, {"password": "another unlikely horse"}).status_code == 200
    assert statuses(both) == [200, 401]
