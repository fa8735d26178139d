"""What a contact agreed to, with proof, and the channels closed for them."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import IdField, MomentField
from api.lists import ListView
from api.routers import endpoint
from api.serializers import ModelSerializer
from contacts.api.shapes import ClosedSerializer
from contacts.models import ConsentRecord, Contact, DoNotContact, Topic
from contacts.services import consent
from contacts.services.consent import Proof
from contacts.services.merge import survivor
from contacts.values import checked_in
from contacts.values.places import locale
from contacts.values.text import line, lines
from contacts.words import Channel, ConsentState, Purpose, Reason
from kernel import clock
from kernel.partitions import OLDEST
from kernel.permissions import Actor, narrow

# Clocks differ a little.
AHEAD = timedelta(minutes=5)
SOURCE = _("Who says so: the token that asked stands first, what the client names behind it.")
ONE_REASON = _("Lift this reason alone.")
CHECKS = {"source": line, "reference": line, "text": lines, "language": locale}


def find_contact(caller: Actor, number: int, verb: str) -> int:
    """Return the contact if the caller may do this with it; else there is none.

    The id of one that was merged stands for the survivor.
    """
    number = survivor(number) or number
    rows = narrow(Contact.objects.filter(pk=number), caller, "contacts", verb)
    if not rows.exists():
        raise NotFound
    return number


class TopicIdField(IdField):
    """The id of a topic; none is everything."""

    def to_internal_value(self, data: Any) -> int:
        """Read the id of a topic that exists."""
        number = super().to_internal_value(data)
        if not Topic.objects.filter(pk=number).exists():
            raise serializers.ValidationError(_("There is no such topic."), "not_found")
        return number


class ConsentSerializer(ModelSerializer[ConsentRecord]):
    """Proof of a consent given or refused."""

    purpose = serializers.ChoiceField(Purpose.choices)
    state = serializers.ChoiceField(ConsentState.choices)
    source = serializers.CharField(  # type: ignore[assignment]
        max_length=200, required=False, help_text=str(SOURCE)
    )
    reference = serializers.CharField(max_length=200, allow_blank=True, default="")
    text = serializers.CharField(max_length=20_000, allow_blank=True, default="")
    language = serializers.CharField(max_length=35, allow_blank=True, default="")
    at = MomentField(required=False)
    ip = serializers.IPAddressField(required=False, allow_null=True)
    topic = TopicIdField(source="topic_id", required=False, allow_null=True)

    class Meta:
        model = ConsentRecord
        fields: ClassVar = [
            "id",
            "purpose",
            "topic",
            "state",
            "at",
            "source",
            "reference",
            "text",
            "language",
            "ip",
            "recorded_at",
        ]
        read_only_fields: ClassVar = ["recorded_at"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check texts as everywhere; nobody agrees in the future."""
        if at := attrs.get("at"):
            _check_time(at)
        about_email = attrs["purpose"] == Purpose.EMAIL
        for name, given in (("topic", attrs.get("topic_id")), ("state", _is_pending(attrs))):
            if given and not about_email:
                message = _("This goes with email_marketing alone.")
                raise serializers.ValidationError({name: message}, "not_allowed")
        for name, check in CHECKS.items():
            attrs[name] = checked_in(name, check, attrs.get(name, ""))
        return attrs

    def to_representation(self, instance: ConsentRecord) -> dict[str, Any]:
        """Leave the topic empty where there is none."""
        shown: dict[str, Any] = super().to_representation(instance)
        return {**shown, "topic": shown["topic"] if instance.topic_id else None}


def source_of(request: Request, named: str = "") -> str:
    """Return who says so: the token or the user, and what the client names as its source."""
    token = getattr(request.auth, "pk", None)
    who = f"api:{token}" if token else f"user:{request.user.pk}"
    return f"{who} {named}".strip()


