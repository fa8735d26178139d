"""`form-submissions`: what was sent."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers

from api.fields import IdField, MomentField, QueryFilter
from api.routers import resource
from api.serializers import Serializer
from api.views import ResourceViews
from forms.models import Submission
from forms.services import people


class SubmissionSerializer(Serializer):
    """What somebody sent: answers by the names of fields, as far as you may read them."""

    id = IdField(source="pk", read_only=True)
    form = IdField(source="form_id", read_only=True)
    contact = IdField(source="contact_id", read_only=True, allow_null=True)
    form_version = serializers.IntegerField(source="version.number", read_only=True)
    sent_at = MomentField(read_only=True)
    answers = serializers.SerializerMethodField()
    proof = serializers.CharField(
        read_only=True, help_text="`new`, `client`, `colleague`, or empty: nothing was written."
    )
    page = serializers.CharField(read_only=True)
    language = serializers.CharField(read_only=True)
    done_at = MomentField(read_only=True, allow_null=True)
    problem = serializers.CharField(read_only=True)

    def get_answers(self, row: Submission) -> dict[str, Any]:
        """Return answers by the names of fields."""
        return people.flat(people.fields_of([row.version]), row)


@resource("form-submissions")
class SubmissionViews(ResourceViews[Submission]):
    """What was sent by forms you may see, of contacts you may see."""

    kind = "forms"
    http_method_names = ["get", "delete", "head", "options"]
    queryset = Submission.objects.select_related("version")
    serializer_class = SubmissionSerializer
    sorts = ("sent_at",)
    filters: ClassVar = {
        "form": QueryFilter(IdField(), "form_id"),
        "contact": QueryFilter(IdField(), "contact_id"),
        "after": QueryFilter(MomentField(), "sent_at__gte"),
        "before": QueryFilter(MomentField(), "sent_at__lt"),
    }
    owner = "form__owner"

    def get_queryset(self) -> QuerySet[Submission]:
        """Return what the caller may read."""
        return people.seen(self.caller).select_related("version")
