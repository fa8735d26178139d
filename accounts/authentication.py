"""Who a request of the API comes from: the bearer of a token, or a signed-in user."""

import re

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.bearers import bearer
from accounts.models import Token, User
from kernel import clock

_SECRET = re.compile(r"[A-Za-z0-9_-]{20,200}")


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer TOKEN`."""

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        """Find user and token; another scheme is somebody else's."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = clock.now()
        known = _SECRET.fullmatch(secret.strip())
        token = bearer(known[0], now) if known else None
        if token is None:
            # One answer for unknown, revoked, expired and disabled: it tells nothing.
            raise AuthenticationFailed(_("This token is not valid."), "invalid_token")
        token.note_use(now)
        user = token.user
        user.token = token
        return user, token

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a refusal is a 401."""
        return 'Bearer realm="relais"'
