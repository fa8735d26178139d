"""How a contact looks in answers: flat, read for a whole page in one statement."""

from collections.abc import Iterable
from typing import Any, ClassVar

from rest_framework import serializers

from api import representations
from api.fields import IdField, MomentField, TruthField
from api.serializers import ModelSerializer, Serializer
from contacts.models import Contact
from contacts.services.reading import flat
from contacts.words import Channel, ConsentState, Ground, Purpose, Reason


class NamedSerializer(Serializer):
    """Something with a name."""

    id = IdField()
    name = serializers.CharField()


class CompanyOfContactSerializer(NamedSerializer):
    """A company the contact belongs to."""

    primary = TruthField()
    role = serializers.CharField()


class ClosedSerializer(Serializer):
    """A channel the contact must not be reached by."""

    channel = serializers.ChoiceField(Channel.choices, read_only=True)
    reason = serializers.ChoiceField(
        [choice for choice in Reason.choices if choice[0] != Reason.SOFT_BOUNCE],
        default=Reason.MANUAL,
    )
    comment = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    at = MomentField(read_only=True)


class AgreedSerializer(Serializer):
    """A consent in force."""

    purpose = serializers.ChoiceField(Purpose.choices)
    topic = IdField(allow_null=True)
    state = serializers.ChoiceField(ConsentState.choices)
    at = MomentField()


class BounceSerializer(Serializer):
    """How the address bounced."""

    state = serializers.ChoiceField(["hard", "soft"])
    at = MomentField()
    diagnostic = serializers.CharField()


class RestrictionSerializer(Serializer):
    """That the processing of somebody's data is restricted."""

    ground = serializers.ChoiceField(Ground.choices)
    comment = serializers.CharField(max_length=1_000, allow_blank=True, default="")
    at = MomentField(read_only=True)


class ContactList(serializers.ListSerializer[Any]):
    """A page of contacts."""

    def to_representation(self, data: Iterable[Any]) -> list[dict[str, Any]]:  # type: ignore[override]
        """Read all of them at once."""
        fields = getattr(self.context.get("view"), "known_fields", None)
        return flat((row.pk for row in data), fields)


class ContactSerializer(ModelSerializer[Contact]):
    """A contact; custom fields stand beside the others by their alias."""

    company = serializers.CharField(help_text="Name; found or created.", allow_null=True)
    stage = NamedSerializer(allow_null=True)
    owner = NamedSerializer(allow_null=True)
    points = serializers.IntegerField(read_only=True)
    activity_rank = serializers.IntegerField(read_only=True, allow_null=True)
    last_active_at = MomentField(read_only=True, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField())
    do_not_contact = ClosedSerializer(many=True, read_only=True)
    bounce = BounceSerializer(read_only=True, allow_null=True)
    consents = AgreedSerializer(many=True, read_only=True)
    restriction = RestrictionSerializer(read_only=True, allow_null=True)
    companies = CompanyOfContactSerializer(many=True, read_only=True)

    class Meta:
        model = Contact
        list_serializer_class = ContactList
        fields: ClassVar = [
            "id",
            "email",
            "title",
            "first_name",
            "last_name",
            "phone",
            "mobile",
            "position",
            "company",
            "address",
            "city",
            "region",
            "postcode",
            "country",
            "locale",
            "timezone",
            "website",
            "linkedin",
            "facebook",
            "x",
            "instagram",
            "attribution",
            "preferred_channel",
            "points",
            "activity_rank",
            "last_active_at",
            "created_at",
            "updated_at",
            "stage",
            "owner",
            "tags",
            "do_not_contact",
            "bounce",
            "consents",
            "restriction",
            "companies",
            "version",
        ]

    def to_representation(self, instance: Contact) -> dict[str, Any]:
        """Show one contact."""
        return flat([instance.pk])[0]


representations.declare("contact", ContactSerializer)
