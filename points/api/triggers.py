"""`point-triggers`: what happens once for whoever reaches so many points."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.fields import DocumentField, IdField, MomentField, QueryFilter, Reference, TruthField
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.models import Contact
from kernel import clock, filing, usage
from kernel.permissions import narrow
from points import tasks
from points.models import Firing, PointGroup, PointTrigger
from points.services import firing, reaching, triggers

EXAMPLE = {
    "name": "Warm",
    "threshold": 50,
    "colour": 2,
    "actions": [{"key": "tags.change", "config": {"add": ["warm"], "remove": []}}],
}


@extend_schema_serializer(examples=[OpenApiExample("Warm", EXAMPLE, request_only=True)])
class PointTriggerSerializer(ModelSerializer[PointTrigger]):
    """A threshold, and what is done there: once for each contact."""

    group: Reference[PointGroup] = Reference(
        queryset=PointGroup.objects.all(),
        kind="point_groups",
        allow_null=True,
        required=False,
        help_text=_("The group whose score counts; null is the total."),
    )
    colour = serializers.IntegerField(
        min_value=1, max_value=filing.COLOURS, required=False, help_text="1 to 5"
    )
    active = TruthField(required=False)
    actions = DocumentField(
        required=False,
        help_text=_(
            "A list of actions in their order, each with `key` and `config`; with the `id` it was"
            " given it stays the one it was, and is not done again for the same contacts."
        ),
    )

    class Meta:
        model = PointTrigger
        fields: ClassVar = [
            *("id", "name", "description", "threshold", "group", "colour", "active", "actions"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]


class FiringSerializer(Serializer):
    """That it fired for a contact, and what its actions could not do."""

    contact = IdField(source="contact_id")
    fired_at = MomentField()
    done_at = MomentField(allow_null=True)
    problem = serializers.CharField()


class AboveSerializer(Serializer):
    """How many have reached it for whom it never fired."""

    count = serializers.IntegerField(allow_null=True, help_text="null: counting takes too long")


class AppliedSerializer(Serializer):
    """The job that fires it for them."""

    job = IdField()


@resource("point-triggers")
class PointTriggerViews(ResourceViews[PointTrigger]):
    """Triggers; with one that is deleted goes for whom it fired."""

    kind = "point_triggers"
    queryset = PointTrigger.objects.all()
    serializer_class = PointTriggerSerializer
    sorts = ("name", "threshold", "created_at", "updated_at")
    verbs: ClassVar = {"above": "view", "fired": "view", "apply": "edit"}
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "active": QueryFilter(TruthField(), "active"),
    }

    def create_one(self, values: dict[str, Any]) -> PointTrigger:
        """Make it; it fires for whose points change from now on."""
        return self._keep(PointTrigger(), values)

    def change_one(self, row: PointTrigger, values: dict[str, Any]) -> PointTrigger:
        """Change it; for whom it fired, it does not fire again."""
        row.version, row.updated_at = row.version + 1, clock.now()
        return self._keep(row, values)

    def _keep(self, row: PointTrigger, values: dict[str, Any]) -> PointTrigger:
        before = (row.active, row.threshold, row.group_id) if row.pk else None
        if "actions" in values:
            triggers.take_actions(row, values.pop("actions"), self.caller)
        for name, value in values.items():
            setattr(row, name, value)
        now = (row.active, row.threshold, row.group_id)
        if before and row.active and now != before and not reaching.reaches(row, self.caller):
            self.permission_denied(self.request, message=str(reaching.BEYOND))
        triggers.note_uses(row)
        row.save()
        return row

    def delete_one(self, row: PointTrigger) -> None:
        """Delete it unless something names it."""
        usage.refuse_if_used("point_trigger", row.pk)
        row.delete()

    @extend_schema(responses=AboveSerializer)
    @action(detail=True, methods=["get"])
    def above(self, request: Request, pk: str) -> Response:
        """Count for whom `apply` would fire it: those you see and may change."""
        owner = reaching.whose_contacts(self.caller)
        return Response({"count": firing.count_above(self.get_object(), owner)})

    @extend_schema(request=None, responses={202: AppliedSerializer})
    @action(detail=True, methods=["post"])
    def apply(self, request: Request, pk: str) -> Response:
        """Fire it for those above already whom you see and may change, as a job."""
        trigger = self.get_object()
        if not reaching.may_apply(trigger, self.caller):
            self.permission_denied(request, message=str(reaching.BEYOND))
        if not trigger.active:
            raise Conflict(_("This trigger is switched off."), "inactive")
        job = tasks.apply(trigger, self.caller)
        return Response({"job": str(job.pk) if job else None}, status=202)

    @extend_schema(responses=FiringSerializer(many=True))
    @action(detail=True, methods=["get"])
    def fired(self, request: Request, pk: str) -> Response:
        """List the latest 1,000 for whom it fired, of those you may see."""
        trigger = self.get_object()
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        rows = Firing.objects.filter(trigger=trigger, contact_id__in=seen.values("pk"))
        latest = rows.order_by("-fired_at", "-contact_id")[:1_000]
        return Response({"results": FiringSerializer(latest, many=True).data, "next": None})
