"""`connections`: other systems, what goes there, and what became of it."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import QueryFilter, TruthField
from api.limits import too_many
from api.lists import LIST_PARAMETERS
from api.routers import resource
from api.views import ResourceViews
from contacts.models import Contact
from contacts.services.merge import followed
from integrations.api import shapes
from integrations.models import Connection
from integrations.services import asking, connecting, hurrying, log, removing, trying
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import narrow
from kernel.queues import hint_on_commit

PUSHES = [
    OpenApiParameter("state", enum=list(log.STATES)),
    OpenApiParameter("limit", int),
    OpenApiParameter("cursor"),
]


@resource("connections")
class ConnectionViews(ResourceViews[Connection]):
    """Connections; with one that is deleted goes which record there is whose."""

    kind = "connections"
    queryset = Connection.objects.all()
    serializer_class = shapes.ConnectionSerializer
    sorts = ("name", "created_at", "updated_at")
    verbs: ClassVar = {"preview": "view", "pushes": "view"}
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "active": QueryFilter(TruthField(), "active"),
    }

    def known_parameters(self) -> Sequence[str]:
        """The log is a list of its own."""
        if getattr(self, "action", None) == "pushes":
            return (*LIST_PARAMETERS, "state")
        return super().known_parameters()

    @property
    def calls_out(self) -> bool:  # type: ignore[override]
        """Hold no lock while the other system is waited for."""
        return getattr(self, "action", None) in {"test", "fields"}

    def create_one(self, values: dict[str, Any]) -> Connection:
        """Make it; nothing is called before somebody is pushed."""
        return self._keep(Connection(owner=values.pop("owner", None)), values)

    def change_one(self, row: Connection, values: dict[str, Any]) -> Connection:
        """Change it; what waits is tried at once."""
        row.version, row.updated_at = row.version + 1, clock.now()
        kept = self._keep(row, values)
        hurrying.hurry(kept, clock.now())
        return kept

    def _keep(self, row: Connection, values: dict[str, Any]) -> Connection:
        if not row.pk and "settings" not in values:
            raise Refused(_("This field is required."), "required", "settings")
        connecting.take(row, values, self.caller)
        row.save()
        return row

    def delete_one(self, row: Connection) -> None:
        """Delete it unless something names it."""
        removing.remove(row, clock.now())

    def _reached(self) -> Connection:
        """Fetch it without a lock: other systems are called next."""
        row = self.get_queryset().filter(pk=read_id(self.kwargs["pk"]) or 0).first()
        if row is None:
            raise NotFound
        self._check_reach(row)
        return row

    def _pushing(self) -> Connection:
        row = self._reached()
        if not connecting.may_push(self.caller):
            self.permission_denied(self.request, message=str(connecting.EXPORTING))
        return row

    @extend_schema(request=None, responses=shapes.ConnectionTestedSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Call the system without changing anything."""
        row = self._pushing()
        try:
            came = trying.test(row, self.caller)
        except trying.TooOften:
            raise too_many(clock.now().timestamp()) from None
        return Response(shapes.ConnectionTestedSerializer(came).data)

    @extend_schema(request=None, responses=shapes.FieldsThereSerializer)
    @action(detail=True, methods=["post"])
    def fields(self, request: Request, pk: str) -> Response:
        """Ask the system which fields it has."""
        row = self._pushing()
        try:
            why = trying.learn(row, self.caller)
        except trying.TooOften:
            raise too_many(clock.now().timestamp()) from None
        if why:
            raise Conflict(why, "unreachable")
        return Response({"fields_there": [one["name"] for one in row.remote_fields]})

    @extend_schema(request=shapes.PreviewedSerializer, responses=shapes.PushPreviewSerializer)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, pk: str) -> Response:
        """Answer what would be sent of a contact."""
        row = self._reached()
        asked = shapes.PreviewedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        [contact] = self._seen([asked.validated_data["contact"]], "contact")
        return Response({"body": trying.preview(row, contact)})

    @extend_schema(
        request=shapes.PushingContactsSerializer, responses={202: shapes.PushesAskedSerializer}
    )
    @action(detail=True, methods=["post"])
    def push(self, request: Request, pk: str) -> Response:
        """Push contacts; the log says what becomes of it."""
        row = self._pushing()
        asked = shapes.PushingContactsSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        contacts = self._seen(asked.validated_data["contacts"], "contacts")
        if not row.active:
            raise Conflict(_("This connection is switched off."), "inactive")
        causes = [f"api:{self.caller.pk}"] * len(contacts)
        waiting = asking.ask(row.pk, contacts, causes, clock.now())
        hint_on_commit(asking.QUEUE)
        return Response({"asked": len(contacts), "waiting": len(waiting)}, status=202)

    def _seen(self, contacts: Sequence[int], field: str) -> list[int]:
        """Return whom the merged among them became, ascending; each must be one the caller sees."""
        wanted = sorted(set(followed(contacts)))
        rows = narrow(Contact.objects.filter(pk__in=wanted), self.caller, "contacts", "view")
        if rows.count() != len(wanted):
            raise Refused(_("There is no such object."), "not_found", field)
        return wanted

    @extend_schema(
        request=shapes.RetryingPushesSerializer, responses={202: shapes.PushesAgainSerializer}
    )
    @action(detail=True, methods=["post"], url_path="push-again")
    def push_again(self, request: Request, pk: str) -> Response:
        """Push once more what failed, or what you have looked at."""
        row = self._pushing()
        asked = shapes.RetryingPushesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = log.pushes(row, self.caller)
        if "pushes" in asked.validated_data:
            found = found.filter(pk__in=asked.validated_data["pushes"])
        came = log.retry(found, row, clock.now())
        hint_on_commit(asking.QUEUE)
        return Response({"asked": came.asked, "left": came.left}, status=202)

    @extend_schema(parameters=PUSHES, responses=shapes.PushListSerializer)
    @action(detail=True, methods=["get"])
    def pushes(self, request: Request, pk: str) -> Response:
        """List what was pushed, of the contacts you see, the latest first."""
        row = self.get_object()
        state = request.query_params.get("state", "")
        if state and state not in log.STATES:
            words = _("One of: %(names)s.") % {"names": ", ".join(log.STATES)}
            raise Refused(words, "invalid", "state")
        found = log.pushes(row, self.caller, state)
        return self.answer_list(found, self.paging(), shapes.PushSerializer)
