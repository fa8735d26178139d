"""`contacts`: create, read, change, erase, list; what belongs to one is under its id."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Conflict, Refused
from api.fields import FilterField
from api.lists import LIST_PARAMETERS
from api.routers import endpoint, resource
from api.serializers import Serializer
from api.trail import Trail
from api.views import ResourceViews
from contacts.api import narrowing
from contacts.api.bodies import Body, BodyReader, TagChange
from contacts.api.shapes import ContactSerializer
from contacts.api.sorting import SortedContacts, sortable
from contacts.api.staging import apply_stages
from contacts.catalogue import Catalogue, catalogue
from contacts.models import Contact
from contacts.services import tags
from contacts.services.erase import erase, everything
from contacts.services.finding import matching
from contacts.services.merge import survivor
from contacts.services.plan import Terms
from contacts.services.reading import flat
from contacts.services.upsert import write
from contacts.services.writing import Cleaner
from kernel import clock
from kernel.filters.questions import too_slow, within_time
from kernel.ids import read_id
from kernel.permissions import Reach, narrow
from kernel.registry import ConfigProblem, Problem

SOURCE = "api"
HELD = _lazy("Left out: processing is restricted.")


def refuse(problems: list[Problem]) -> None:
    """Raise what a row was refused for: 409 when somebody else has its identifier."""
    if not problems:
        return
    first = problems[0]
    if first["code"] == "taken":
        raise Conflict(first["message"], first["code"], first["field"])
    raise ConfigProblem(problems)


def apply_tags(contact: int, change: TagChange | None) -> None:
    """Change the tags of a contact as its request says."""
    if change is None:
        return
    now = clock.now()
    put = [(contact, tag) for tag in tags.find_or_make(change.add, now).values()]
    off = [(contact, tag) for tag in tags.find(change.remove).values()]
    if change.only:
        off = tags.tags_of([contact]).get(contact, [])
    tags.change_pairs(put, [pair for pair in off if pair not in put], now)


@resource("contacts")
class ContactViews(SortedContacts, ResourceViews[Contact]):
    """People."""

    kind = "contacts"
    queryset = Contact.objects.only("id", "version", "owner_id")
    serializer_class = ContactSerializer
    bare = True

    @cached_property
    def known_fields(self) -> Catalogue:
        """The fields of contacts, read once a request."""
        return catalogue()

    def known_parameters(self) -> Sequence[str]:
        """The list is narrowed by any field."""
        if getattr(self, "action", None) != "list":
            return ()
        return (*LIST_PARAMETERS, *self.known_fields.fields, *narrowing.BESIDE)

    def get_queryset(self) -> QuerySet[Contact]:
        """Keep the contacts the caller may see, in a list those with the values of the query."""
        rows = super().get_queryset()
        if self.action != "list":
            return rows
        asked = self.request.query_params
        query = {name: asked[name] for name in asked if name not in LIST_PARAMETERS}
        rows = sortable(rows)
        return narrowing.by_query(rows, query, self.known_fields, self.caller) if query else rows

    def trail(self) -> Trail:
        """Keep no values, which must be forgotten with the person; the events tell who is new."""
        return Trail.NOTHING if self.action == "create" else Trail.NAMES

    def create(self, request: Request) -> Response:
        """Make one; 409 when another contact has its address."""
        fields = catalogue(held=True)
        body = self._read(request, fields)
        if all(value is None for value in body.values.values()) and not body.tags:
            raise Refused(_("A contact needs at least one value."), "required")
        if self.caller.reach("contacts", "view") is not Reach.ALL:
            body.values.setdefault("owner", self.caller.pk)
        result = write(
            [body.values], clock.now(), Terms(mode="create", source=SOURCE, restarts=True), fields
        )
        refuse(result.rejected.get(0, []))
        return Response(self._finish(result.created[0], body, fields), status=201)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Answer one; an id that was merged answers with the survivor."""
        try:
            return Response(flat([self.get_object().pk])[0])
        except NotFound:
            winner = survivor(read_id(pk) or 0)
            if winner is None or not self.get_queryset().filter(pk=winner).exists():
                raise
            return Response({**flat([winner])[0], "merged_from": pk})

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what differs, unless it has changed since the caller saw it."""
        fields = catalogue(held=True)
        row = self.get_object()
        self.refuse_stale(row)
        body = self._read(request, fields, flat([row.pk], fields)[0])
        terms = Terms(match="id", mode="update", source=SOURCE, restarts=True)
        result = write([{"id": row.pk, **body.values}], clock.now(), terms, fields)
        refuse(result.rejected.get(0, []))
        return Response(self._finish(row.pk, body, fields))

    def delete_one(self, row: Contact) -> None:
        """Erase the person."""
        erase(row.pk, clock.now())

    def _read(
        self, request: Request, fields: Catalogue, current: dict[str, Any] | None = None
    ) -> Body:
        body = BodyReader(Cleaner(fields), self.caller).read(request.data, current)
        refuse(body.problems)
        return body

    def _finish(self, contact: int, body: Body, fields: Catalogue) -> dict[str, Any]:
        apply_tags(contact, body.tags)
        if apply_stages([(contact, body.stage)])[1]:
            raise Conflict(HELD, "restricted", "stage")
        return flat([contact], fields)[0]


class SearchSerializer(Serializer):
    """A filter, and how to page through what it finds."""

    filter = FilterField()
    limit = serializers.IntegerField(required=False)
    cursor = serializers.CharField(required=False, allow_null=True)
    sort = serializers.CharField(required=False)


@endpoint("contacts/search")
class Search(SortedContacts):
    """Finds contacts by a filter."""

    kind = "contacts"
    verbs = {"post": "view"}
    bare = True

    def known_parameters(self) -> Sequence[str]:
        """All is in the body."""
        return ()

    @extend_schema(request=SearchSerializer, responses=ContactSerializer(many=True))
    def post(self, request: Request) -> Response:
        """Answer a page of the contacts a filter means."""
        body = SearchSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        tree = asked["filter"]
        rows = narrow(ContactViews.queryset.all(), self.caller, "contacts", "view")
        rows = matching(sortable(rows), tree, self.caller)
        with within_time(too_slow):
            return self.answer_list(rows, self.paging_of(asked, tree), ContactSerializer)


@endpoint("contacts/<int:number>/export", name="contact-export")
class Export(ApiView):
    """Everything known about a person, from every app."""

    kind = "contacts"
    verbs: ClassVar = {"get": "export"}

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, number: int) -> Response:
        """Hand it out."""
        number = survivor(number) or number
        rows = narrow(Contact.objects.filter(pk=number), self.caller, "contacts", "view")
        if not rows.exists():
            raise NotFound
        return Response(everything(number))
