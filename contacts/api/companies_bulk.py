"""`companies/bulk`: thousands of companies in one call, all or nothing per row."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoints import ApiView
from api.errors import Refused, problem
from api.routers import endpoint
from api.serializers import Serializer
from contacts.api.bulk import MANY, MOST, VERBS, BulkAnswerSerializer
from contacts.company_catalogue import companies
from contacts.services import company_keys
from contacts.services.company_upsert import write_many
from contacts.services.imports.objects import COMPANY, KINDS, MATCHES, mine
from contacts.services.plan import Terms
from contacts.services.writing import Cleaner
from kernel import clock
from kernel.ids import read_id
from kernel.permissions import Reach
from kernel.registry import Problem

Row = dict[str, Any]


class CompaniesBulkSerializer(Serializer):
    """Companies to write, and how they are matched with those there are."""

    match = serializers.CharField(default="name", max_length=63)
    mode = serializers.ChoiceField(sorted(VERBS), default="upsert")
    companies = serializers.ListField(child=serializers.JSONField(), max_length=MOST)


@endpoint("companies/bulk", name="companies-bulk")
class CompaniesBulk(ApiView):
    """Creates and updates up to 5,000 companies."""

    kind = "companies"
    verbs: ClassVar = {"post": "edit"}

    @extend_schema(request=CompaniesBulkSerializer, responses=BulkAnswerSerializer)
    def post(self, request: Request) -> Response:
        """Write the rows that can be written, and say why the others cannot."""
        body = CompaniesBulkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        asked: dict[str, Any] = body.validated_data
        if any(self.caller.reach("companies", verb) is Reach.NONE for verb in VERBS[asked["mode"]]):
            raise PermissionDenied
        if asked["match"] not in {*MATCHES, *company_keys.unique()}:
            message = _("Companies are found by their name, a unique field of theirs, or their id.")
            raise Refused(message, "not_unique", "match")
        only_own = self.caller.reach("companies", "edit") is not Reach.ALL
        terms = Terms(
            match=asked["match"],
            mode=asked["mode"],
            bulk=len(asked["companies"]) > MANY,
            allowed=mine(KINDS[COMPANY], self.caller.pk) if only_own else None,
        )
        rows, rejected = self._read(asked["companies"], terms)
        return Response(_written(len(asked["companies"]), rows, rejected, terms))

    def _read(
        self, given: list[Any], terms: Terms
    ) -> tuple[dict[int, Row], dict[int, list[Problem]]]:
        """Check each row; return by place those that are sound, and what is wrong."""
        cleaner, rows, rejected = Cleaner(companies()), dict[int, Row](), dict[int, Any]()
        for place, one in enumerate(given):
            if not isinstance(one, Mapping):
                rejected[place] = [problem(_("An object is expected."), "invalid")]
                continue
            by_id = terms.match == "id"
            values = {key: value for key, value in one.items() if key != "id" or not by_id}
            row, problems = cleaner.row(values)
            problems += self._faults(row, terms)
            if by_id:
                row["id"] = read_id(one.get("id"))
            if problems:
                rejected[place] = problems
            else:
                rows[place] = row
        return rows, rejected

    def _faults(self, row: Row, terms: Terms) -> list[Problem]:
        """Refuse to take away a name, or to give away what is theirs."""
        faults = []
        if "name" in row and row["name"] is None:
            faults.append(_fault("name", "required", _("A company needs a name.")))
        if terms.allowed is not None and row.setdefault("owner", self.caller.pk) != self.caller.pk:
            faults.append(_fault("owner", "not_allowed", _("This can only be you.")))
        return faults


def _written(
    count: int, rows: dict[int, Row], rejected: dict[int, list[Problem]], terms: Terms
) -> dict[str, Any]:
    """Write the sound rows and put the answer together in the order of the request."""
    places = list(rows)
    result = write_many([rows[place] for place in places], clock.now(), terms)
    ids: list[str | None] = [None] * count
    for number, company in enumerate(result.ids):
        ids[places[number]] = None if company is None else str(company)
    rejected |= {places[number]: problems for number, problems in result.rejected.items()}
    counts = result.counts()
    return {
        **{outcome: counts[outcome] for outcome in ("created", "updated", "unchanged")},
        "ids": ids,
        "rejected": [{"index": place, "errors": rejected[place]} for place in sorted(rejected)],
    }


def _fault(alias: str, code: str, message: str) -> Problem:
    return {"field": alias, "code": code, "message": message}
