"""`GET sms-deliveries`: the ledger, newest first."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import IdField, MomentField, QueryFilter
from api.routers import resource
from api.serializers import ModelSerializer
from api.views import ResourceViews
from contacts.models import Contact
from contacts.services.merge import followed
from kernel.permissions import Reach, narrow
from sms.models import State, Text, TextDelivery
from sms.services import refusals

STATES = {state.name.lower(): state.value for state in State}


class TextDeliverySerializer(ModelSerializer[TextDelivery]):
    """One text to one contact, and what became of it."""

    sms = IdField(source="sms_id")
    contact = IdField(source="contact_id")
    run = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = TextDelivery
        fields = [
            *("id", "sms", "run", "contact", "cause", "state", "reason", "explanation"),
            *("parts", "sid", "status", "attempts", "due_at", "sent_at"),
            *("delivered_at", "clicked_at", "replied_at", "created_at"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "example": "12"})
    def get_run(self, row: TextDelivery) -> str | None:
        """Return the run of a broadcast."""
        return str(row.run_id) if row.run_id else None

    @extend_schema_field({"type": "string", "enum": list(STATES), "example": "sent"})
    def get_state(self, row: TextDelivery) -> str:
        """Return the name of the state."""
        return State(row.state).name.lower()

    @extend_schema_field({"type": ["string", "null"], "example": "Unsubscribed"})
    def get_explanation(self, row: TextDelivery) -> str | None:
        """Say the reason in words; what the provider answered stands as it is."""
        return refusals.said(row.reason)


def _in_state(rows: QuerySet[TextDelivery], name: str) -> QuerySet[TextDelivery]:
    return rows.filter(state=STATES[name])


def _of(rows: QuerySet[TextDelivery], contact: int) -> QuerySet[TextDelivery]:
    """Keep those of a contact; the id of one that was merged stands for the survivor."""
    return rows.filter(contact_id__in=followed([contact]))


@resource("sms-deliveries")
class TextDeliveryViews(ResourceViews[TextDelivery]):
    """The ledger, of the texts and contacts the caller may see."""

    kind = "sms"
    owner = None
    queryset = TextDelivery.objects.all()
    serializer_class = TextDeliverySerializer
    http_method_names = ["get", "head"]
    sorts = ("created_at", "sent_at")
    filters = {
        "run": QueryFilter(IdField(), "run_id", _("Id of a run of a broadcast.")),
        "sms": QueryFilter(IdField(), "sms_id", _("Id of a text.")),
        "contact": QueryFilter(IdField(), _of, _("Id of a contact.")),
        "state": QueryFilter(serializers.ChoiceField(list(STATES)), _in_state),
        "reason": QueryFilter(serializers.CharField(max_length=200), "reason"),
        "after": QueryFilter(MomentField(planned=False), "created_at__gte"),
        "before": QueryFilter(MomentField(planned=False), "created_at__lt"),
    }

    def get_queryset(self) -> QuerySet[TextDelivery]:
        """Narrow by the texts and the contacts: the ledger itself has no owner."""
        rows = TextDelivery.objects.all()
        if self.caller.reach("sms", "view") is not Reach.ALL:
            mine = narrow(Text.objects.all(), self.caller, "sms", "view")
            rows = rows.filter(sms_id__in=mine.values("pk"))
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            known = narrow(Contact.objects.all(), self.caller, "contacts", "view")
            rows = rows.filter(contact_id__in=known.values("pk"))
        return rows
