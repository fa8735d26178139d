"""`point-rules`: what people do gives or takes points."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.fields import DocumentField, FilterField, MomentField, QueryFilter, Reference, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from kernel import clock, usage
from points.models import PointGroup, PointRule
from points.services import rules

EXAMPLE = {
    "name": "Looked at the prices",
    "event": "pages.viewed",
    "where": {"url": {"op": "contains", "value": "/prices"}},
    "delta": 5,
    "repeat": "always",
    "nth": 2,
    "most_a_day": 10,
    "filter": {"all": [{"field": "country", "op": "is", "value": "FR"}]},
    "expire_days": 90,
}


@extend_schema_serializer(examples=[OpenApiExample("Prices", EXAMPLE, request_only=True)])
class PointRuleSerializer(ModelSerializer[PointRule]):
    """A rule: so many points for an event of a kind."""

    where = DocumentField(
        required=False,
        help_text=_("What must be true of the event, as in a filter on behaviour."),
    )
    group: Reference[PointGroup] = Reference(
        queryset=PointGroup.objects.all(),
        kind="point_groups",
        allow_null=True,
        required=False,
        help_text=_("The group that gets the points; null is the total."),
    )
    filter = FilterField(allow_null=True, required=False, help_text=_("Whom the rule is for."))
    active = TruthField(
        required=False,
        help_text=_(
            "Whether it holds. A rule that failed is switched off with its `problem`; `true` takes"
            " it up again."
        ),
    )
    active_from = MomentField(allow_null=True, required=False)
    active_until = MomentField(allow_null=True, required=False)

    class Meta:
        model = PointRule
        fields: ClassVar = [
            *("id", "name", "description", "event", "where", "delta", "group", "repeat", "nth"),
            *("most_a_day", "most", "filter", "expire_days"),
            *("active", "problem", "active_from", "active_until"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["problem", "created_at", "updated_at"]


@resource("point-rules")
class PointRuleViews(ResourceViews[PointRule]):
    """Rules; what one gave stays when it is deleted, and expires as it was promised."""

    kind = "point_rules"
    queryset = PointRule.objects.all()
    serializer_class = PointRuleSerializer
    sorts = ("name", "created_at", "updated_at")
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "active": QueryFilter(TruthField(), "active"),
        "event": QueryFilter(serializers.CharField(), "event"),
    }

    def create_one(self, values: dict[str, Any]) -> PointRule:
        """Make it; it holds from now on."""
        rule = PointRule(**values)
        rules.check(rule, self.caller)
        rule.save()
        return rule

    def change_one(self, row: PointRule, values: dict[str, Any]) -> PointRule:
        """Change it; what it gave stays."""
        for name, value in values.items():
            setattr(row, name, value)
        rules.check(row, self.caller)
        row.version, row.updated_at = row.version + 1, clock.now()
        row.save()
        return row

    def delete_one(self, row: PointRule) -> None:
        """Delete it unless something names it."""
        usage.refuse_if_used("point_rule", row.pk)
        row.delete()
