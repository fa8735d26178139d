"""`tasks`: what is to be done for contacts."""

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.fields import IdField, MomentField, QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer
from contacts.values import ValueProblem, checked
from desk.api.shapes import ContactFilter, ContactIdField, DeskViews, UserIdField
from desk.models import Task
from desk.services import checking, tasks
from desk.services.tasks import Draft
from desk.words import TaskKind
from kernel import clock

EXAMPLE = {
    "contact": "1204",
    "kind": "call",
    "title": "Ask about the offer",
    "due_at": "2026-12-01T09:00:00Z",
    "assignee": "7",
}


@extend_schema_serializer(examples=[OpenApiExample("A call", EXAMPLE, request_only=True)])
class TaskSerializer(ModelSerializer[Task]):
    """A task; done by `POST tasks/{id}/done`."""

    contact = ContactIdField()
    kind = serializers.ChoiceField(TaskKind.choices, required=False)
    title = serializers.CharField()
    text = serializers.CharField(required=False, allow_blank=True)
    due_at = MomentField(required=False, allow_null=True)
    assignee = UserIdField(required=False, allow_null=True)
    done_at = MomentField(read_only=True)
    done_by = UserIdField(read_only=True)

    class Meta:
        model = Task
        fields: ClassVar = [
            *("id", "contact", "kind", "title", "text", "due_at", "assignee"),
            *("done_at", "done_by", "version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]

    def validate_title(self, title: str) -> str:
        """Check the title."""
        return str(checked(checking.title, title))

    def validate_text(self, text: str) -> str:
        """Check the details."""
        return str(checked(checking.text, text))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Leave a task with its contact; give it to nobody who could not see it."""
        if isinstance(self.instance, Task):
            attrs.pop("contact", None)
        row = self.instance
        contact = row.contact_id if isinstance(row, Task) else attrs["contact"].pk
        try:
            checking.assignee(attrs.get("assignee"), contact)
        except ValueProblem as refused:
            raise serializers.ValidationError(
                {"assignee": refused.message}, refused.code
            ) from refused
        return attrs


@resource("tasks")
class TaskViews(DeskViews[Task]):
    """Tasks about contacts."""

    kind = "tasks"
    queryset = Task.objects.all()
    serializer_class = TaskSerializer
    sorts = ("created_at", "due_at")
    filters: ClassVar = {
        "contact": ContactFilter(),
        "assignee": QueryFilter(IdField(), "assignee_id"),
        "kind": QueryFilter(serializers.ChoiceField(TaskKind.values), "kind"),
        "open": QueryFilter(TruthField(), "done_at__isnull"),
        "due_before": QueryFilter(MomentField(planned=False), "due_at__lt"),
    }

    def create_one(self, values: dict[str, Any]) -> Task:
        """Make it, and tell that there is something to do."""
        assignee = values.get("assignee")
        draft = Draft(
            title=values["title"],
            kind=values.get("kind", TaskKind.TODO),
            text=values.get("text", ""),
            due_at=values.get("due_at"),
            assignee=assignee.pk if assignee else None,
        )
        made = tasks.create([values["contact"].pk], draft, clock.now())
        # Whoever makes one for others need not see it afterwards.
        if (row := Task.objects.filter(pk__in=made).first()) is None:
            raise Refused(_("There is no such contact."), "not_found", "contact")
        return row

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def done(self, request: Request, pk: str) -> Response:
        """Note that it is done; once more changes nothing."""
        return self._told(tasks.finish([self.get_object().pk], request.user, clock.now()))

    @extend_schema(request=None, responses=TaskSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Take it up again."""
        return self._told(tasks.reopen([self.get_object().pk], clock.now()))

    def _told(self, _changed: Any) -> Response:
        row = self.get_queryset().get(pk=self.kwargs["pk"])
        return Response(self.get_serializer(row).data)
