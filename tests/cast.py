"""People in tests, and the REST API as they use it."""

from rest_framework.test import APIClient

from accounts.models import Role, Token, User
from kernel import clock


def make_user(name: str, role: Role, **values: object) -> User:
    """Make a user who can sign in by token; passwords are slow, so there is none."""
    return User.objects.create_user(
        f"{name.lower()}@example.com", None, first_name=name, role=role, **values
    )


def client_of(user: User, scopes: dict[str, str] | None = None) -> APIClient:
    """Return a REST client that bears a token of the user."""
    client = APIClient(raise_request_exception=False)
    _token, secret = Token.issue(user, "tests", now=clock.now(), scopes=scopes)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client
