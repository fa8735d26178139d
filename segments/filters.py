"""The condition on membership: in, or not in, some segments."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.filters import Sql, Value, contact_filters
from kernel.filters.belonging import Belonging


@contact_filters.register
class Membership(Belonging):
    """Members of any of some segments (`in`), or of none of them (`not_in`)."""

    key = "segments.member"
    label = _("Segment")
    names = "segment"
    icon = "users-group"
    keys = frozenset({"segment", "op"})
    examples = ({"segment": [3, 4], "op": "in"}, {"segment": [5], "op": "not_in"})
    phrases: ClassVar[Mapping[str, tuple[Any, Any]]] = {
        "in": (
            _("is in any of these segments: %(names)s"),
            _("is in none of these segments: %(names)s"),
        )
    }

    def rows(self) -> Sql:
        """Look into the stored members; who was removed by hand is none."""
        return (
            "FROM member m WHERE m.manual <> 2 AND m.segment_id = ANY (",
            Value(self.objects, "bigint[]"),
            ")",
        )
