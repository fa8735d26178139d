"""`merges`: several contacts become one; who became whom, and what was lost by it."""

from typing import Any, ClassVar

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.fields import IdField, MomentField, QueryFilter
from api.lists import ListView
from api.routers import endpoint
from api.serializers import ModelSerializer, Serializer
from api.trail import Trail
from contacts.api.shapes import ContactSerializer
from contacts.models import Contact, Merge
from contacts.services.comparing import compared, moving
from contacts.services.merge import Wish, shown, survivor
from contacts.services.merging import MOST, chosen_ones, unite
from contacts.services.reading import flat
from kernel import clock
from kernel.permissions import narrow
from kernel.trail import Deed, note

REASON = "api"


class MergeAskedSerializer(Serializer):
    """Contacts that are one person: the one that stays, and those that become part of it."""

    winner = IdField()
    losers = serializers.ListField(child=IdField(), min_length=1, max_length=MOST - 1)
    values = serializers.DictField(
        child=IdField(),
        default=dict,
        help_text=_("By alias the contact whose value stays; of the others the winner's does."),
    )


class ComparedFieldSerializer(Serializer):
    """A field in which they differ."""

    field = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    values = serializers.DictField(help_text=_("Values by contact."))
    kept = IdField()


class MergePreviewSerializer(Serializer):
    """What merging would do."""

    differing = ComparedFieldSerializer(many=True)
    moves = serializers.DictField(child=serializers.IntegerField())


class MergeSerializer(ModelSerializer[Merge]):
    """That a contact became part of another one."""

    loser = IdField(source="loser_id")
    winner = IdField(source="winner_id")
    at = MomentField()
    user = IdField(source="user_id", allow_null=True)
    taken = serializers.ListField(child=serializers.CharField())
    lost = serializers.SerializerMethodField()

    class Meta:
        model = Merge
        fields: ClassVar = ["loser", "winner", "at", "user", "reason", "taken", "lost"]
        read_only_fields = fields

    def get_lost(self, merge: Merge) -> dict[str, Any]:
        """Return the lost values, but for what is kept from the caller."""
        return shown(merge.lost)


def _of_contact(rows: QuerySet[Merge], number: int) -> QuerySet[Merge]:
    """Its own merges, also where it is a loser itself."""
    return rows.filter(winner_id=survivor(number) or number)


@endpoint("merges")
class Merges(ListView):
    """Merges contacts, and tells which were merged."""

    kind = "contacts"
    verbs: ClassVar = {"post": "delete"}
    sorts = ("at",)
    default_sort = "-at"
    filters: ClassVar = {"contact": QueryFilter(IdField(), _of_contact, _("Id of a contact."))}

    def trail(self) -> Trail:
        """What is noted is told here, of the survivor."""
        return Trail.NOTHING

    @extend_schema(responses=MergeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Answer a page of what was merged into contacts the caller may see."""
        mine = narrow(Contact.objects.all(), self.caller, "contacts", "view")
        rows = Merge.objects.filter(winner_id__in=mine.values("pk")).annotate(id=F("loser_id"))
        return self.answer_list(self.filter_rows(rows), self.paging(), MergeSerializer)

    @extend_schema(request=MergeAskedSerializer, responses=ContactSerializer)
    def post(self, request: Request) -> Response:
        """Make one of them; asking again is harmless."""
        asked = _read(request)
        winner, now = asked["winner"], clock.now()
        left = chosen_ones(winner, asked["losers"], self.caller)
        unite(winner, left, asked["values"], Wish(self.caller.pk, REASON), now)
        if left:
            self._tell(winner, left)
        return Response(flat([winner])[0])

    def _tell(self, winner: int, losers: list[int]) -> None:
        told = {"losers": [str(loser) for loser in losers]}
        token = getattr(self.request.auth, "pk", None)
        address = self.request.META.get("REMOTE_ADDR", "")
        who: dict[str, Any] = {"user": self.caller.pk, "token": token, "address": address}
        deed = Deed("contacts", "merge", object=winner, path="merges", after=told, **who)
        note(deed, clock.now())


@endpoint("merges/preview")
class Preview(ApiView):
    """What merging would do."""

    kind = "contacts"
    verbs: ClassVar = {"post": "delete"}
    asks = True

    @extend_schema(request=MergeAskedSerializer, responses=MergePreviewSerializer)
    def post(self, request: Request) -> Response:
        """Say where the contacts differ, and what would move."""
        asked = _read(request)
        left = chosen_ones(asked["winner"], asked["losers"], self.caller)
        rows = compared([asked["winner"], *left])
        differing = [
            {
                "field": row.spec.alias,
                "label": str(row.spec.label),
                "values": {str(contact): value for contact, value in row.values.items()},
                "kept": str(row.kept),
            }
            for row in rows
            if row.differs
        ]
        return Response({"differing": differing, "moves": dict(moving(left))})


def _read(request: Request) -> dict[str, Any]:
    body = MergeAskedSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    asked: dict[str, Any] = body.validated_data
    return asked
