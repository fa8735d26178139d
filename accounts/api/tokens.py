"""The caller's own API tokens."""

from typing import Any, cast

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import Token, User
from accounts.scopes import check_scopes
from api.errors import Refused
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from kernel import clock


class TokenSerializer(ModelSerializer[Token]):
    """A token; its secret appears in the answer that made it and never again."""

    token = serializers.CharField(read_only=True, default=None, allow_null=True)
    scopes = serializers.JSONField(
        required=False, allow_null=True, default=None, validators=[check_scopes]
    )

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "prefix",
            "token",
            "scopes",
            "created_at",
            "last_used_at",
            "expires_at",
            "revoked_at",
        ]
        read_only_fields = ["prefix", "created_at", "last_used_at", "revoked_at"]


@resource("tokens")
class TokenViews(ResourceViews[Token]):
    """The caller's own tokens: list, make, revoke."""

    queryset = Token.objects.all()
    serializer_class = TokenSerializer
    http_method_names = ["get", "head", "post", "delete"]
    sorts = ("name", "created_at", "last_used_at")
    owner = "user"

    def get_queryset(self) -> Any:
        """Nobody sees another's tokens, whatever their role."""
        return super().get_queryset().filter(user=self.request.user.pk)

    def create_one(self, values: dict[str, Any]) -> Token:
        """Make a token, and show its secret this once."""
        self._refuse_limited()
        now = clock.now()
        expires_at = values.get("expires_at")
        if expires_at is not None and expires_at <= now:
            raise Refused(_("Choose a time in the future."), "invalid", "expires_at")
        token, secret = Token.issue(
            cast("User", self.request.user),
            values["name"],
            now=now,
            scopes=values["scopes"],
            expires_at=expires_at,
        )
        token.token = secret  # type: ignore[attr-defined]
        return token

    def delete_one(self, row: Token) -> None:
        """Revoke it; the row stays as a record."""
        if self.request.auth != row:
            self._refuse_limited()
        row.revoke(clock.now())

    def answer_to_keep(self, data: Any) -> Any:
        """Keep no secret: a repeated request is told everything but."""
        return {**data, "token": None} if data else data

    def _refuse_limited(self) -> None:
        """A token with scopes or an end must not make itself a stronger one."""
        if isinstance(self.request.auth, Token) and self.request.auth.is_limited:
            raise PermissionDenied(_("A limited token cannot make or revoke tokens."))
