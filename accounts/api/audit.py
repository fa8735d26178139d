"""`audit`: who did what, for administrators; newest first."""

from typing import Any, ClassVar

from rest_framework import serializers

from accounts.models import AuditEntry
from api.fields import IdField, MomentField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from backoffice import deeds


class AuditSerializer(ModelSerializer[AuditEntry]):
    """One deed; `before` and `after` hold what differs."""

    user = IdField(source="user_id", allow_null=True)
    token = IdField(source="token_id", allow_null=True)
    object = IdField(source="object_id", allow_null=True)
    name: Any = serializers.SerializerMethodField()
    before: Any = serializers.DictField()
    after: Any = serializers.SerializerMethodField()

    class Meta:
        model = AuditEntry
        fields: ClassVar = [
            *("id", "at", "user", "who", "token", "address", "kind", "verb", "object", "name"),
            *("path", "before", "after"),
        ]
        read_only_fields = fields

    def get_name(self, row: AuditEntry) -> str:
        """Return what it was done to: as it was called then, or in the words of who reads it."""
        return deeds.retold(row.kind, row.verb, row.name, row.after or {})

    def get_after(self, row: AuditEntry) -> dict[str, Any]:
        """Return what differs, but for what `name` tells in words."""
        return {key: value for key, value in (row.after or {}).items() if key != deeds.RETOLD}


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
        "after": QueryFilter(MomentField(planned=False), "at__gte"),
        "before": QueryFilter(MomentField(planned=False), "at__lt"),
    }
