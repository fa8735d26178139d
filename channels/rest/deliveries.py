"""The ledger of a channel over REST, newest first."""

from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.fields import IdField, MomentField, QueryFilter
from api.serializers import ModelSerializer
from api.views import ResourceViews
from channels.models import Delivery, State
from channels.services.channel import Channel
from contacts.models import Contact
from contacts.services.merge import followed
from kernel.permissions import Reach, narrow

STATES = {state.name.lower(): state.value for state in State}
D = TypeVar("D", bound=Delivery)


class DeliverySerializer(ModelSerializer[D]):
    """One message to one contact, and what became of it."""

    channel: ClassVar[Channel]
    contact = IdField(source="contact_id")
    run = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    explanation = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "example": "12"})
    def get_run(self, row: D) -> str | None:
        """Return the run of a broadcast."""
        return str(row.run_id) if row.run_id else None

    @extend_schema_field({"type": "string", "enum": list(STATES), "example": "sent"})
    def get_state(self, row: D) -> str:
        """Return the name of the state."""
        return State(row.state).name.lower()

    @extend_schema_field({"type": ["string", "null"], "example": "Unsubscribed"})
    def get_explanation(self, row: D) -> str | None:
        """Say the reason in words; what a server or provider answered stands as it is."""
        return self.channel.said(row.reason)


def _in_state(rows: QuerySet[Any], name: str) -> QuerySet[Any]:
    return rows.filter(state=STATES[name])


def _of(rows: QuerySet[Any], contact: int) -> QuerySet[Any]:
    """Keep those of a contact; the id of one that was merged stands for the survivor."""
    return rows.filter(contact_id__in=followed([contact]))


def filters(subject: str, words: Any) -> dict[str, QueryFilter]:
    """Return by what the ledger is narrowed; `words` tell what `subject` is."""
    return {
        "run": QueryFilter(IdField(), "run_id", _("Id of a run of a broadcast.")),
        subject: QueryFilter(IdField(), f"{subject}_id", words),
        "contact": QueryFilter(IdField(), _of, _("Id of a contact.")),
        "state": QueryFilter(serializers.ChoiceField(list(STATES)), _in_state),
        "reason": QueryFilter(serializers.CharField(max_length=200), "reason"),
        "after": QueryFilter(MomentField(planned=False), "created_at__gte"),
        "before": QueryFilter(MomentField(planned=False), "created_at__lt"),
    }


class DeliveryViews(ResourceViews[D]):
    """The ledger, of the messages and contacts the caller may see."""

    channel: ClassVar[Channel]
    owner = None
    http_method_names = ["get", "head"]
    sorts = ("created_at", "sent_at")

    def get_queryset(self) -> QuerySet[D]:
        """Narrow by the messages and the contacts: the ledger itself has no owner."""
        channel = self.channel
        rows: QuerySet[Any] = channel.delivery._default_manager.all()
        if self.caller.reach(channel.kind, "view") is not Reach.ALL:
            mine = narrow(channel.messages(), self.caller, channel.kind, "view")
            rows = rows.filter(**{f"{channel.column}__in": mine.values("pk")})
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            known = narrow(Contact.objects.all(), self.caller, "contacts", "view")
            rows = rows.filter(contact_id__in=known.values("pk"))
        return rows