def _check_time(at: datetime) -> None:
    now = clock.now()
    if at > now + AHEAD:
        raise serializers.ValidationError({"at": _("This lies in the future.")}, "in_the_future")
    if at < now - OLDEST:
        message = _("This is more than 10 years ago.")
        raise serializers.ValidationError({"at": message}, "too_old")


def _is_pending(attrs: dict[str, Any]) -> bool:
    return bool(attrs["state"] == ConsentState.PENDING)


def _check_address(contact: int) -> None:
    """Refuse to ask somebody whom no mail can ask: it would hang for ever."""
    if not Contact.objects.filter(pk=contact, email_key__isnull=False).exists():
        message = _("There is no email address that could be asked.")
        raise serializers.ValidationError({"state": message}, "no_address")


@endpoint("contacts/<int:number>/consents", name="contact-consents")
class Consents(ListView):
    """Proof, newest first; it is only ever appended."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(responses=ConsentSerializer(many=True))
    def get(self, request: Request, number: int) -> Response:
        """List what was said."""
        rows = ConsentRecord.objects.filter(contact_id=find_contact(self.caller, number, "view"))
        return self.answer_list(rows, self.paging(), ConsentSerializer)

    @extend_schema(request=ConsentSerializer, responses={201: ConsentSerializer})
    def post(self, request: Request, number: int) -> Response:
        """Append what was said."""
        contact = find_contact(self.caller, number, "edit")
        body = ConsentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        now = clock.now()
        values: dict[str, Any] = body.validated_data
        if _is_pending(values):
            _check_address(contact)
        proof = Proof(
            purpose=values["purpose"],
            state=values["state"],
            source=source_of(request, values["source"]),
            # Their clock may be ahead, and what is said next must be later.
            at=min(values.get("at") or now, now),
            text=values["text"],
            ip=values.get("ip"),
            reference=values["reference"],
            language=values["language"],
            topic=values.get("topic_id") or 0,
        )
        consent.give([contact], proof, now)
        row = ConsentRecord.objects.filter(contact_id=contact).latest("id")
        return Response(ConsentSerializer(row).data, status=201)

    def known_parameters(self) -> tuple[str, ...]:
        """Only reading is paged."""
        return tuple(super().known_parameters()) if self.request.method == "GET" else ()


@endpoint("contacts/<int:number>/do-not-contact/<str:channel>", name="contact-channel")
class Closed(ApiView):
    """A channel by which a contact is not to be reached."""

    kind = "contacts"
    verbs: ClassVar = {"put": "edit", "delete": "edit"}

    @extend_schema(request=ClosedSerializer, responses=ClosedSerializer)
    def put(self, request: Request, number: int, channel: str) -> Response:
        """Close it."""
        contact = self._contact(number, channel)
        body = ClosedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        consent.close([contact], channel, values["reason"], values["comment"], clock.now())
        row = DoNotContact.objects.get(contact_id=contact, channel=channel, reason=values["reason"])
        return Response(ClosedSerializer(row).data)

    @extend_schema(
        responses={204: None},
        parameters=[OpenApiParameter("reason", str, enum=Reason.values, description=ONE_REASON)],
    )
    def delete(self, request: Request, number: int, channel: str) -> Response:
        """Open it again: whatever closed it, or one reason alone."""
        contact = self._contact(number, channel)
        reason = request.query_params.get("reason")
        if reason is not None and reason not in Reason.values:
            raise Refused(_("There is no such reason."), "invalid_choice", "reason")
        lifted = None if reason is None else [reason]
        if not consent.reopen([contact], channel, "", clock.now(), lifted):
            raise NotFound
        return Response(status=204)

    def known_parameters(self) -> tuple[str, ...]:
        """Only opening names a reason."""
        return ("reason",) if self.request.method == "DELETE" else ()

    def _contact(self, number: int, channel: str) -> int:
        if channel not in Channel.values:
            raise NotFound
        return find_contact(self.caller, number, "edit")
