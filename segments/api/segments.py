"""`segments`: create, change, build anew, and who is in them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused, TooSlow
from api.fields import FilterField, IdField, QueryFilter, TruthField
from api.lists import LIST_PARAMETERS
from api.representations import shown
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.models import Contact
from contacts.services.merge import followed
from kernel import clock, jobs
from kernel.permissions import Actor, Reach, narrow, whose
from kernel.queues import hint_on_commit
from kernel.usage import InUse
from segments.api.byhand import BY, LISTS, ORIGINS, ByHandSerializer, ChangedSerializer
from segments.api.depending import DependenciesSerializer, told
from segments.api.growth import DAYS, AskedSerializer, GrowthSerializer
from segments.api.growth import told as grown
from segments.models import Member, Segment
from segments.services import auditing, building, counting, editing, members, readymade, restoring
from segments.services.dependencies import dependencies
from segments.services.growth import growth, seen_of
from segments.services.readymade import READY


class SegmentSerializer(ModelSerializer[Segment]):
    """A segment; without a filter its members are kept by hand."""

    filter = FilterField(
        allow_null=True, required=False, help_text=_lazy("A filter, or null for members by hand.")
    )
    ready_made = serializers.ChoiceField(
        [(key, one.name) for key, one in READY.items()],
        allow_null=True,
        required=False,
        help_text=_lazy("Makes the segment of a ready-made question; no more is needed then."),
    )
    member_count = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = Segment
        fields = [
            "id",
            "name",
            "description",
            *("persona", "portrait", "story", "ready_made"),
            "filter",
            "state",
            "error",
            "member_count",
            "built_at",
            "corrected",
            "owner",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = ["state", "built_at", "corrected", "owner"]
        extra_kwargs = {"name": {"required": False}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Ask for a name, unless what is ready-made brings one; its filter is its own."""
        ready = attrs.get("ready_made")
        if self.instance is not None:
            if ready != getattr(self.instance, "ready_made", None) and "ready_made" in attrs:
                message = _("Only a new segment can be ready-made.")
                raise serializers.ValidationError({"ready_made": message}, "invalid")
        elif ready is None and "name" not in attrs:
            needed = serializers.Field.default_error_messages["required"]
            raise serializers.ValidationError({"name": needed}, "required")
        elif ready is not None and "filter" in attrs:
            message = _("What is ready-made has its own filter.")
            raise serializers.ValidationError({"filter": message}, "invalid")
        return attrs

    def get_member_count(self, segment: Segment) -> int:
        """Count the members, the latest included: of them, those the caller may see."""
        caller = self.context["request"].user
        if caller.reach("contacts", "view") is Reach.ALL:
            return segment.count_now()
        return self._own_counts(caller).get(segment.pk, 0)

    def _own_counts(self, caller: Actor) -> dict[int, int]:
        """Count the caller's own contacts once for all segments shown."""
        context: Any = self.context
        if "own_counts" not in context:
            shown: Any = self.parent.instance if self.parent else [self.instance]
            mine = narrow(Contact.objects.all(), caller, "contacts", "view")
            context["own_counts"] = counting.among(mine, [segment.pk for segment in shown])
        counts: dict[int, int] = context["own_counts"]
        return counts

    def get_error(self, segment: Segment) -> str:
        """Say why it cannot be evaluated."""
        return _(segment.error) if segment.error else ""


class RebuildSerializer(Serializer):
    """The job that rebuilds."""

    job = IdField()
    state = serializers.CharField()


def visible_contacts(caller: Actor) -> QuerySet[Contact]:
    """Return the contacts the caller may see, or refuse."""
    if caller.reach("contacts", "view") is Reach.NONE:
        raise PermissionDenied
    rows = Contact.objects.only("id", "version", "owner_id")
    return narrow(rows, caller, "contacts", "view")


