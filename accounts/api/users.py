"""Users by REST: nobody makes or takes over someone stronger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import Role, User
from accounts.services import ranks
from api.errors import Conflict
from api.fields import QueryFilter, Reference, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews


class UserSerializer(ModelSerializer[User]):
    """A user; the password is only ever written."""

    role: Reference[Role] = Reference(queryset=Role.objects.all())
    password = serializers.CharField(
        write_only=True, required=False, max_length=128, trim_whitespace=False
    )

    class Meta:
        model = User
        fields = [
            "id",
            "email",
            "password",
            "first_name",
            "last_name",
            "name",
            "language",
            "timezone",
            "signature",
            "role",
            "is_active",
            "last_login",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["last_login"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Hold the password against the rules, and against what is known of the user."""
        password = attrs.get("password")
        if password is not None:
            known = self.instance or User(email=attrs.get("email", ""))
            try:
                validate_password(password, known)
            except DjangoValidationError as error:
                detail = serializers.as_serializer_error(error)["non_field_errors"]
                raise serializers.ValidationError({"password": detail}) from error
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        """Make the user; without a password they set one by mail."""
        return User.objects.create_user(**validated_data)

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Change the user; a new password ends their sessions."""
        password = validated_data.pop("password", None)
        if password is not None:
            instance.set_password(password)
        return super().update(instance, validated_data)


@resource("users")
class UserViews(ResourceViews[User]):
    """People who sign in."""

    kind = "users"
    owner = None
    queryset = User.objects.select_related("role")
    serializer_class = UserSerializer
    sorts = ("email", "last_name", "last_login", "created_at")
    filters = {
        "is_active": QueryFilter(TruthField(), "is_active"),
        "email": QueryFilter(serializers.EmailField(), "email"),
    }

    def create_one(self, values: dict[str, Any]) -> User:
        """Make a user no stronger than the caller."""
        with told():
            ranks.refuse_stronger(values["role"], self.caller)
        return super().create_one(values)

    def change_one(self, row: User, values: dict[str, Any]) -> User:
        """Change a user, who must be no stronger than the caller before and after."""
        active = values.get("is_active", True) is not False
        with told():
            role = values.get("role", row.role)
            ranks.check_change(row, role, active=active, actor=self.caller)
        return super().change_one(row, values)

    def delete_one(self, row: User) -> None:
        """Delete a user; what they owned stays, without an owner."""
        with told():
            ranks.check_leaving(row, self.caller)
        super().delete_one(row)


@contextmanager
def told() -> Iterator[None]:
    """Answer a refusal as the API does."""
    try:
        yield
    except ranks.TooStrong as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except ranks.Refusal as refusal:
        raise Conflict(str(refusal), refusal.code) from refusal
