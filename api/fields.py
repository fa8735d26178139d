"""Values as the contract writes them: ids, instants, exact numbers, references."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.fields import empty

from kernel import clock
from kernel.filters import FilterProblem, restoring
from kernel.ids import read_id
from kernel.permissions import narrow

M = TypeVar("M", bound=Model)


@extend_schema_field({"type": "string", "pattern": "^[0-9]+$", "example": "1204"})
class IdField(serializers.Field[int, Any, str, Any]):
    """A number of ours: a string in answers, string or integer in requests."""

    default_error_messages = {"invalid": _("An id is expected.")}

    def to_internal_value(self, data: Any) -> int:
        """Read the id."""
        number = read_id(data)
        if number is None:
            self.fail("invalid")
        return number

    def to_representation(self, value: Any) -> str:
        """Write the id."""
        return str(value)


@extend_schema_field(
    {"type": "string", "format": "date-time", "example": "2026-11-22T10:00:00.123Z"}
)
class MomentField(serializers.Field[datetime, Any, str, Any]):
    """An instant: UTC to the millisecond in answers, with an offset in requests.

    In requests it is one we can plan with, unless lists are narrowed by it (`planned=False`).
    """

    default_error_messages = {
        "invalid": _("A time with its offset is expected, such as 2026-11-22T10:00:00Z."),
        "out_of_range": clock.OUT_OF_REACH,
    }

    def __init__(self, *, planned: bool = True, **kwargs: Any) -> None:
        self.planned = planned
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> datetime:
        """Read the instant; a naive one is refused."""
        try:
            instant = clock.parse_instant(data)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")
        if self.planned and not clock.is_in_reach(instant):
            self.fail("out_of_range")
        return instant

    def to_representation(self, value: datetime) -> str:
        """Write the instant."""
        return clock.iso(value)


@extend_schema_field({"type": "string", "pattern": "^[0-9]+[smhdw]$", "example": "3d"})
class DurationField(serializers.Field[timedelta, Any, str, Any]):
    """A length of time: `90s 10m 1h 3d 2w`."""

    default_error_messages = {
        "invalid": _("A length of time is expected, such as 90s, 10m, 1h, 3d or 2w."),
    }

    def to_internal_value(self, data: Any) -> timedelta:
        """Read the duration."""
        try:
            return clock.parse_duration(data)
        except (TypeError, ValueError, OverflowError):
            self.fail("invalid")

    def to_representation(self, value: timedelta) -> str:
        """Write the duration in the largest unit that keeps it whole."""
        seconds = int(value.total_seconds())
        for unit, length in (("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60)):
            if seconds and seconds % length == 0:
                return f"{seconds // length}{unit}"
        return f"{seconds}s"


@extend_schema_field({"type": "boolean"})
class TruthField(serializers.Field[bool, Any, bool, Any]):
    """A JSON boolean and nothing that only looks like one."""

    default_error_messages = {"invalid": _("True or false is expected.")}

    def to_internal_value(self, data: Any) -> bool:
        """Read the boolean; query parameters write it as text."""
        if data in ("true", "false"):
            return bool(data == "true")
        if not isinstance(data, bool):
            self.fail("invalid")
        return data

    def to_representation(self, value: bool) -> bool:  # noqa: FBT001 - the framework's signature
        """Write the boolean."""
        return bool(value)


class ExactField(serializers.DecimalField):
    """A decimal number: exact, a JSON number in answers."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"coerce_to_string": False, **kwargs})

    def to_internal_value(self, data: Any) -> Decimal:
        """Read a number or its text; booleans are neither."""
        if isinstance(data, bool):
            self.fail("invalid")
        return super().to_internal_value(data)


class FloatField(serializers.FloatField):
    """A measured number: finite."""

    def to_internal_value(self, data: Any) -> float:
        """Read the number; NaN and infinity are none."""
        number = super().to_internal_value(data)
        if isinstance(data, bool) or number != number or abs(number) == float("inf"):
            self.fail("invalid")
        return number


