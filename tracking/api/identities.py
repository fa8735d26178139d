"""`POST tracking/identities`: a token by which a site vouches for who is signed in there."""

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.models import Contact
from contacts.services.merge import survivor
from kernel import clock
from kernel.permissions import narrow
from tracking import visits


class IdentitySerializer(Serializer):
    """Who is signed in on the site."""

    contact = IdField()
    token = serializers.CharField(read_only=True)


@endpoint("tracking/identities")
class Identities(ApiView):
    """Signs who somebody is, for `relais('identify', token)`; good for a day."""

    kind = "contacts"
    verbs = {"post": "edit"}
    serializer_class = IdentitySerializer

    def post(self, request: Request) -> Response:
        """Sign for a contact the caller may change."""
        serializer = IdentitySerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        number = serializer.validated_data["contact"]
        number = survivor(number) or number
        mine = narrow(Contact.objects.all(), self.caller, "contacts", "edit")
        if not mine.filter(pk=number).exists():
            raise NotFound
        token = visits.identity(number, clock.now())
        return Response({"contact": str(number), "token": token}, 201)
