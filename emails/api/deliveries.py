"""`GET deliveries`: the ledger, newest first."""

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
from emails.models import Delivery, Email, State
from emails.services import refusals
from emails.services.identity import message_id
from kernel.permissions import Reach, narrow

STATES = {state.name.lower(): state.value for state in State}


class DeliverySerializer(ModelSerializer[Delivery]):
    """One message to one contact, and what became of it."""

    email = IdField(source="email_id")
    contact = IdField(source="contact_id")
    run = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()
    message_id = serializers.SerializerMethodField()

    class Meta:
        model = Delivery
        fields = [
            *("id", "email", "run", "contact", "cause", "state", "reason", "explanation"),
            "message_id",
            *("attempts", "due_at", "sent_at", "opened_at", "clicked_at", "created_at"),
            *("bounced_at", "complained_at", "replied_at"),
        ]
        read_only_fields = fields

    @extend_schema_field({"type": ["string", "null"], "example": "12"})
    def get_run(self, row: Delivery) -> str | None:
        """Return the run of a broadcast."""
        return str(row.run_id) if row.run_id else None

    @extend_schema_field({"type": "string", "enum": list(STATES), "example": "sent"})
    def get_state(self, row: Delivery) -> str:
        """Return the name of the state."""
        return State(row.state).name.lower()

    @extend_schema_field({"type": ["string", "null"], "example": "Unsubscribed"})
    def get_explanation(self, row: Delivery) -> str | None:
        """Say the reason in words; what a server answered stands as it is."""
        return refusals.said(row.reason)

    @extend_schema_field({"type": "string", "example": "<1204.60d57ad1cae5@news.example>"})
    def get_message_id(self, row: Delivery) -> str:
        """Return the id the mail has, or will have."""
        return message_id(row.pk, row.created_at)


def _in_state(rows: QuerySet[Delivery], name: str) -> QuerySet[Delivery]:
    return rows.filter(state=STATES[name])


def _of(rows: QuerySet[Delivery], contact: int) -> QuerySet[Delivery]:
    """Keep those of a contact; the id of one that was merged stands for the survivor."""
    return rows.filter(contact_id__in=followed([contact]))


@resource("deliveries")
class DeliveryViews(ResourceViews[Delivery]):
    """The ledger, of the emails and contacts the caller may see."""

    kind = "emails"
    owner = None
    queryset = Delivery.objects.all()
    serializer_class = DeliverySerializer
    http_method_names = ["get", "head"]
    sorts = ("created_at", "sent_at")
    filters = {
        "run": QueryFilter(IdField(), "run_id", _("Id of a run of a broadcast.")),
        "email": QueryFilter(IdField(), "email_id", _("Id of an email.")),
        "contact": QueryFilter(IdField(), _of, _("Id of a contact.")),
        "state": QueryFilter(serializers.ChoiceField(list(STATES)), _in_state),
        "reason": QueryFilter(serializers.CharField(max_length=200), "reason"),
        "after": QueryFilter(MomentField(planned=False), "created_at__gte"),
        "before": QueryFilter(MomentField(planned=False), "created_at__lt"),
    }

    def get_queryset(self) -> QuerySet[Delivery]:
        """Narrow by the emails and the contacts: the ledger itself has no owner."""
        rows = Delivery.objects.all()
        if self.caller.reach("emails", "view") is not Reach.ALL:
            mine = narrow(Email.objects.all(), self.caller, "emails", "view")
            rows = rows.filter(email_id__in=mine.values("pk"))
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            known = narrow(Contact.objects.all(), self.caller, "contacts", "view")
            rows = rows.filter(contact_id__in=known.values("pk"))
        return rows
