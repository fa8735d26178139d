"""Looking ahead: one contact's way on a simulated clock, and whom publishing would let in."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any, ClassVar

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import DocumentField, DurationField, IdField, MomentField, TruthField
from api.routers import endpoint
from api.serializers import Serializer
from campaigns.api.behind import CAMPAIGN, CampaignPart
from campaigns.services import coming, foreseeing, rehearsing
from campaigns.services.publishing import NotPossible
from campaigns.services.rehearsing import LATEST, Question, Told
from campaigns.services.simulated import Answer
from contacts.models import Contact
from kernel import clock
from kernel.filters.questions import within_time
from kernel.partitions import ensure_ahead, have_room
from kernel.permissions import narrow

MOST_ANSWERS = 500
# What one question of the outlook may take.
PATIENCE_MS = 5_000
EXAMPLE = {
    "person": {"email": "claire@example.org", "timezone": "Europe/Paris"},
    "start": "2026-11-22T08:00:00Z",
    "answers": {"opened": {"way": "yes", "after": "2h"}},
}


class AnswerSerializer(Serializer):
    """What happens at a step (`yes`, `no`, a branch of a split), and how long after the arrival."""

    way = serializers.CharField(max_length=64)
    after = DurationField(required=False)


class SimulateSerializer(Serializer):
    """Who goes through which version, from when on; a contact, or somebody made up."""

    version = serializers.ChoiceField(["draft", "published"], default="draft")
    contact = IdField(required=False)
    person = DocumentField(required=False)
    tags = serializers.ListField(child=serializers.CharField(), max_length=100, required=False)
    start = MomentField(required=False)
    answers = serializers.DictField(child=AnswerSerializer(), required=False)


class HindranceSerializer(Serializer):
    """What keeps a step from taking effect; `until`: it only waits that long."""

    code = serializers.CharField()
    words = serializers.CharField()
    until = MomentField(allow_null=True)


class MomentSerializer(Serializer):
    """One step of the way; `at` is missing while it waits."""

    step = serializers.CharField()
    number = serializers.IntegerField()
    arrived_at = MomentField()
    at = MomentField(allow_null=True)
    outcome = serializers.CharField()
    branch = serializers.CharField()
    to = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    hindrance = HindranceSerializer(allow_null=True)


class KeptOutSerializer(Serializer):
    """Why the rules of entry would keep the contact out."""

    code = serializers.CharField()
    words = serializers.CharField()


class WaySerializer(Serializer):
    """What would become of the contact; times are to be shown in `zone`.

    `enters_at`: when a source that follows time leads them in next.
    """

    name = serializers.CharField()
    zone = serializers.CharField()
    kept_out = KeptOutSerializer(allow_null=True)
    enters_at = MomentField(allow_null=True)
    moments = MomentSerializer(many=True)
    ended = serializers.CharField()
    ended_at = MomentField(allow_null=True)
    titles = serializers.DictField(child=serializers.CharField())


@endpoint(f"{CAMPAIGN}/simulate", "campaign-simulate")
class Simulate(CampaignPart):
    """One contact's way, on a clock of its own: nothing is written, nothing is sent."""

    asks = True
    verbs: ClassVar = {"post": "view"}

    @extend_schema(
        request=SimulateSerializer,
        responses=WaySerializer,
        examples=[OpenApiExample("Made up", EXAMPLE, request_only=True)],
    )
    def post(self, request: Request, pk: str) -> Response:
        """Simulate the draft, or what runs."""
        campaign = self.campaign()
        body = SimulateSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        values: dict[str, Any] = body.validated_data
        self.owner()
        self._refuse(values)
        answers: dict[str, Any] = values.get("answers", {})
        question = Question(
            campaign,
            values.get("start") or clock.now(),
            chosen=values.get("start") is not None,
            contact=values.get("contact"),
            person=values.get("person") or {},
            tags=values.get("tags") or [],
            published=values["version"] == "published",
            answers={
                step: Answer(answer["way"], answer.get("after", timedelta(0)))
                for step, answer in answers.items()
            },
        )
        try:
            return Response(WaySerializer(_shown(rehearsing.simulate(question, self.caller))).data)
        except NotPossible as error:
            raise Conflict(error.message, error.code) from error

    def _refuse(self, values: dict[str, Any]) -> None:
        """Refuse contacts the caller may not see, and times without room."""
        if number := values.get("contact"):
            if values.get("person") or values.get("tags"):
                raise Refused(_("Name a contact, or make one up."), "contradiction", "person")
            rows = Contact.objects.filter(pk=number)
            get_object_or_404(narrow(rows, self.caller, "contacts", "view"))
        if not isinstance(values.get("person", {}), dict):
            raise Refused(_("An object is expected."), "invalid", "person")
        if len(values.get("answers", {})) > MOST_ANSWERS:
            raise Refused(_("This is too much at once."), "too_many", "answers")
        start = values.get("start")
        if start is not None and abs(start - clock.now()) > LATEST:
            raise Refused(_("A day within two months is expected."), "out_of_range", "start")
        # Tables of these months are made here if they lack: within the simulation none may be.
        ensure_ahead(clock.now())
        if start is not None and not have_room(start):
            message = _("So far back there is no room for events: choose a later day.")
            raise Refused(message, "out_of_range", "start")


