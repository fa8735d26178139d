"""REST of messages: write, look at, send, count."""

import uuid
from dataclasses import asdict
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused, TooSlow
from api.fields import QueryFilter
from api.views import ResourceViews
from channels.models import Message
from channels.services import publishers, running, storing
from channels.services.channel import Channel
from channels.services.refused import BeingSent, RunRefused, Slow
from contacts.models import Contact
from kernel import clock, usage
from kernel.ids import read_id
from kernel.permissions import Reach, narrow, whose
from kernel.queues import hint_on_commit

M = TypeVar("M", bound=Message)
Shape = type[serializers.BaseSerializer[Any]]
OF_CONTACT = OpenApiParameter("contact", str, description=_("Id of a contact."))
OF_THIS_CONTACT = OpenApiParameter("contact", str, required=True, description=_("Id of a contact."))


class MessageViews(ResourceViews[M]):
    """Messages of a channel: templates that campaigns and others send, and broadcasts."""

    channel: ClassVar[Channel]
    # Of `send`: what is asked, and the answers; of the others, the answer.
    asked: ClassVar[Shape]
    begun: ClassVar[Shape]
    delivery: ClassVar[Shape]
    previewed: ClassVar[Shape]
    explained: ClassVar[Shape]
    sorts = ("name", "created_at", "updated_at")
    filters = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "type": QueryFilter(serializers.ChoiceField(Message.Type.values), "type"),
        "kind": QueryFilter(serializers.ChoiceField(Message.Kind.values), "kind"),
        "state": QueryFilter(serializers.ChoiceField(Message.State.values), "state"),
        "language": QueryFilter(serializers.CharField(max_length=35), "language"),
    }
    verbs = {"send": "publish"}

    def known_parameters(self) -> tuple[str, ...]:
        """Take a contact to preview for."""
        known = tuple(super().known_parameters())
        return (*known, "contact") if self.action in {"preview", "explanation"} else known

    def create_one(self, values: dict[str, Any]) -> M:
        """Check, store and compile; who may not publish begins with what is not sent."""
        channel, owner = self.channel, values["owner"].pk
        self.caller.hold_rights()
        if not publishers.may_become(channel, values, owner, self.caller):
            raise PermissionDenied(channel.words.unpublished_only)
        begun = publishers.begun(channel, values, owner, self.caller)
        stored: M = channel.create(begun, clock.now())
        return stored

    def change_one(self, row: M, values: dict[str, Any]) -> M:
        """Check, store, and compile when the content changed; what goes out is the publishers'."""
        channel = self.channel
        self.caller.hold_rights()
        if values and not publishers.may_change(channel, row, self.caller):
            raise PermissionDenied(channel.words.closed)
        if not publishers.may_become(channel, values, row.owner_id, self.caller):
            raise PermissionDenied(channel.words.unpublished_only)
        stored: M = channel.change(row, values, clock.now())
        return stored

    def delete_one(self, row: M) -> None:
        """Delete, unless it is on its way to people."""
        try:
            storing.delete(self.channel, row)
        except BeingSent as refused:
            raise Conflict(self.channel.words.being_sent, "in_use") from refused
        except usage.InUse as refused:
            raise Conflict(refused.said(self.caller), "in_use") from refused

    @action(detail=True, methods=["post"])
    def send(self, request: Request, pk: str) -> Response:
        """Begin a broadcast, or send to one contact."""
        message = self.get_object()
        context = self.get_serializer_context()
        asked = self.asked(data=request.data, context=context)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        if "contact" in values:
            return self._send_one(message, values)
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            raise PermissionDenied(_("A broadcast is for those who may see all contacts."))
        try:
            run = running.begin(
                self.channel,
                message,
                values.get("at"),
                clock.now(),
                new_only="again" in values,
                owner_id=request.user.pk,
            )
        except RunRefused as refused:
            words = self.channel.words.begin[refused.code]
            raise Conflict(words, refused.code) from refused
        hint_on_commit(self.channel.queues[0])
        return Response(self.begun(run, context=context).data, status=202)

    def _send_one(self, message: M, values: dict[str, Any]) -> Response:
        unknown = [name for name in ("at", "again") if name in values]
        if unknown:
            refusal = _("This goes with a broadcast, not with one contact.")
            raise Refused(refusal, "not_allowed", unknown[0])
        contact: Contact = values["contact"]
        delivery = self.channel.queue_one(
            message, contact.pk, uuid.uuid4().hex, clock.now(), values.get("event")
        )
        hint_on_commit(self.channel.queue_of(message))
        return Response(self.delivery(delivery).data, status=202)

    @action(detail=True, methods=["get"])
    def preview(self, request: Request, pk: str) -> Response:
        """Answer the message as a contact would get it."""
        message = self.get_object()
        shown = self.channel.preview(message, self._contact(request), clock.now())
        return Response(self.previewed(shown).data)

    @action(detail=True, methods=["get"])
    def explanation(self, request: Request, pk: str) -> Response:
        """Say why a contact would, or would not, get this message now."""
        message = self.get_object()
        contact = self._contact(request)
        if contact is None:
            raise Refused(_("This field is required."), "required", "contact")
        found = self.channel.explain(message, contact, clock.now())
        reason = found.reason or (None if found.selected is not False else "not_selected")
        is_out = reason == "not_selected"
        words = _("not among the recipients") if is_out else self.channel.said(reason)
        told = {**asdict(found), "sends": found.sends, "reason": reason, "explanation": words}
        return Response(self.explained(told).data)

    def _contact(self, request: Request) -> int | None:
        asked = request.query_params.get("contact")
        if asked is None:
            return None
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        number = read_id(asked)
        if number is None or not seen.filter(pk=number).exists():
            raise Refused(_("There is no such contact."), "not_found", "contact")
        return number

    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, pk: str) -> Response:
        """Answer what became of its messages, and its translations', to contacts one may see."""
        message: Any = self.get_object()
        messages = [message.pk, *message.translations.values_list("pk", flat=True)]
        try:
            return Response(self.channel.figures(messages, whose(self.caller, "contacts")))
        except Slow as slow:
            raise TooSlow from slow


def documented(figures: Shape) -> Any:
    """Return a class decorator that tells the schema what a channel's views take and answer."""

    def decorated(views: type[MessageViews[Any]]) -> type[MessageViews[Any]]:
        told = extend_schema_view(
            send=extend_schema(request=views.asked, responses={202: views.begun}),
            preview=extend_schema(responses=views.previewed, parameters=[OF_CONTACT]),
            explanation=extend_schema(responses=views.explained, parameters=[OF_THIS_CONTACT]),
            statistics=extend_schema(responses=figures),
        )
        return told(views)

    return decorated
