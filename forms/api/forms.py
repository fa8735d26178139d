"""`forms`: what is written, published, and sent by programs."""

from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict
from api.fields import DocumentField, MomentField, QueryFilter, TruthField
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.catalogue import catalogue
from forms.api.submissions import SubmissionSerializer
from forms.models import Form, Submission
from forms.services import changing, definition, people, publishing
from forms.services.accepting import Sending, accept
from forms.services.judging import judge
from kernel import clock, usage
from kernel.permissions import Reach
from kernel.registry import ConfigProblem, problem

EXAMPLE = {
    "name": "Newsletter",
    "alias": "newsletter",
    "content": {
        "title": "Stay in touch",
        "titles": {"fr": "Restons en contact"},
        "fields": [
            {
                "id": "f1",
                "kind": "email",
                "name": "email",
                "map": "email",
                "label": "Email",
                "labels": {"fr": "Adresse électronique"},
                "required": True,
            }
        ],
        "after": {"do": "message"},
    },
    "actions": [{"key": "tags.change", "config": {"add": ["newsletter"], "remove": []}}],
}


@extend_schema_serializer(examples=[OpenApiExample("Newsletter", EXAMPLE, request_only=True)])
class FormSerializer(ModelSerializer[Form]):
    """A form; visitors get it as it was when it was last published."""

    alias = serializers.SlugField(
        max_length=80, required=False, help_text=gettext_lazy("Its place on the web: /f/ALIAS.")
    )
    content = DocumentField(
        required=False,
        help_text=gettext_lazy("The draft: fields, texts, what follows, how it looks."),
    )
    actions = DocumentField(
        required=False,
        help_text=gettext_lazy("What is done for whoever sent it, each `key` and `config`."),
    )
    opens_at = MomentField(required=False, allow_null=True)
    closes_at = MomentField(required=False, allow_null=True)
    published = TruthField(source="is_published", read_only=True)
    changed = TruthField(
        source="has_changed",
        read_only=True,
        help_text=gettext_lazy("Whether the draft differs from what visitors get."),
    )
    address = serializers.SerializerMethodField(
        help_text=gettext_lazy("Where visitors find it once it is published.")
    )

    class Meta:
        model = Form
        fields: ClassVar = [
            *("id", "name", "alias", "description", "language", "content", "actions"),
            *("opens_at", "closes_at", "published", "changed", "address"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["created_at", "updated_at"]

    def get_address(self, row: Form) -> str:
        """Return the address of its page."""
        return f"{settings.SITE_URL}/f/{row.alias}"


class LackingSerializer(Serializer):
    """What keeps a draft from being published, by the id of a field."""

    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class LacksSerializer(Serializer):
    """All of it."""

    problems = LackingSerializer(many=True)


def _spoken(code: str) -> None:
    if code not in dict(settings.LANGUAGES):
        raise serializers.ValidationError(_("This language is not known."), "invalid_choice")


class SubmitSerializer(Serializer):
    """Answers by the names of fields; the same `token` again is the same submission."""

    answers = serializers.DictField()
    token = serializers.CharField(max_length=64)
    language = serializers.CharField(max_length=5, required=False, validators=[_spoken])
    page = serializers.URLField(required=False, max_length=2_000)


class FiguresSerializer(Serializer):
    """How often it was sent, and by how many contacts."""

    submissions = serializers.IntegerField()
    contacts = serializers.IntegerField()
    latest_at = MomentField(allow_null=True)


class _Answers(dict[str, Any]):
    """Answers of a program, read as those of a browser."""

    def getlist(self, name: str) -> list[Any]:
        found = self.get(name)
        return found if isinstance(found, list) else [] if found is None else [found]


@resource("forms")
class FormViews(ResourceViews[Form]):
    """Forms, with their draft; with one that is deleted goes what was sent by it."""

    kind = "forms"
    queryset = Form.objects.select_related("shown")
    serializer_class = FormSerializer
    sorts = ("name", "created_at", "updated_at")
    verbs: ClassVar = {
        "publish": "publish",
        "unpublish": "publish",
        "lacks": "view",
        "send": "view",
        "statistics": "view",
    }
    filters: ClassVar = {
        "name": QueryFilter(serializers.CharField(), "name__icontains"),
        "alias": QueryFilter(serializers.CharField(), "alias"),
        "published": QueryFilter(
            TruthField(), lambda rows, value: rows.filter(shown__isnull=not value)
        ),
    }

    def create_one(self, values: dict[str, Any]) -> Form:
        """Make a draft."""
        return changing.create(values, self.caller)

    def change_one(self, row: Form, values: dict[str, Any]) -> Form:
        """Change the draft; what visitors get stays until it is published."""
        row.version += 1
        return changing.change(row, values, self.caller)

    def delete_one(self, row: Form) -> None:
        """Delete it unless something names it."""
        usage.refuse_if_used("form", row.pk)
        Submission.objects.filter(form=row).delete()
        row.delete()

    @extend_schema(request=None, responses=FormSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Show the draft to visitors; unchanged, it stays the version it is."""
        row = self.get_object()
        publishing.publish(row, request.user, clock.now())
        return Response(self.get_serializer(row).data)

    @extend_schema(request=None, responses=FormSerializer)
    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, pk: str) -> Response:
        """Show it to nobody."""
        row = self.get_object()
        publishing.unpublish(row)
        return Response(self.get_serializer(row).data)

    @extend_schema(responses=LacksSerializer)
    @action(detail=True, methods=["get"])
    def lacks(self, request: Request, pk: str) -> Response:
        """Say what keeps the draft from being published."""
        return Response({"problems": definition.lacking(self.get_object().content)})

    @extend_schema(responses=FiguresSerializer)
    @action(detail=True, methods=["get"])
    def statistics(self, request: Request, pk: str) -> Response:
        """Count what was sent, as far as you may see it."""
        rows = people.seen(self.caller, self.get_object().pk)
        latest = rows.order_by("-pk").values_list("sent_at", flat=True).first()
        known = rows.filter(contact_id__isnull=False).values("contact_id").distinct().count()
        told = {"submissions": rows.count(), "contacts": known, "latest_at": latest}
        return Response(FiguresSerializer(told).data)

    @extend_schema(
        request=SubmitSerializer, responses={201: SubmissionSerializer, 200: SubmissionSerializer}
    )
    @action(detail=True, methods=["post"], url_path="submissions")
    def send(self, request: Request, pk: str) -> Response:
        """Send it for somebody: who may edit contacts writes to those that are known, too."""
        row = self.get_object()
        if self.caller.reach("contacts", "edit") is not Reach.ALL:
            self.permission_denied(request)
        if row.shown is None:
            raise Conflict(_("This form is not published."), "not_published")
        body = SubmitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        told: dict[str, Any] = body.validated_data
        row.shown.form = row
        judged = judge(row.shown.fields, _Answers(told["answers"]), catalogue())
        if judged.problems:
            names = {one["id"]: one.get("name", "") for one in row.shown.fields}
            raise ConfigProblem(
                [
                    problem(f"answers.{names[key]}", "invalid", said)
                    for key, said in judged.problems.items()
                ]
            )
        sending = Sending(
            token=told["token"],
            language=told.get("language", ""),
            page=told.get("page", ""),
            client=True,
        )
        made, is_new = accept(row.shown, judged, sending, clock.now())
        context = {"request": request, "view": self}
        shown = SubmissionSerializer(made, context=context).data
        return Response(shown, status=201 if is_new else 200)
