"""Roles by REST: a matrix nobody can widen beyond their own."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from accounts.models import BuiltIn, Role
from accounts.rights import check_rights, outranks
from api.errors import Conflict
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews


class RoleSerializer(ModelSerializer[Role]):
    """A role and its matrix."""

    rights = serializers.JSONField(
        validators=[check_rights],
        help_text='`{"contacts": {"view": "all", "edit": "own"}}`; `*` is every kind or verb.',
    )

    class Meta:
        model = Role
        fields = ["id", "name", "built_in", "rights", "version", "created_at", "updated_at"]
        read_only_fields = ["built_in"]


@resource("roles")
class RoleViews(ResourceViews[Role]):
    """What users may do."""

    kind = "roles"
    owner = None
    queryset = Role.objects.all()
    serializer_class = RoleSerializer
    sorts = ("name", "created_at")

    def create_one(self, values: dict[str, Any]) -> Role:
        """Make a role no stronger than the caller."""
        self._refuse_stronger(Role(rights=values["rights"]))
        return super().create_one(values)

    def change_one(self, row: Role, values: dict[str, Any]) -> Role:
        """Change a role, which must be within the caller's rights before and after."""
        if row.built_in == BuiltIn.ADMINISTRATOR:
            raise Conflict(_("Administrators may do everything; this cannot change."), "built_in")
        self._refuse_stronger(row)
        self._refuse_stronger(Role(rights=values.get("rights", row.rights)))
        return super().change_one(row, values)

    def delete_one(self, row: Role) -> None:
        """Delete a role of the workspace's own that nobody has."""
        if row.built_in:
            raise Conflict(_("This role belongs to every installation."), "built_in")
        self._refuse_stronger(row)
        super().delete_one(row)

    def _refuse_stronger(self, role: Role) -> None:
        if outranks(role, self.caller):
            raise PermissionDenied(_("This role may do more than you."))
