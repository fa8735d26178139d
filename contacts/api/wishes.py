"""How often, when and from which day on a contact wants to hear from us on a channel."""

from datetime import time
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import in_reach
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.consents import find_contact
from contacts.models import ChannelWish
from contacts.services import consent
from contacts.words import Channel, Period


class FrequencySerializer(Serializer):
    """At most so many messages a period, in the place of the workspace's general rules."""

    max = serializers.IntegerField(source="most", min_value=1, max_value=1_000)
    per = serializers.ChoiceField(Period.choices)


class HourField(serializers.TimeField):
    """A time of day, to the minute."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M", "%H:%M:%S"], **kwargs)


class QuietSerializer(Serializer):
    """Hours of the contact's own day without messages."""

    def get_fields(self) -> dict[str, Any]:
        """Name the ends; `from` is a word of the language."""
        return {"from": HourField(source="quiet_from"), "to": HourField(source="quiet_to")}

    def validate(self, attrs: dict[str, time]) -> dict[str, time]:
        """Refuse hours that never end."""
        if attrs["quiet_from"] == attrs["quiet_to"]:
            message = _("Quiet hours end at another time than they begin.")
            raise serializers.ValidationError({"to": message}, "invalid")
        return attrs


class WishSerializer(Serializer):
    """A contact's own rules for a channel; what is null follows the workspace."""

    frequency = FrequencySerializer(required=False, allow_null=True)
    quiet_hours = QuietSerializer(required=False, allow_null=True)
    pause_until = serializers.DateField(
        validators=[in_reach],
        required=False,
        allow_null=True,
        help_text=str(_("The day on which messages may come again, in the contact's time zone.")),
    )

    def to_representation(self, instance: ChannelWish | None) -> dict[str, Any]:
        """Write what is set."""
        shown: dict[str, Any] = dict.fromkeys(("frequency", "quiet_hours", "pause_until"))
        if instance is None:
            return shown
        if instance.most:
            shown["frequency"] = {"max": instance.most, "per": instance.per}
        if instance.quiet_from and instance.quiet_to:
            hours = instance.quiet_from, instance.quiet_to
            begins, ends = (hour.isoformat("minutes") for hour in hours)
            shown["quiet_hours"] = {"from": begins, "to": ends}
        if instance.pause_until:
            shown["pause_until"] = instance.pause_until.isoformat()
        return shown


@endpoint("contacts/<int:number>/wishes/<str:channel>", name="contact-wishes")
class Wishes(ApiView):
    """What a contact wishes for a channel."""

    kind = "contacts"
    verbs: ClassVar = {"put": "edit", "delete": "edit"}

    @extend_schema(responses=WishSerializer)
    def get(self, request: Request, number: int, channel: str) -> Response:
        """Show it."""
        contact = self._contact(number, channel, "view")
        row = ChannelWish.objects.filter(contact_id=contact, channel=channel).first()
        return Response(WishSerializer(row).to_representation(row))

    @extend_schema(request=WishSerializer, responses=WishSerializer)
    def put(self, request: Request, number: int, channel: str) -> Response:
        """Set it whole: what is not given follows the workspace again."""
        contact = self._contact(number, channel, "edit")
        body = WishSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        values = body.validated_data
        parts = {**(values.get("frequency") or {}), **(values.get("quiet_hours") or {})}
        consent.wish(contact, channel, {**parts, "pause_until": values.get("pause_until")})
        row = ChannelWish.objects.filter(contact_id=contact, channel=channel).first()
        return Response(WishSerializer(row).to_representation(row))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, number: int, channel: str) -> Response:
        """Follow the workspace again."""
        consent.wish(self._contact(number, channel, "edit"), channel, {})
        return Response(status=204)

    def _contact(self, number: int, channel: str, verb: str) -> int:
        if channel not in Channel.values:
            raise NotFound
        return find_contact(self.caller, number, verb)
