"""`contacts/bulk`: thousands of contacts in one call, all or nothing per row."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused
from api.fields import IdField
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api import narrowing
from contacts.api.bodies import Body, BodyReader
from contacts.api.contacts import SOURCE
from contacts.api.staging import apply_stages
from contacts.catalogue import Catalogue, catalogue
from contacts.services import tags
from contacts.services.identity import identity
from contacts.services.plan import Terms
from contacts.services.upsert import UNCHANGED, UPDATED, UpsertResult, write
from contacts.services.writing import Cleaner
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.registry import Problem

MOST = 5_000
# Calls of more contacts than this yield to what people do one by one.
MANY = 500
VERBS = {
    "upsert": ("create", "edit"),
    "fill": ("create", "edit"),
    "create": ("create",),
    "update": ("edit",),
}


class BulkSerializer(Serializer):
    """Contacts to write, and how they are matched with those there are."""

    match = serializers.CharField(default="email", max_length=63)
    mode = serializers.ChoiceField(sorted(VERBS), default="upsert")
    contacts = serializers.ListField(child=serializers.JSONField(), max_length=MOST)


class RejectSerializer(Serializer):
    """A row that was refused."""

    index = serializers.IntegerField()
    errors = serializers.ListField(  # type: ignore[assignment]
        child=serializers.DictField()
    )


class BulkAnswerSerializer(Serializer):
    """What became of the rows; `ids` in their order, null for refused ones."""

    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    ids = serializers.ListField(child=IdField(allow_null=True))
    rejected = RejectSerializer(many=True)


@endpoint("contacts/bulk")
class Bulk(ApiView):
    """Creates and updates up to 5,000 contacts."""

    kind = "contacts"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=BulkSerializer, responses=BulkAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Write the rows that can be written, and say why the others cannot."""
        body = BulkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        if any(self.caller.reach("contacts", verb) is Reach.NONE for verb in VERBS[asked["mode"]]):
            raise PermissionDenied
        if asked["match"] not in {"email", "id", *identity().kinds}:
            raise Refused(_("Contacts are matched by a unique field."), "not_unique", "match")
        terms = Terms(
            match=asked["match"],
            mode=asked["mode"],
            bulk=len(asked["contacts"]) > MANY,
            source=SOURCE,
            allowed=narrowing.reachable(self.caller, "edit"),
        )
        fields = catalogue(held=True)
        return Response(_write(self._read(asked["contacts"], terms, fields), terms, fields))

    def _read(self, rows: list[Any], terms: Terms, fields: Catalogue) -> list[Body]:
        reader = BodyReader(Cleaner(fields), self.caller)
        mine = self.caller.pk if terms.allowed is not None else None
        bodies = []
        for row in rows:
            by_id = terms.match == "id" and isinstance(row, Mapping)
            body = reader.read({k: v for k, v in row.items() if k != "id"} if by_id else row)
            if by_id:
                body.values["id"] = read_id(row.get("id"))
            if mine is not None:
                body.values.setdefault("owner", mine)
            bodies.append(body)
        return bodies


def _write(bodies: list[Body], terms: Terms, fields: Catalogue) -> dict[str, Any]:
    """Write the sound rows and put the answer together in the order of the request."""
    sound = [place for place, body in enumerate(bodies) if not body.problems]
    result = write([bodies[place].values for place in sound], clock.now(), terms, fields)
    rejected = {place: body.problems for place, body in enumerate(bodies) if body.problems}
    rejected |= {sound[number]: problems for number, problems in result.rejected.items()}
    ids: list[str | None] = [None] * len(bodies)
    for number, contact in enumerate(result.ids):
        ids[sound[number]] = None if contact is None else str(contact)
    written = [bodies[place] for place in sound]
    _change_tags(written, result, bulk=terms.bulk)
    _change_stages(written, result, bulk=terms.bulk)
    counts = result.counts()
    return {
        "created": counts["created"],
        "updated": counts["updated"],
        "unchanged": counts["unchanged"],
        "ids": ids,
        "rejected": [_told(place, rejected[place]) for place in sorted(rejected)],
    }


def _change_tags(bodies: list[Body], result: UpsertResult, *, bulk: bool) -> None:
    """Put and take off the rows' tags; whoever only gets those is updated, too."""
    wanted = [
        (contact, body.tags)
        for contact, body in zip(result.ids, bodies, strict=True)
        if contact is not None and body.tags is not None
    ]
    if not wanted:
        return
    now = clock.now()
    put = tags.find_or_make({name for _c, change in wanted for name in change.add}, now)
    off = tags.find({name for _c, change in wanted for name in change.remove})
    changed = tags.change_pairs(
        sorted({(contact, put[name]) for contact, change in wanted for name in change.add}),
        sorted(
            {
                (contact, off[name])
                for contact, change in wanted
                for name in change.remove
                if name in off
            }
        ),
        now,
        bulk=bulk,
    )
    _note_updated(changed, result)


def _change_stages(bodies: list[Body], result: UpsertResult, *, bulk: bool) -> None:
    """Move people to the stages of their rows; of two rows about one contact the later holds."""
    wanted = {
        contact: body.stage
        for contact, body in zip(result.ids, bodies, strict=True)
        if contact is not None and body.stage is not None
    }
    moved, _held = apply_stages(wanted.items(), bulk=bulk)
    _note_updated(moved, result)


def _note_updated(changed: Collection[int], result: UpsertResult) -> None:
    for place, contact in enumerate(result.ids):
        if contact in changed and result.outcomes[place] == UNCHANGED:
            result.outcomes[place] = UPDATED


def _told(place: int, problems: list[Problem]) -> dict[str, Any]:
    return {"index": place, "errors": problems}