class OutSerializer(KeptOutSerializer):
    """How many stay out, or would not be reached, and why."""

    count = serializers.IntegerField()


class StepOutlookSerializer(Serializer):
    """Whom a step would reach now, of those who come in."""

    step = serializers.CharField()
    reached = serializers.IntegerField()
    hindered = OutSerializer(many=True)


class AheadSerializer(Serializer):
    """How many time leads in within so many days, if nothing else happens."""

    days = serializers.IntegerField()
    enters = serializers.IntegerField()


class ResumedSerializer(Serializer):
    """After a pause: how many are on the way, and for how many a step is due at once."""

    people = serializers.IntegerField()
    at_once = serializers.IntegerField()


class OutlookSerializer(Serializer):
    """Whom publishing the draft would let in at once, and in the days to come, and who goes on."""

    enters = serializers.IntegerField()
    out = OutSerializer(many=True)
    steps = StepOutlookSerializer(many=True)
    ahead = AheadSerializer(allow_null=True)
    resumes = ResumedSerializer(allow_null=True)
    hints = KeptOutSerializer(many=True)


@endpoint(f"{CAMPAIGN}/outlook", "campaign-outlook")
class Outlook(CampaignPart):
    """What publishing the draft now would begin with; nothing is published."""

    parameters = ("catch_up",)

    @extend_schema(
        responses=OutlookSerializer,
        parameters=[OpenApiParameter("catch_up", bool)],
    )
    def get(self, request: Request, pk: str) -> Response:
        """Count who enters, who stays out, and whom the steps would not reach."""
        campaign = self.campaign()
        self.owner()
        catch_up = TruthField().run_validation(request.query_params.get("catch_up", "false"))
        try:
            with within_time(_too_slow, PATIENCE_MS):
                now = clock.now()
                told = foreseeing.outlook(campaign, now, user=self.caller, catch_up=catch_up)
        except foreseeing.TooSlow as slow:
            raise _too_slow() from slow
        steps = [
            {
                "step": step.step,
                "reached": step.reached,
                "hindered": [
                    {"code": why.code, "words": why.words, "count": count}
                    for why, count in step.hindered.items()
                ],
            }
            for step in told.steps
        ]
        out = [
            {"code": why, "words": foreseeing.said(why), "count": count}
            for why, count in told.out.items()
        ]
        ahead = None
        if told.ahead is not None:
            ahead = {"days": coming.AHEAD_DAYS, "enters": told.ahead}
        hints = [{"code": code, "words": words} for code, words in foreseeing.hints(campaign)]
        answer = {"enters": told.enters, "out": out, "steps": steps}
        resumes = asdict(told.resumed) if told.resumed else None
        return Response(answer | {"ahead": ahead, "resumes": resumes, "hints": hints})


def _too_slow() -> Refused:
    return Refused(_("Who comes in could not be counted in time."), "too_slow")


def _shown(told: Told) -> dict[str, Any]:
    why = told.kept_out
    return {
        "name": told.name,
        "zone": told.zone,
        "kept_out": {"code": why, "words": foreseeing.said(why)} if why else None,
        "enters_at": told.enters_at,
        "moments": told.way.moments,
        "ended": told.way.ended,
        "ended_at": told.way.ended_at,
        "titles": told.titles,
    }
