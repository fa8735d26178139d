"""`contacts/ID/interests`: what somebody is interested in, by category."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.models import Contact
from contacts.services.merge import survivor
from kernel import withholding
from kernel.permissions import narrow
from points.services import interests


class InterestSerializer(Serializer):
    """A category, and what was done with items of it: 1 for an opened email, 3 for a click."""

    category = IdField()
    name = serializers.CharField()
    points = serializers.IntegerField()


class InterestsSerializer(Serializer):
    """The most first; nobody's who objects to profiling."""

    results = InterestSerializer(many=True)


@endpoint("contacts/<int:number>/interests", name="contact-interests")
class OfContact(ApiView):
    """What somebody is interested in."""

    kind = "contacts"

    @extend_schema(operation_id="contact_interests", responses=InterestsSerializer)
    def get(self, request: Request, number: int) -> Response:
        """Add up a year of activity, by the categories of what it was about."""
        seen = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        contact = get_object_or_404(seen, pk=survivor(number) or number)
        found = [] if withholding.unprofiled([contact.pk]) else interests.of_contact(contact.pk)
        return Response(InterestsSerializer({"results": found}).data)
