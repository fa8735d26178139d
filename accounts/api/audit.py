"""`audit`: who did what, for administrators; newest first."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import AuditEntry
from api.fields import IdField, MomentField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews


class AuditSerializer(ModelSerializer[AuditEntry]):
    """One deed; `before` and `after` hold what differs."""

    user = IdField(source="user_id", allow_null=True)
    token = IdField(source="token_id", allow_null=True)
    object = IdField(source="object_id", allow_null=True)
    before: Any = serializers.DictField()
    after: Any = serializers.DictField()

    class Meta:
        model = AuditEntry
        fields: ClassVar = [
            *("id", "at", "user", "who", "token", "address", "kind", "verb", "object", "name"),
            *("path", "before", "after"),
        ]
        read_only_fields = fields


@resource("audit")
class AuditViews(ResourceViews[AuditEntry]):
    """The audit trail."""

    kind = "audit"
    owner = None
    queryset = AuditEntry.objects.all()
    serializer_class = AuditSerializer
    http_method_names = ["get", "head"]
    sorts = ("at",)
    filters: ClassVar = {
        "user": QueryFilter(IdField(), "user_id"),
        "kind": QueryFilter(serializers.CharField(max_length=40), "kind"),
        "verb": QueryFilter(serializers.CharField(max_length=60), "verb"),
        "object": QueryFilter(IdField(), "object_id"),
        "after": QueryFilter(MomentField(), "at__gte"),
        "before": QueryFilter(MomentField(), "at__lt"),
    }
