"""`duplicates`: contacts that are likely one person, merged by a job or told apart."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict, Refused
from api.fields import IdField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.actions import JobSerializer
from contacts.models import Contact
from contacts.services import duplicates, merging_duplicates
from contacts.services.merging_duplicates import KEEPS
from kernel import clock
from kernel.filters.questions import too_slow, within_time
from kernel.permissions import narrow
from kernel.queues import hint_on_commit

PAGE = 50
# As on the page.
USUAL = "email"


class DuplicateGroupSerializer(Serializer):
    """Contacts that share a value."""

    contacts = serializers.ListField(child=IdField())


class DuplicatesSerializer(Serializer):
    """A page of groups."""

    results = DuplicateGroupSerializer(many=True)
    next = serializers.CharField(allow_null=True)


class MergeDuplicatesSerializer(Serializer):
    """By what duplicates are known, and who of each group stays."""

    by = serializers.CharField()
    keep = serializers.ChoiceField(KEEPS, default="oldest")
    dry = TruthField(default=False)


class ApartSerializer(Serializer):
    """Different people, whatever they share."""

    contacts = serializers.ListField(
        child=IdField(), min_length=2, max_length=duplicates.MOST_APART
    )


def _known(by: str) -> str:
    ways = duplicates.ways()
    if by not in ways:
        message = _("Duplicates cannot be looked for by this, but by: %(ways)s.")
        raise Refused(message % {"ways": ", ".join(ways)}, "unknown_field", "by")
    return by


@endpoint("duplicates")
class Duplicates(ApiView):
    """Groups of contacts that share a value."""

    kind = "contacts"
    verbs: ClassVar = {"get": "delete"}
    parameters = ("by", "cursor")

    @extend_schema(
        parameters=[OpenApiParameter("by", str, default=USUAL), OpenApiParameter("cursor", str)],
        responses=DuplicatesSerializer,
    )
    def get(self, request: Request) -> Response:
        """Answer a page of groups, of contacts the caller may merge."""
        by, after = (
            _known(request.query_params.get("by", USUAL)),
            request.query_params.get("cursor"),
        )
        if after and not duplicates.is_place(after):
            raise Refused(_("This cursor is not valid."), "invalid_cursor", "cursor")
        with within_time(too_slow):
            found, following = duplicates.groups(by, self.caller, after or "", PAGE)
        rows = [{"contacts": [str(contact) for contact in group.contacts]} for group in found]
        return Response({"results": rows, "next": following})


@endpoint("duplicates/merge")
class MergeDuplicates(ApiView):
    """Merges all duplicates, or counts them."""

    kind = "contacts"
    verbs: ClassVar = {"post": "delete"}

    @extend_schema(request=MergeDuplicatesSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Queue the job; its progress tells `groups` and `contacts`."""
        body = MergeDuplicatesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        by = _known(asked["by"])
        try:
            job = merging_duplicates.start(
                by, asked["keep"], dry=asked["dry"], user_id=self.caller.pk
            )
        except merging_duplicates.UnderWay as answer:
            raise Conflict(str(answer), "in_progress") from answer
        hint_on_commit("kernel.jobs")
        return Response(JobSerializer(job).data, 202)


@endpoint("duplicates/apart")
class Apart(ApiView):
    """Tells contacts apart."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=ApartSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        """Keep that these are different people."""
        body = ApartSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked = set(body.validated_data["contacts"])
        mine = narrow(Contact.objects.filter(pk__in=asked), self.caller, "contacts", "edit")
        if mine.count() < len(asked):
            raise Refused(_("There is no such contact."), "not_found", "contacts")
        duplicates.tell_apart(asked, clock.now())
        return Response(status=204)
