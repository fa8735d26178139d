"""`signing-domains`: whose mails are signed with DKIM, and the DNS records that verify them."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    extend_schema,
    extend_schema_field,
    extend_schema_serializer,
)
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import Conflict, Refused
from api.fields import MomentField
from api.routers import resource
from api.serializers import ModelSerializer, Serializer
from api.views import ResourceViews
from contacts.values import ValueProblem
from contacts.values.addresses import domain
from emails.models import SigningDomain, SigningKey
from emails.services import signing


class RecordSerializer(Serializer):
    """A DNS record; `zone_line` is its value as zone files write long ones."""

    type = serializers.CharField()
    name = serializers.CharField()
    value = serializers.CharField()
    zone_line = serializers.CharField()


class KeySerializer(ModelSerializer[SigningKey]):
    """A key: *new* ones wait for their record, the *active* one signs."""

    record = serializers.SerializerMethodField()
    created_at = MomentField(read_only=True)

    class Meta:
        model = SigningKey
        fields: ClassVar = ["selector", "state", "record", "created_at"]
        read_only_fields = fields

    @extend_schema(responses=RecordSerializer)
    def get_record(self, key: SigningKey) -> dict[str, str]:
        """Return what is to be published."""
        return signing.record_of(key)


@extend_schema_serializer(
    examples=[OpenApiExample("A domain", {"domain": "news.example.com"}, request_only=True)]
)
class SigningDomainSerializer(ModelSerializer[SigningDomain]):
    """A domain of senders."""

    domain = serializers.CharField(max_length=253)
    selector = serializers.CharField(max_length=63, write_only=True, default="relais1")
    state = serializers.SerializerMethodField()
    keys = KeySerializer(many=True, read_only=True)
    created_at = MomentField(read_only=True)

    class Meta:
        model = SigningDomain
        fields: ClassVar = ["id", "domain", "selector", "state", "keys", "created_at"]

    @extend_schema_field({"type": "string", "enum": ["signs", "unreadable_key"]})
    def get_state(self, owner: SigningDomain) -> str:
        """Say whether mails are signed: a key sealed with a former secret cannot be read."""
        active = [key for key in owner.keys.all() if key.state == SigningKey.State.ACTIVE]
        return "signs" if all(signing.is_readable(key) for key in active) else "unreadable_key"

    def validate_domain(self, name: str) -> str:
        """Take a domain once, in its ASCII form."""
        try:
            checked = domain(name)
        except ValueProblem as problem:
            raise serializers.ValidationError(problem.message, problem.code) from problem
        if SigningDomain.objects.filter(domain=checked).exists():
            raise serializers.ValidationError(_("This domain has its keys already."), "duplicate")
        return checked


@resource("signing-domains")
class SigningDomainViews(ResourceViews[SigningDomain]):
    """Domains whose mails are signed."""

    kind = "preferences"
    owner = None
    queryset = SigningDomain.objects.prefetch_related("keys__owner")
    serializer_class = SigningDomainSerializer
    http_method_names = ["get", "head", "post", "delete"]
    sorts = ("domain", "created_at")
    verbs: ClassVar = {
        "create": "edit",
        "rotate": "edit",
        "activate": "edit",
        "destroy": "edit",
    }

    def create_one(self, values: dict[str, Any]) -> SigningDomain:
        """Make the first key, which signs at once."""
        try:
            return signing.create(values["domain"], values["selector"])
        except signing.SigningRefused as refused:
            raise Refused(str(refused), "invalid", "selector") from refused

    @extend_schema(request=None, responses=SigningDomainSerializer)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, pk: str) -> Response:
        """Make the next key under another selector; publish its record, then activate it."""
        return self._do(signing.rotate)

    @extend_schema(request=None, responses=SigningDomainSerializer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, pk: str) -> Response:
        """Sign with the new key from now on."""
        return self._do(signing.activate)

    def _do(self, verb: Any) -> Response:
        found = self.get_object()
        try:
            verb(found)
        except signing.SigningRefused as refused:
            raise Conflict(str(refused), "conflict") from refused
        return Response(self.get_serializer(self.get_queryset().get(pk=found.pk)).data)
