"""The figures of a campaign, and the sources that are late, as answers show them."""

from rest_framework import serializers

from api.fields import MomentField
from api.serializers import Serializer


class StepFiguresSerializer(Serializer):
    """The figures of one step: `waiting` and `failed` as of now, all else of the time chosen.

    `came` arrived at it, `failures` were parked; `branches` are those of a split.
    """

    came = serializers.IntegerField()
    waiting = serializers.IntegerField()
    done = serializers.IntegerField()
    yes = serializers.IntegerField()
    no = serializers.IntegerField()
    not_measurable = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()
    failures = serializers.IntegerField()
    branches = serializers.DictField(child=serializers.IntegerField())


class LateSourceSerializer(Serializer):
    """A source of time whose question takes too long: `said` as the campaign says it.

    Who was due since `through` comes in once it is answered, by a date up to seven days late:
    `missed` says that some day came longer ago. It is asked next at `retry_at`.
    """

    said = serializers.CharField()
    failures = serializers.IntegerField()
    through = MomentField(allow_null=True)
    retry_at = MomentField(allow_null=True)
    missed = serializers.BooleanField()
    lacks_index = serializers.BooleanField()


class RemovedStepSerializer(Serializer):
    """A step that is drawn no more, as it was drawn last."""

    kind = serializers.CharField()
    key = serializers.CharField()
    title = serializers.CharField()


class StatisticsSerializer(Serializer):
    """The figures of a campaign: contacts that came, their visits, and who is on the way.

    `left` are ways that ended; `active` is as of now, whatever the time. `late_sources` let nobody
    in for now; `removed` tells what steps were that have figures and are not in the draft.
    """

    nodes = serializers.DictField(child=StepFiguresSerializer())
    removed = serializers.DictField(child=RemovedStepSerializer())
    contacts = serializers.IntegerField()
    visits = serializers.IntegerField()
    active = serializers.IntegerField()
    left = serializers.IntegerField()
    late_sources = LateSourceSerializer(many=True)
