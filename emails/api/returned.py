"""`mail-sources` and `returned-mail`: where it comes from, and what nobody understood."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Refused
from api.fields import IdField, MomentField, QueryFilter, TruthField
from api.limits import too_many
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.trail import Trail
from api.views import ResourceViews
from contacts.models import Contact
from contacts.services.merge import followed
from emails.models import MailSource, ReturnedMail
from emails.returned.reading import Kind
from emails.services import looking, quarantine, sources
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import narrow

EXAMPLE = {
    "name": "Bounces",
    "way": "imap",
    "host": "imap.example.com",
    "port": 993,
    "security": "tls",
    "user": "bounces@example.com",
    "secret": "…",
    "folder": "INBOX",
    "after": "delete",
    "active": True,
}


@extend_schema_serializer(examples=[OpenApiExample("A mailbox", EXAMPLE, request_only=True)])
class MailSourceSerializer(ModelSerializer[MailSource]):
    """A mailbox, a folder, or posts of a mail server."""

    active = TruthField(required=False)
    secret = serializers.CharField(
        required=False,
        write_only=True,
        max_length=500,
        trim_whitespace=False,
        help_text=_("Password, or what posts are signed with. Written, never read."),
    )
    secret_at = MomentField(read_only=True, allow_null=True)
    looked_at = MomentField(read_only=True, allow_null=True)
    failed_at = MomentField(read_only=True, allow_null=True)
    created_at = MomentField(read_only=True)
    updated_at = MomentField(read_only=True)

    class Meta:
        model = MailSource
        fields: ClassVar = [
            *("id", "name", "way", "active", "host", "port", "security", "user", "secret"),
            *("secret_at", "folder", "after", "looked_at", "failed_at", "trouble"),
            *("version", "created_at", "updated_at"),
        ]
        read_only_fields: ClassVar = ["trouble"]


class SourceTestedSerializer(Serializer):
    """What came of a test."""

    works = serializers.BooleanField()
    words = serializers.CharField()


@resource("mail-sources")
class MailSourceViews(ResourceViews[MailSource]):
    """Where returned mail comes from."""

    kind = "preferences"
    owner = None
    queryset = MailSource.objects.all()
    serializer_class = MailSourceSerializer
    sorts = ("name", "created_at")
    verbs: ClassVar = {
        "create": "edit",
        "update": "edit",
        "partial_update": "edit",
        "destroy": "edit",
        "test": "edit",
    }

    @property
    def calls_out(self) -> bool:  # type: ignore[override]
        """Hold no lock while the other server is waited for."""
        return getattr(self, "action", None) == "test"

    def create_one(self, values: dict[str, Any]) -> MailSource:
        """Make it; it is looked at within a minute."""
        return self._keep(MailSource(), values)

    def change_one(self, row: MailSource, values: dict[str, Any]) -> MailSource:
        """Change it; a secret that is left out stays, unless another server would get it."""
        row.version, row.updated_at = row.version + 1, clock.now()
        return self._keep(row, values)

    def _keep(self, row: MailSource, values: Mapping[str, Any]) -> MailSource:
        sources.take(row, values)
        row.save()
        return row

    @extend_schema(request=None, responses=SourceTestedSerializer)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        """Sign in and count, changing nothing."""
        row = self.get_queryset().filter(pk=read_id(pk) or 0).first()
        if row is None:
            raise NotFound
        try:
            came = looking.test(row, self.caller)
        except looking.TooOften:
            raise too_many(clock.now().timestamp()) from None
        return Response(SourceTestedSerializer(came).data)


class QuarantinedSerializer(ModelSerializer[ReturnedMail]):
    """A message nobody could make sense of; `text` is what it says, as plain text."""

    mail_source = IdField(source="source_id", read_only=True)
    text = serializers.SerializerMethodField()
    received_at = MomentField(read_only=True)

    class Meta:
        model = ReturnedMail
        fields: ClassVar = [
            *(
                "id",
                "mail_source",
                "kind",
                "why",
                "sender",
                "subject",
                "size",
                "received_at",
                "text",
            )
        ]
        read_only_fields = fields

    def get_text(self, row: ReturnedMail) -> str:
        """Read it; lists leave it out."""
        return quarantine.text_of(row) if self.context["view"].action != "list" else ""


class SortedSerializer(Serializer):
    """What a message is, and of whom: it is about the last mail that contact was sent."""

    kind = serializers.ChoiceField([(kind.value, kind.label) for kind in quarantine.FILED_AS])
    contact = IdField()


@resource("returned-mail")
class QuarantineViews(ResourceViews[ReturnedMail]):
    """Returned mail that waits for somebody to say what it is."""

    kind = "returned_mail"
    owner = None
    queryset = ReturnedMail.objects.filter(state="held")
    serializer_class = QuarantinedSerializer
    http_method_names = ["get", "head", "post", "delete"]
    sorts = ("received_at",)
    verbs: ClassVar = {"create": "edit", "destroy": "edit", "sort": "edit"}
    filters: ClassVar = {
        "why": QueryFilter(serializers.ChoiceField(ReturnedMail.Why.choices), "why"),
        "kind": QueryFilter(serializers.ChoiceField(Kind.choices), "kind"),
    }

    def trail(self) -> Trail:
        """Keep nothing of a message: the trail outlives it."""
        return Trail.NAMES

    @extend_schema(exclude=True)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Nothing is posted here: mail servers have an address of their own."""
        return self.http_method_not_allowed(request)

    def delete_one(self, row: ReturnedMail) -> None:
        """Forget the message; its digest stays, so that it is not taken in again."""
        quarantine.dismiss(row.pk)

    @extend_schema(request=SortedSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def sort(self, request: Request, pk: str) -> Response:
        """Say what it is; what follows from it is done."""
        row = self.get_object()
        asked = SortedSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        numbers = followed([asked.validated_data["contact"]])
        kind = Kind(asked.validated_data["kind"])
        right = quarantine.right_for(kind)
        known = narrow(Contact.objects.filter(pk__in=numbers), self.caller, "contacts", right)
        contact = known.first()
        if contact is None:
            raise Refused(_("There is no such object."), "not_found", "contact")
        try:
            quarantine.file(row.pk, kind, contact, clock.now())
        except quarantine.FilingRefused as refused:
            raise Refused(str(refused), "invalid", refused.field) from refused
        return Response(status=204)
