"""The condition on membership: in, or not in, some segments."""

from collections.abc import Mapping
from typing import Any, Self

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from kernel.filters import ContactFilter, Mode, Reading, Sql, Value, contact_filters, refuse
from kernel.filters.operands import ids
from kernel.filters.wording import said_list
from kernel.permissions import narrow
from kernel.subjects import names as subject_names
from segments.models import Segment

OPERATORS = ("in", "not_in")


@contact_filters.register
class Membership(ContactFilter):
    """Members of any of some segments (`in`), or of none of them (`not_in`)."""

    key = "segments.member"
    label = _lazy("Segment")
    names = "segment"
    keys = frozenset({"segment", "op"})
    examples = ({"segment": [3, 4], "op": "in"}, {"segment": [5], "op": "not_in"})
    cost = 4

    def __init__(self, config: Mapping[str, Any], segments: list[int]) -> None:
        super().__init__(config)
        self.segments = segments
        self.outside = config["op"] == "not_in"

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check the operator and that the segments exist, for whoever wrote the condition."""
        segments = ids(config["segment"], "segment")
        op = config.get("op")
        if op is None:
            raise refuse("op", "required", _("An operator is needed here."))
        if op not in OPERATORS:
            message = _("One of these is expected: %(operators)s.")
            message %= {"operators": ", ".join(OPERATORS)}
            raise refuse("op", "invalid_operator", message)
        if reading.verify:
            _check_visible(segments, isinstance(config["segment"], list), reading)
        return cls(config, segments)

    def predicate(self, mode: Mode) -> Sql:
        """Look into the stored members; who was removed by hand is none."""
        rows: Sql = (
            "FROM member m WHERE m.manual <> 2 AND m.segment_id = ANY (",
            Value(self.segments, "bigint[]"),
            ")",
        )
        word = "NOT " if self.outside else ""
        if mode is Mode.SET:
            return (f"c.id {word}IN (SELECT m.contact_id ", *rows, ")")
        return (f"{word}EXISTS (SELECT 1 ", *rows, " AND m.contact_id = c.id)")

    def reads(self) -> set[str]:
        """Whoever enters or leaves one of them."""
        return {f"segment:{number}" for number in self.segments}

    def uses(self) -> list[tuple[str, int]]:
        """Name the segments, which may not be deleted meanwhile."""
        return [("segment", number) for number in self.segments]

    def sentence(self) -> str:
        """Say the names."""
        known = subject_names("segment", self.segments)
        names = said_list([known.get(number, f"#{number}") for number in self.segments])
        if self.outside:
            return _("is in none of these segments: %(names)s") % {"names": names}
        return _("is in any of these segments: %(names)s") % {"names": names}


def _check_visible(segments: list[int], several: bool, reading: Reading) -> None:  # noqa: FBT001
    possible = [number for number in segments if number < 2**31]
    rows: QuerySet[Segment] = Segment.objects.filter(pk__in=possible)
    if reading.user is not None:
        rows = narrow(rows, reading.user, "segments", "view")
    known = set(rows.values_list("pk", flat=True))
    for place, number in enumerate(segments):
        if number not in known:
            field = f"segment.{place}" if several else "segment"
            raise refuse(field, "not_found", _("There is no such segment."))
