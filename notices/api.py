"""REST of notices: one's own, read or unread."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import IdField, QueryFilter, TruthField
from api.routers import endpoint, resource
from api.serializers import ModelSerializer, Serializer
from api.trail import Trail
from api.views import ResourceViews
from kernel import clock
from notices.models import Notice
from notices.services import reading

MOST = 1_000


class NoticeSerializer(ModelSerializer[Notice]):
    """What the caller was told; `path` is where it leads in the back office."""

    contact = IdField(source="contact_id", allow_null=True)

    class Meta:
        model = Notice
        fields: ClassVar = [
            *("id", "key", "title", "text", "path", "contact"),
            *("created_at", "read_at"),
        ]
        read_only_fields: ClassVar = fields


class ChosenNoticesSerializer(Serializer):
    """Which: these, or all where none are named."""

    ids = serializers.ListField(child=IdField(), max_length=MOST, required=False)


class MarkedSerializer(Serializer):
    """How many changed, and how many are unread now; `unread` ends at 100."""

    changed = serializers.IntegerField()
    unread = serializers.IntegerField()


@resource("notices")
class NoticeViews(ResourceViews[Notice]):
    """Notices of one's own; nobody sees another's, whatever their role."""

    queryset = Notice.objects.all()
    serializer_class = NoticeSerializer
    http_method_names = ["get", "head"]
    sorts = ("created_at",)
    filters: ClassVar[dict[str, QueryFilter]] = {
        "unread": QueryFilter(TruthField(), "read_at__isnull")
    }

    def get_queryset(self) -> QuerySet[Notice]:
        """Return the caller's own, as far as they may still see of whom they speak."""
        return reading.seen(super().get_queryset(), self.caller)


class Marking(ApiView):
    """What is done to several of one's own notices."""

    def trail(self) -> Trail:
        """Keep nothing: what somebody read is nobody's business."""
        return Trail.NOTHING

    def chosen(self, request: Request) -> list[int] | None:
        """Read which; None: all."""
        body = ChosenNoticesSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        return cast("dict[str, Any]", body.validated_data).get("ids")

    def told(self, changed: int) -> Response:
        """Say how many changed, and how many are left."""
        return Response({"changed": changed, "unread": reading.unread(self.caller)})


@endpoint("notices/mark-read")
class MarkRead(Marking):
    """Several notices are read."""

    @extend_schema(request=ChosenNoticesSerializer, responses=MarkedSerializer)
    def post(self, request: Request) -> Response:
        """Note that these, or all, were read; once more changes nothing."""
        return self.told(reading.read(self.caller, clock.now(), self.chosen(request)))


@endpoint("notices/mark-unread")
class MarkUnread(Marking):
    """Several notices are unread again."""

    @extend_schema(request=ChosenNoticesSerializer, responses=MarkedSerializer)
    def post(self, request: Request) -> Response:
        """Put these, or all, back among the unread."""
        return self.told(reading.unread_again(self.caller, self.chosen(request)))
