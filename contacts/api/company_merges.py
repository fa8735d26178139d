"""`companies/merge`: several companies become one."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from api.trail import Trail
from contacts.api.actions import JobSerializer
from contacts.services.company_merge import MOST, chosen_ones, start
from kernel import clock
from kernel.queues import hint_on_commit
from kernel.trail import Deed, note


class MergeCompaniesSerializer(Serializer):
    """Companies that are one: the one that stays, and those that become part of it."""

    winner = IdField()
    losers = serializers.ListField(child=IdField(), min_length=1, max_length=MOST - 1)


@endpoint("companies/merge")
class MergeCompanies(ApiView):
    """Has companies become one by a job; their ids and names lead to the one that stays at once."""

    kind = "companies"
    verbs: ClassVar = {"post": "delete"}

    def trail(self) -> Trail:
        """What is noted is told here, of the one that stays."""
        return Trail.NOTHING

    @extend_schema(request=MergeCompaniesSerializer, responses={202: JobSerializer})
    def post(self, request: Request) -> Response:
        """Answer with the job; 409 where all of it was done before."""
        body = MergeCompaniesSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        winner, now = asked["winner"], clock.now()
        left = chosen_ones(winner, asked["losers"], self.caller)
        job = start(winner, left, now, self.caller.pk)
        if job is None:
            raise Conflict(_("These companies are one already."), "already_merged")
        hint_on_commit("kernel.jobs")
        note(self._deed(winner, left), now)
        return Response(JobSerializer(job).data, status=202)

    def _deed(self, winner: int, losers: list[int]) -> Deed:
        token = getattr(self.request.auth, "pk", None)
        address = self.request.META.get("REMOTE_ADDR", "")
        who: dict[str, Any] = {"user": self.caller.pk, "token": token, "address": address}
        told = {"losers": [str(loser) for loser in losers]}
        return Deed("companies", "merge", object=winner, path="companies/merge", after=told, **who)
