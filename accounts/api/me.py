"""Who the caller is, and what they may do."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.tokens import TokenSerializer
from accounts.models import Role, User
from accounts.scopes import rights_of
from api.routers import endpoint
from api.serializers import ModelSerializer
from api.views import ApiView


class RoleNameSerializer(ModelSerializer[Role]):
    """A role where only its name matters."""

    class Meta:
        model = Role
        fields = ["id", "name"]


class MeSerializer(ModelSerializer[User]):
    """The caller: what they are called, and what they may do here and now."""

    role = RoleNameSerializer(read_only=True)
    rights = serializers.SerializerMethodField()
    token = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "first_name",
            "last_name",
            "name",
            "language",
            "timezone",
            "signature",
            "role",
            "rights",
            "token",
        ]

    def get_rights(self, user: User) -> dict[str, dict[str, str]]:
        """Return `own` or `all` for each allowed verb of each kind."""
        return rights_of(user)

    def get_token(self, user: User) -> dict[str, Any] | None:
        """Return the token in use, if it is one."""
        return TokenSerializer(user.token).data if user.token else None


@endpoint("users/me")
class Me(ApiView):
    """Who the caller is."""

    @extend_schema(responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Answer the caller's name, role, rights and token."""
        return Response(MeSerializer(cast("User", request.user)).data)