@extend_schema_field({"type": "string", "pattern": "^[0-9]+$", "example": "1204"})
class Reference(serializers.RelatedField[M, Any, str]):
    """An id of something else, found only among what the caller may see.

    `kind` names the permission that narrows; without it every row of `queryset` can be named.
    """

    default_error_messages = {
        "not_found": _("There is no such object."),
        "invalid": _("An id is expected."),
    }

    def __init__(
        self, *, kind: str | None = None, verb: str = "view", owner: str = "owner", **kwargs: Any
    ) -> None:
        self.kind, self.verb, self.owner_lookup = kind, verb, owner
        super().__init__(**kwargs)

    def use_pk_only_optimization(self) -> bool:
        """Spare the query: only the id is written."""
        return True

    def to_internal_value(self, data: Any) -> M:
        """Find the object; one that may not be seen is not there."""
        number = read_id(data)
        if number is None:
            self.fail("invalid")
        found = self._visible().filter(pk=number).first()
        if found is None:
            self.fail("not_found")
        return found

    def to_representation(self, value: Any) -> str:
        """Write the id."""
        return str(value.pk)

    def _visible(self) -> QuerySet[M]:
        queryset = self.get_queryset()
        if queryset is None:
            raise NotImplementedError("A reference that is written needs a queryset.")
        if self.kind is None:
            return queryset
        return narrow(
            queryset, self.context["request"].user, self.kind, self.verb, self.owner_lookup
        )


def in_reach(value: date) -> None:
    """Refuse a day no work of ours can wait for; a validator."""
    if not clock.is_in_reach(value):
        raise serializers.ValidationError(clock.OUT_OF_REACH, "out_of_range")


class DocumentField(serializers.JSONField):
    """JSON that is kept as it is; a number that cannot be is refused with its place."""

    def to_internal_value(self, data: Any) -> Any:
        """Find numbers beyond 64 bits, or of more digits than JSON readers keep."""
        if places := list(_beyond(data)):
            wrong = exceptions.ErrorDetail(str(_("The number is out of range.")), "out_of_range")
            raise serializers.ValidationError(
                {place: [wrong] for place in places} if all(places) else [wrong]
            )
        return super().to_internal_value(data)

    def run_validation(self, data: Any = empty) -> Any:
        """Keep what is masked for the writer, of nothing given too."""
        value = super().run_validation(data)
        return value if data is empty else self._with_hidden(value)

    def _with_hidden(self, document: Any) -> Any:
        """Put back what was masked for the writer, who may not change what it stands in."""
        instance = getattr(self.parent, "instance", None)
        stored = getattr(instance, self.source or "", None) if instance is not None else None
        try:
            return restoring.restored(document, stored)
        except FilterProblem as problem:
            told = problem.problems[0]
            wrong = [exceptions.ErrorDetail(told["message"], told["code"])]
            place = told["field"]
            raise serializers.ValidationError({place: wrong} if place else wrong) from problem


def _beyond(value: Any, place: str = "") -> Iterator[str]:
    """Yield the dotted places of decimals; the parser keeps depth in bounds.

    So of floats beyond 64 bits: JSONB keeps `1e300` as three hundred digits.
    """
    if isinstance(value, Decimal) or (isinstance(value, float) and abs(value) >= 2**63):
        yield place
    inner = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else inner:
        yield from _beyond(item, f"{place}.{key}" if place else str(key))


@extend_schema_field(
    {
        "type": "object",
        "example": {"all": [{"field": "country", "op": "is", "value": "FR"}]},
        "description": "A group `all`, `any` or `none` of conditions and groups.",
    }
)
class FilterField(DocumentField):
    """A filter over contacts; `kernel.filters` checks it."""


class QueryFilter:
    """A query parameter of a list: how it is read, and what it keeps.

    `keep` is a lookup (`"state"`, `"occurred_at__gte"`) or a function of queryset and value.
    """

    def __init__(
        self,
        field: serializers.Field[Any, Any, Any, Any],
        keep: str | Callable[[QuerySet[Any], Any], QuerySet[Any]],
        description: Any = "",
    ) -> None:
        self.field, self.keep, self.description = field, keep, description

    def schema(self) -> dict[str, Any]:
        """Describe the value for OpenAPI."""
        declared = getattr(type(self.field), "_spectacular_annotation", {}).get("field")
        return declared if isinstance(declared, dict) else {"type": "string"}

    def apply(self, queryset: QuerySet[M], text: str) -> QuerySet[M]:
        """Read the parameter and narrow the list."""
        value = self.field.run_validation(text)
        if callable(self.keep):
            return self.keep(queryset, value)
        return queryset.filter(**{self.keep: value})