@resource("segments")
class SegmentViews(ResourceViews[Segment]):
    """Groups of contacts, by filter or by hand."""

    kind = "segments"
    queryset = Segment.objects.counted()
    serializer_class = SegmentSerializer
    sorts = ("name", "created_at", "updated_at", "built_at")
    filters = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "static": QueryFilter(TruthField(), "filter__isnull"),
        "state": QueryFilter(serializers.ChoiceField(Segment.State.choices), "state"),
    }

    def known_parameters(self) -> Sequence[str]:
        """The list of members is paged, too; growth is told of some days."""
        if getattr(self, "action", None) == "growth":
            return ("days",)
        is_list = getattr(self, "action", None) == "contacts" and self.request.method == "GET"
        return (*LIST_PARAMETERS, "by") if is_list else super().known_parameters()

    def create_one(self, values: dict[str, Any]) -> Segment:
        """Create it; a worker builds it at once."""
        ready = values.pop("ready_made", None)
        try:
            segment = (
                readymade.make(ready, user=self.caller, now=clock.now(), **values)
                if ready
                else editing.create(values, user=self.caller, now=clock.now())
            )
        except readymade.MadeAlready as error:
            message = _("There is a segment of this kind already.")
            raise Conflict(message, "already_exists", "ready_made") from error
        hint_on_commit("kernel.jobs")
        return segment

    def change_one(self, row: Segment, values: dict[str, Any]) -> Segment:
        """Change it; a new filter is built at once."""
        segment = editing.edit(row, values, user=self.caller, now=clock.now())
        hint_on_commit("kernel.jobs")
        return segment

    def delete_one(self, row: Segment) -> None:
        """Delete it unless something names it."""
        try:
            editing.delete(row, clock.now())
        except InUse as error:
            raise Conflict(error.said(self.caller), "in_use") from error

    @extend_schema(methods=["GET"], responses={200: dict}, parameters=[BY])
    @extend_schema(methods=["POST"], request=ByHandSerializer, responses=ChangedSerializer)
    @action(detail=True, methods=["get", "post"])
    def contacts(self, request: Request, pk: str) -> Response:
        """List the members you may see, or add and remove contacts by hand."""
        segment = self.get_object()
        contacts = visible_contacts(self.caller)
        if request.method == "POST":
            return self._change_members(segment, contacts, request)
        by = request.query_params.get("by")
        if by is not None and by not in ORIGINS:
            message = _("One of these is expected: %(names)s.") % {"names": ", ".join(ORIGINS)}
            raise Refused(message, "invalid_choice", "by")
        every = Member.objects.filter(segment_id=segment.pk, contact_id=OuterRef("pk"))
        removed = Member.Origin.REMOVED
        inside = every.filter(manual=ORIGINS[by]) if by else every.exclude(manual=removed)
        rows = contacts.filter(Exists(inside))
        return self.answer_list(rows, self.paging(), shown("contact"))

    def _change_members(
        self, segment: Segment, contacts: QuerySet[Contact], request: Request
    ) -> Response:
        body = ByHandSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        wanted: dict[str, Any] = {name: followed(given.get(name, [])) for name in LISTS}
        ids = {number for numbers in wanted.values() for number in numbers}
        known = set(contacts.filter(pk__in=ids).values_list("pk", flat=True))
        for name, numbers in wanted.items():
            for place, number in enumerate(numbers):
                if number not in known:
                    message = _("There is no such contact.")
                    raise Refused(message, "not_found", f"{name}.{place}")
        if both := set(wanted["add"]) & set(wanted["remove"]):
            place = wanted["remove"].index(min(both))
            raise Refused(_("A contact is both added and removed."), "invalid", f"remove.{place}")
        follow = wanted.pop("follow")
        if follow and not segment.is_dynamic:
            raise Refused(
                _("A segment by hand has no filter that could decide."), "static", "follow"
            )
        if both := set(follow) & {*wanted["add"], *wanted["remove"]}:
            message = _("A contact is decided about by hand and by the filter.")
            raise Refused(message, "invalid", f"follow.{follow.index(min(both))}")
        changed = members.change(segment, **wanted, now=clock.now())
        told = changed.told()
        if follow:
            back = restoring.let_filter_decide(segment, follow, clock.now())
            told["followed"] = len(back)
        return Response(told)

    @extend_schema(responses=DependenciesSerializer)
    @action(detail=True, methods=["get"])
    def dependencies(self, request: Request, pk: str) -> Response:
        """Tell what it reads, what reads it (two levels each), and what else uses it."""
        return Response(told(dependencies(self.get_object(), self.caller)))

    @extend_schema(responses=GrowthSerializer, parameters=[DAYS])
    @action(detail=True, methods=["get"])
    def growth(self, request: Request, pk: str) -> Response:
        """Tell how many members entered and left day by day, of those you may see."""
        segment = self.get_object()
        visible_contacts(self.caller)
        asked = AskedSerializer(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        days = growth(
            segment.pk,
            self.get_serializer(segment).data["member_count"],
            clock.now(),
            days=asked.validated_data["days"],
            seen=seen_of(whose(self.caller, "contacts")),
        )
        if days is None:
            raise TooSlow
        return Response(grown(days))

    @extend_schema(request=None, responses={202: RebuildSerializer})
    @action(detail=True, methods=["post"])
    def rebuild(self, request: Request, pk: str) -> Response:
        """Compare everybody with the filter now."""
        segment, now = self.get_object(), clock.now()
        if not segment.is_dynamic:
            raise Conflict(_("A segment by hand has nothing to rebuild."), "static")
        if segment.state != Segment.State.READY:
            building.request([segment.pk])
        job = jobs.enqueue(
            auditing.REBUILD, {"segments": [segment.pk]}, now=now, user_id=self.caller.pk
        )
        hint_on_commit("kernel.jobs")
        return Response({"job": str(job.pk) if job else None, "state": "queued"}, status=202)
