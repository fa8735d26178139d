"""The gate of every view: signed in, and a role that allows the verb at all."""

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from kernel import secrecy
from kernel.permissions import Actor, Reach

if TYPE_CHECKING:
    # Settings name this class, so the framework's views import it before they exist.
    from rest_framework.views import APIView

VERB_OF_METHOD = {
    "GET": "view",
    "HEAD": "view",
    "POST": "create",
    "PUT": "edit",
    "PATCH": "edit",
    "DELETE": "delete",
}


class RoleAllows(BasePermission):
    """Refuses whom the role grants nothing; querysets do the rest."""

    message = _("Your role or token does not allow this.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Check the verb of this request against kind and role."""
        if not request.user.is_authenticated:
            return False
        secrecy.enter(cast("Actor", request.user))
        kind: str | None = getattr(view, "kind", None)
        if kind is None:
            return True
        return bool(request.user.reach(kind, view.verb) is not Reach.NONE)  # type: ignore[attr-defined]
