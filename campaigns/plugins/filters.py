"""The condition on campaigns: on the way through any of some, entered or finished ever; or not."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from campaigns.models import LeftFor
from kernel.filters import Sql, Value, contact_filters
from kernel.filters.belonging import Belonging

# Operator → which visits count, by why they ended.
_VISITS: Mapping[str, str] = {
    "in": "m.left_at IS NULL",
    "entered": "true",
    "finished": f"m.reason IN ({LeftFor.DONE}, {LeftFor.EXIT}, {LeftFor.GOAL})",
}


@contact_filters.register
class OnTheWay(Belonging):
    """Contacts on their way through any of some campaigns (`in`), or through none (`not_in`).

    `entered` means whoever ever came in, `finished` whoever came to an end, an exit or the goal;
    `not_entered` and `not_finished` are their negations.
    """

    key = "campaigns.visit"
    label = _("Campaign")
    names = "campaign"
    icon = "sitemap"
    keys = frozenset({"campaign", "op"})
    examples = (
        {"campaign": [2], "op": "in"},
        {"campaign": [2, 9], "op": "not_entered"},
        {"campaign": [2], "op": "finished"},
    )
    phrases: ClassVar[Mapping[str, tuple[Any, Any]]] = {
        "in": (
            _("is on the way through any of these campaigns: %(names)s"),
            _("is on the way through none of these campaigns: %(names)s"),
        ),
        "entered": (
            _("ever entered any of these campaigns: %(names)s"),
            _("never entered any of these campaigns: %(names)s"),
        ),
        "finished": (
            _("finished any of these campaigns: %(names)s"),
            _("finished none of these campaigns: %(names)s"),
        ),
    }

    def rows(self) -> Sql:
        """Look for such a visit."""
        return (
            f"FROM visit m WHERE {_VISITS[self.op]} AND m.campaign_id = ANY (",
            Value(self.objects, "bigint[]"),
            ")",
        )
