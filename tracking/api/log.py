"""`GET events`: what happened, newest first."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import IdField, MomentField, QueryFilter
from api.lists import ListView
from api.routers import endpoint
from contacts.catalogue import hidden
from contacts.models import Contact
from contacts.services.merge import survivor
from kernel import clock, subjects
from kernel.events import kind_of
from kernel.models import Event, EventKind
from kernel.permissions import Reach, narrow
from tracking.services import verdicts


class EventListSerializer(serializers.ListSerializer[Any]):
    """Names types and subjects of a whole page with one query a kind."""

    def to_representation(self, data: Any) -> list[dict[str, Any]]:
        """Write the page."""
        rows: list[Event] = list(data)
        types = dict(EventKind.objects.filter(pk__in={r.type_id for r in rows}).values_list())
        kinds = {number: kind_of(key).subject for number, key in types.items()}
        about: dict[str, set[int]] = {}
        for row in rows:
            if row.subject_id and kinds[row.type_id]:
                about.setdefault(kinds[row.type_id], set()).add(row.subject_id)
        # What the caller may not see keeps its number and is not named.
        user = self.context["request"].user
        names = {kind: subjects.seen_names(kind, ids, user) for kind, ids in about.items()}
        secret = hidden()
        reasons = verdicts.reasons_of([row.pk for row in rows if row.verdict])
        return [
            {**self._event(row, types[row.type_id], names, reasons), "data": _seen(row, secret)}
            for row in rows
        ]

    def _event(
        self, row: Event, key: str, names: dict[str, dict[int, str]], reasons: dict[int, list[str]]
    ) -> dict[str, Any]:
        kind = kind_of(key).subject
        subject = None
        if row.subject_id is not None:
            name = names.get(kind, {}).get(row.subject_id)
            subject = {"type": kind, "id": str(row.subject_id), "name": name}
        verdict = Event.Verdict(row.verdict).name.lower() if row.verdict else None
        return {
            "id": str(row.pk),
            "type": key,
            "contact": str(row.contact_id),
            "occurred_at": clock.iso(row.occurred_at),
            "subject": subject,
            "verdict": verdict,
            "verdict_reasons": reasons.get(row.pk, []),
        }


class EventSerializer(serializers.Serializer[Event]):
    """An event, for the documentation of the API."""

    id = IdField()
    type = serializers.CharField()
    contact = IdField()
    occurred_at = MomentField()
    subject = serializers.DictField(allow_null=True)
    data = serializers.DictField()  # type: ignore[assignment]
    verdict = serializers.ChoiceField(["human", "likely", "machine"], allow_null=True)
    verdict_reasons = serializers.ListField(child=serializers.CharField())

    class Meta:
        list_serializer_class = EventListSerializer


def _seen(row: Event, secret: Collection[str]) -> dict[str, Any]:
    """Return the data without the names of fields that are kept from whoever asks."""
    data = dict(row.data or {})
    if secret and isinstance(changed := data.get("changed"), list):
        data["changed"] = [alias for alias in changed if alias not in secret]
    return data


def _of_type(rows: QuerySet[Event], key: str) -> QuerySet[Event]:
    number = EventKind.objects.filter(key=key).values_list("pk", flat=True).first()
    return rows.filter(type_id=number) if number else rows.none()


def _of_contact(rows: QuerySet[Event], number: int) -> QuerySet[Event]:
    """An id that was merged stands for the survivor's."""
    return rows.filter(contact_id=survivor(number) or number)


@endpoint("events")
class Events(ListView):
    """The log of events, of the contacts the caller may see."""

    kind = "contacts"
    sorts = ("occurred_at",)
    default_sort = "-occurred_at"
    serializer_class = EventSerializer
    filters = {
        "contact": QueryFilter(IdField(), _of_contact, _("Id of a contact.")),
        "type": QueryFilter(serializers.CharField(max_length=80), _of_type),
        "after": QueryFilter(MomentField(planned=False), "occurred_at__gte"),
        "before": QueryFilter(MomentField(planned=False), "occurred_at__lt"),
    }

    def get(self, request: Request) -> Response:
        """Answer a page."""
        rows = Event.objects.all()
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            mine = narrow(Contact.objects.all(), self.caller, "contacts", "view")
            rows = rows.filter(contact_id__in=mine.values("pk"))
        return self.answer_list(self.filter_rows(rows), self.paging(), EventSerializer)
