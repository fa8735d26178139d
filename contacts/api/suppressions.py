"""`suppressions`: addresses, domains and keyed hashes that are never written to."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from api.errors import Conflict
from api.fields import MomentField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.trail import Trail
from api.views import ResourceViews
from contacts.models import Suppression
from contacts.services import suppression
from contacts.values import ValueProblem
from contacts.words import Channel, Reason
from kernel import clock
from kernel.lowering import lowered

DOMAIN = _('This is not an email address. To close a whole domain, say "kind": "domain".')
BELOW = str(
    _(
        "Of a domain: it holds for every domain below it, too, unless this is false; true widens"
        " one that is on the list."
    )
)
EXAMPLE = {"kind": "domain", "value": "competitor.example", "comment": "agreed by contract"}


@extend_schema_serializer(examples=[OpenApiExample("A domain", EXAMPLE, request_only=True)])
class SuppressionSerializer(ModelSerializer[Suppression]):
    """An entry; of a hash only the keyed digest is kept, made from the address that was given."""

    channel = serializers.ChoiceField(Channel.choices, default=Channel.EMAIL)
    kind = serializers.ChoiceField(Suppression.Kind.choices, default=Suppression.Kind.ADDRESS)
    value = serializers.CharField(max_length=320)
    below = serializers.BooleanField(required=False, help_text=BELOW)
    reason = serializers.ChoiceField(Reason.choices, default=Reason.MANUAL)
    comment = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    since = MomentField(read_only=True)

    class Meta:
        model = Suppression
        fields: ClassVar = ["id", "channel", "kind", "value", "below", "reason", "comment", "since"]
        validators: ClassVar[list[Any]] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Write the value as it is compared."""
        try:
            attrs["value"] = suppression.compared(attrs["channel"], attrs["kind"], attrs["value"])
        except ValueProblem as problem:
            message = DOMAIN if _is_domain(attrs) else problem.message
            raise serializers.ValidationError({"value": message}, problem.code) from problem
        # Nothing is below an address.
        is_domain = attrs["kind"] == Suppression.Kind.DOMAIN
        attrs["widens"] = is_domain and attrs.get("below", False)
        attrs["below"] = is_domain and attrs.get("below", True)
        return attrs


def _is_domain(attrs: dict[str, Any]) -> bool:
    """Say whether the author may have meant a domain: nobody closes a whole one by a slip."""
    with suppress(ValueProblem):
        domain = suppression.compared(attrs["channel"], Suppression.Kind.DOMAIN, attrs["value"])
        return bool(domain) and attrs["channel"] == Channel.EMAIL
    return False


def _of_value(rows: QuerySet[Suppression], value: str) -> QuerySet[Suppression]:
    """Compare exactly, and name all that stands before the value in the index."""
    kinds, channels = Suppression.Kind.values, Channel.values
    return rows.filter(channel__in=channels, kind__in=kinds, value=lowered(value))


@resource("suppressions")
class SuppressionViews(ResourceViews[Suppression]):
    """Who is never written to, whether or not they are a contact."""

    kind = "suppressions"
    owner = None
    queryset = Suppression.objects.all()
    serializer_class = SuppressionSerializer
    http_method_names = ["get", "head", "post", "delete"]
    sorts = ("since",)
    filters: ClassVar = {
        "channel": QueryFilter(serializers.ChoiceField(Channel.values), "channel"),
        "kind": QueryFilter(serializers.ChoiceField(Suppression.Kind.values), "kind"),
        "reason": QueryFilter(serializers.ChoiceField(Reason.values), "reason"),
        "value": QueryFilter(serializers.CharField(max_length=320), _of_value),
    }

    def trail(self) -> Trail:
        """Keep no address."""
        return Trail.NAMES

    def answer_to_keep(self, data: Any) -> Any:
        """Keep no address for those who ask twice, either: it may be somebody's who is erased."""
        if not isinstance(data, Mapping):
            return data
        return {key: value for key, value in data.items() if key not in {"value", "comment"}}

    def create_one(self, values: dict[str, Any]) -> Suppression:
        """Add it to the list, or let it hold for more where that is said."""
        row, is_new = Suppression.objects.get_or_create(
            channel=values["channel"],
            kind=values["kind"],
            value=values["value"],
            defaults={
                "below": values["below"],
                "reason": values["reason"],
                "comment": values["comment"],
                "since": clock.now(),
            },
        )
        if values["widens"] and not row.below:
            row.below = True
            row.save(update_fields=["below"])
        elif not is_new:
            raise Conflict(_("This is on the list already."), "already_exists", "value")
        suppression.announce([row])
        return row

    def delete_one(self, row: Suppression) -> None:
        """Take it off the list."""
        super().delete_one(row)
        suppression.announce([row])
