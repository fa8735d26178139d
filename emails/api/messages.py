"""REST of emails: write, look at, send, count."""

import re
import uuid
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import IdField, MomentField, QueryFilter, Reference, read_id
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.models import Contact, Topic
from contacts.values import ValueProblem, places
from emails.api.deliveries import DeliverySerializer
from emails.api.runs import NO_ADDRESS, BegunSerializer
from emails.api.shapes import MessageFiguresSerializer, PreviewSerializer
from emails.models import Email
from emails.services import editing, figures, preview, queueing, runs
from kernel import clock, usage
from kernel.permissions import narrow
from kernel.queues import hint_on_commit
from segments.models import Segment

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")
REFUSALS = {
    "not_a_broadcast": _("Only an email of type segment is sent as a broadcast."),
    "is_translation": _("A translation goes out with the email it translates."),
    "unpublished": _("This email is unpublished."),
    "no_segments": _("This email has no segments to be sent to."),
    "no_postal_address": NO_ADDRESS,
    "already_sent": _("This was sent before. Send it to new people with again: new_only."),
}


class ContentField(serializers.CharField):
    """Text an author wrote: kept as it is, spaces at the ends included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"required": False, "allow_blank": True, "trim_whitespace": False, **kwargs}
        )


EXAMPLE = {
    "name": "Welcome",
    "type": "template",
    "subject": "Welcome, {{ contact.first_name|default('friend') }}",
    "html": "<p>Good to have you. <a href='https://example.com/start'>Begin here</a></p>",
}


@extend_schema_serializer(examples=[OpenApiExample("Welcome", EXAMPLE, request_only=True)])
class EmailSerializer(ModelSerializer[Email]):
    """An email as people edit it."""

    html = ContentField()
    mjml = ContentField()
    text = ContentField()
    subject = ContentField(required=True, allow_blank=False, max_length=1000)
    preheader = ContentField(max_length=1000)
    translation_of = Reference[Email](
        queryset=Email.objects.all(), kind="emails", required=False, allow_null=True
    )

    topic = Reference[Topic](queryset=Topic.objects.all(), required=False, allow_null=True)
    segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )
    excluded_segments: Any = Reference(
        queryset=Segment.objects.all(), kind="segments", many=True, required=False
    )

    class Meta:
        model = Email
        fields = [
            *("id", "name", "type", "kind", "state", "subject", "preheader", "html", "mjml"),
            *("text", "from_name", "from_address", "reply_to", "language", "translation_of"),
            *("topic", "segments", "excluded_segments"),
            *("owner", "version", "created_at", "updated_at"),
        ]
        read_only_fields = ["owner", "version", "created_at", "updated_at"]

    def validate_language(self, language: str) -> str:
        """Take a language tag."""
        if not _LANGUAGE.fullmatch(language):
            raise serializers.ValidationError(_("A language is written en or fr-CA."), "invalid")
        try:
            places.locale(language)
        except ValueProblem as problem:
            raise serializers.ValidationError(problem.message, problem.code) from problem
        return language

    def validate_translation_of(self, parent: Email | None) -> Email | None:
        """Refuse a translation of a translation, or of itself."""
        if parent is not None and (parent.translation_of_id or parent == self.instance):
            message = _("Name the email that is translated, not one of its translations.")
            raise serializers.ValidationError(message, "invalid")
        return parent


@extend_schema_serializer(
    examples=[
        OpenApiExample("A broadcast, now", {}, request_only=True),
        OpenApiExample("Tomorrow", {"at": "2026-11-23T08:00:00+01:00"}, request_only=True),
        OpenApiExample("Whoever joined since", {"again": "new_only"}, request_only=True),
        OpenApiExample(
            "One contact", {"contact": "1204", "event": {"order": "A-77"}}, request_only=True
        ),
    ]
)
class SendSerializer(Serializer):
    """What is to be sent: a broadcast now or later, or this email to one contact."""

    at = MomentField(required=False)
    again = serializers.ChoiceField(["new_only"], required=False)
    contact = Reference[Contact](queryset=Contact.objects.all(), kind="contacts", required=False)
    event = serializers.DictField(required=False)


@resource("emails")
class EmailViews(ResourceViews[Email]):
    """Emails: templates that campaigns and others send, and broadcasts."""

    kind = "emails"
    queryset = Email.objects.prefetch_related("segments", "excluded_segments")
    serializer_class = EmailSerializer
    sorts = ("name", "created_at", "updated_at")
    filters = {
        "type": QueryFilter(serializers.ChoiceField(Email.Type.values), "type"),
        "kind": QueryFilter(serializers.ChoiceField(Email.Kind.values), "kind"),
        "state": QueryFilter(serializers.ChoiceField(Email.State.values), "state"),
        "language": QueryFilter(serializers.CharField(max_length=35), "language"),
        "topic": QueryFilter(IdField(), "topic_id", _("Id of a topic.")),
    }
    verbs = {"send": "publish"}

    def known_parameters(self) -> tuple[str, ...]:
        """Take a contact to preview for."""
        known = tuple(super().known_parameters())
        return (*known, "contact") if self.action == "preview" else known

    def create_one(self, values: dict[str, Any]) -> Email:
        """Check, store and compile."""
        return editing.create(values, clock.now())

    def change_one(self, row: Email, values: dict[str, Any]) -> Email:
        """Check, store, and compile when the content changed."""
        return editing.change(row, values, clock.now())

    def delete_one(self, row: Email) -> None:
        """Delete, unless it is on its way to people."""
        try:
            editing.delete(row)
        except editing.BeingSent as refused:
            raise Conflict(_("This email is being sent."), "in_use") from refused
        except usage.InUse as refused:
            raise Conflict(str(refused), "in_use") from refused

    @extend_schema(request=SendSerializer, responses={202: BegunSerializer})
    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Begin a broadcast, or send to one contact."""
        email = self.get_object()
        asked = SendSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        if "contact" in values:
            return self._send_one(email, values)
        try:
            run = runs.begin(
                email,
                values.get("at"),
                clock.now(),
                new_only="again" in values,
                owner_id=request.user.pk,
            )
        except runs.RunRefused as refused:
            raise Conflict(REFUSALS[refused.code], refused.code) from refused
        hint_on_commit("emails.runs")
        return Response(
            BegunSerializer(run, context=self.get_serializer_context()).data, status=202
        )

    def _send_one(self, email: Email, values: dict[str, Any]) -> Response:
        unknown = [name for name in ("at", "again") if name in values]
        if unknown:
            message = _("This goes with a broadcast, not with one contact.")
            raise Refused(message, "not_allowed", unknown[0])
        contact: Contact = values["contact"]
        delivery = queueing.queue_one(
            email, contact.pk, uuid.uuid4().hex, clock.now(), values.get("event")
        )
        hint_on_commit(queueing.queue_of(email))
        return Response(DeliverySerializer(delivery).data, status=202)

    @extend_schema(
        responses=PreviewSerializer,
        parameters=[OpenApiParameter("contact", str, description=_("Id of a contact."))],
    )
    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str) -> Response:
        """Answer the email as a contact would get it."""
        email = self.get_object()
        shown = preview.preview(email, self._contact(request), clock.now())
        return Response(PreviewSerializer(shown).data)

    def _contact(self, request: Request) -> int | None:
        text = request.query_params.get("contact")
        if text is None:
            return None
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        number = read_id(text)
        if number is None or not seen.filter(pk=number).exists():
            raise Refused(_("There is no such contact."), "not_found", "contact")
        return number

    @extend_schema(responses=MessageFiguresSerializer)
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, pk: str) -> Response:
        """Answer what became of every message of this email and its translations."""
        email = self.get_object()
        translations = email.translations.values_list("pk", flat=True)
        return Response(figures.of_emails([email.pk, *translations]))
