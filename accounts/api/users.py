"""Users by REST: nobody makes or takes over someone stronger."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Invitation, Role, User
from accounts.services import invitations, ranks
from accounts.services.invitations import Change
from api.errors import Conflict
from api.fields import IdField, QueryFilter, Reference, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from kernel import clock
from kernel.queues import hint_on_commit


class InvitationSerializer(ModelSerializer[Invitation]):
    """Where the invitation of a user stands."""

    state = serializers.SerializerMethodField()
    by = IdField(source="by_id", allow_null=True)

    class Meta:
        model = Invitation
        fields: ClassVar = ["state", "by", "sent_at", "expires_at", "withdrawn_at", "accepted_at"]
        read_only_fields = fields

    def get_state(self, invitation: Invitation) -> str:
        """Return `pending`, `expired`, `withdrawn` or `accepted`."""
        return invitation.state(clock.now()).value


class UserSerializer(ModelSerializer[User]):
    """A user; the password is only ever written."""

    role: Reference[Role] = Reference(queryset=Role.objects.all())
    # Whom somebody invited; null of who was given a password.
    invitation = InvitationSerializer(read_only=True, allow_null=True)
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
            "invitation",
            "last_login",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["last_login", "invitation"]

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
        if (
            self.instance
            and attrs.get("language", self.instance.language) != self.instance.language
        ):
            attrs["language_chosen"] = True
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        """Make the user; without a password they are invited by mail."""
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
    queryset = User.objects.select_related("role", "invitation")
    serializer_class = UserSerializer
    sorts = ("email", "last_name", "last_login", "created_at")
    filters = {
        "is_active": QueryFilter(TruthField(), "is_active"),
        "email": QueryFilter(serializers.EmailField(), "email"),
    }

    verbs: ClassVar = {"invitation": "edit"}

    def create_one(self, values: dict[str, Any]) -> User:
        """Make a user no stronger than the caller; invite who was given no password."""
        with told():
            ranks.refuse_stronger(values["role"], self.caller)
        user = super().create_one(values)
        if user.is_active and not user.has_usable_password():
            invitations.send(Change(user, self.caller, clock.now()))
            hint_on_commit("accounts.mails")
        return user

    def change_one(self, row: User, values: dict[str, Any]) -> User:
        """Change a user, who must be no stronger than the caller before and after."""
        active = values.get("is_active", True) is not False
        with told():
            role = values.get("role", row.role)
            ranks.check_change(row, role, active=active, actor=self.caller)
        address = row.email
        changed = super().change_one(row, values)
        if invitations.follow_address(Change(changed, self.caller, clock.now()), address):
            hint_on_commit("accounts.mails")
        return changed

    def delete_one(self, row: User) -> None:
        """Delete a user; what they owned stays, without an owner."""
        with told():
            ranks.check_leaving(row, self.caller)
        super().delete_one(row)

    @extend_schema(methods=["POST"], request=None, responses=UserSerializer)
    @extend_schema(methods=["DELETE"], responses={200: UserSerializer})
    @action(detail=True, methods=["post", "delete"])
    def invitation(self, request: Request, pk: str) -> Response:
        """Invite a user who has not come yet, for a week from now; or withdraw the invitation."""
        user = self.get_object()
        self.seen = self.get_serializer(user).data
        change = Change(user, self.caller, clock.now())
        with told():
            if request.method == "POST":
                invitations.send(change)
                hint_on_commit("accounts.mails")
            else:
                invitations.withdraw(change)
        return Response(self.get_serializer(user).data)


@contextmanager
def told() -> Iterator[None]:
    """Answer a refusal as the API does."""
    try:
        yield
    except ranks.TooStrong as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except ranks.Refusal as refusal:
        raise Conflict(str(refusal), refusal.code) from refusal
