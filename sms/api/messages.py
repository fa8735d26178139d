"""REST of text messages: write, look at, send, count."""

import uuid
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused, TooSlow
from api.fields import QueryFilter
from api.routers import resource
from api.views import ResourceViews
from contacts.models import Contact
from kernel import clock, usage
from kernel.ids import read_id
from kernel.permissions import Reach, narrow, whose
from kernel.queues import hint_on_commit
from sms.api.bodies import SendTextSerializer, TextSerializer
from sms.api.deliveries import TextDeliverySerializer
from sms.api.runs import BegunTextSerializer
from sms.api.shapes import (
    TextExplanationSerializer,
    TextFiguresSerializer,
    TextPreviewSerializer,
)
from sms.models import Text
from sms.services import (
    editing,
    explaining,
    figures,
    preview,
    publishers,
    queueing,
    refusals,
    runs,
)


@resource("sms")
class TextViews(ResourceViews[Text]):
    """Texts: templates that campaigns and others send, and broadcasts."""

    kind = "sms"
    queryset = Text.objects.prefetch_related("segments", "excluded_segments")
    serializer_class = TextSerializer
    sorts = ("name", "created_at", "updated_at")
    filters = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "type": QueryFilter(serializers.ChoiceField(Text.Type.values), "type"),
        "kind": QueryFilter(serializers.ChoiceField(Text.Kind.values), "kind"),
        "state": QueryFilter(serializers.ChoiceField(Text.State.values), "state"),
        "language": QueryFilter(serializers.CharField(max_length=35), "language"),
    }
    verbs = {"send": "publish"}

    def known_parameters(self) -> tuple[str, ...]:
        """Take a contact to preview for."""
        known = tuple(super().known_parameters())
        return (*known, "contact") if self.action in {"preview", "explanation"} else known

    def create_one(self, values: dict[str, Any]) -> Text:
        """Check, store and compile; who may not publish begins with what is not sent."""
        owner = values["owner"].pk
        self.caller.hold_rights()
        if not publishers.may_become(values, owner, self.caller):
            raise PermissionDenied(publishers.UNPUBLISHED_ONLY)
        return editing.create(publishers.begun(values, owner, self.caller), clock.now())

    def change_one(self, row: Text, values: dict[str, Any]) -> Text:
        """Check, store, and compile when the content changed; what goes out is the publishers'."""
        self.caller.hold_rights()
        if values and not publishers.may_change(row, self.caller):
            raise PermissionDenied(publishers.CLOSED)
        if not publishers.may_become(values, row.owner_id, self.caller):
            raise PermissionDenied(publishers.UNPUBLISHED_ONLY)
        return editing.change(row, values, clock.now())

    def delete_one(self, row: Text) -> None:
        """Delete, unless it is on its way to people."""
        try:
            editing.delete(row)
        except editing.BeingSent as refused:
            raise Conflict(_("This text is being sent."), "in_use") from refused
        except usage.InUse as refused:
            raise Conflict(refused.said(self.caller), "in_use") from refused

    @extend_schema(request=SendTextSerializer, responses={202: BegunTextSerializer})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Begin a broadcast, or send to one contact."""
        text = self.get_object()
        asked = SendTextSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        if "contact" in values:
            return self._send_one(text, values)
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            raise PermissionDenied(_("A broadcast is for those who may see all contacts."))
        try:
            run = runs.begin(
                text,
                values.get("at"),
                clock.now(),
                new_only="again" in values,
                owner_id=request.user.pk,
            )
        except runs.RunRefused as refused:
            raise Conflict(refusals.BEGIN[refused.code], refused.code) from refused
        hint_on_commit("sms.runs")
        return Response(
            BegunTextSerializer(run, context=self.get_serializer_context()).data, status=202
        )

    def _send_one(self, text: Text, values: dict[str, Any]) -> Response:
        unknown = [name for name in ("at", "again") if name in values]
        if unknown:
            message = _("This goes with a broadcast, not with one contact.")
            raise Refused(message, "not_allowed", unknown[0])
        contact: Contact = values["contact"]
        delivery = queueing.queue_one(
            text, contact.pk, uuid.uuid4().hex, clock.now(), values.get("event")
        )
        hint_on_commit(queueing.queue_of(text))
        return Response(TextDeliverySerializer(delivery).data, status=202)

    @extend_schema(
        responses=TextPreviewSerializer,
        parameters=[OpenApiParameter("contact", str, description=_("Id of a contact."))],
    )
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str) -> Response:
        """Answer the text as a contact would get it."""
        text = self.get_object()
        shown = preview.preview(text, self._contact(request), clock.now())
        return Response(TextPreviewSerializer(shown).data)

    @extend_schema(
        responses=TextExplanationSerializer,
        parameters=[
            OpenApiParameter("contact", str, required=True, description=_("Id of a contact."))
        ],
    )
    @action(detail=True, methods=["get"])
    def explanation(self, request: Request, pk: str) -> Response:
        """Say why a contact would, or would not, get this text now."""
        text = self.get_object()
        contact = self._contact(request)
        if contact is None:
            raise Refused(_("This field is required."), "required", "contact")
        found = explaining.explain(text, contact, clock.now())
        reason = found.reason or (None if found.selected is not False else "not_selected")
        words = _("not among the recipients") if reason == "not_selected" else refusals.said(reason)
        told = {**asdict(found), "sends": found.sends, "reason": reason, "explanation": words}
        return Response(TextExplanationSerializer(told).data)

    def _contact(self, request: Request) -> int | None:
        asked = request.query_params.get("contact")
        if asked is None:
            return None
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        number = read_id(asked)
        if number is None or not seen.filter(pk=number).exists():
            raise Refused(_("There is no such contact."), "not_found", "contact")
        return number

    @extend_schema(responses=TextFiguresSerializer)
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, pk: str) -> Response:
        """Answer what became of its messages, and its translations', to contacts one may see."""
        text = self.get_object()
        texts = [text.pk, *text.translations.values_list("pk", flat=True)]
        try:
            return Response(figures.of_texts(texts, whose(self.caller, "contacts")))
        except figures.Slow as slow:
            raise TooSlow from slow
