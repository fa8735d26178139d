"""The condition on campaigns: on the way through any of some, or through none."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from kernel.filters import Sql, Value, contact_filters
from kernel.filters.belonging import Belonging


@contact_filters.register
class OnTheWay(Belonging):
    """Contacts on their way through any of some campaigns (`in`), or through none (`not_in`)."""

    key = "campaigns.visit"
    label = _("Campaign")
    names = "campaign"
    icon = "sitemap"
    keys = frozenset({"campaign", "op"})
    examples = ({"campaign": [2], "op": "in"}, {"campaign": [2, 9], "op": "not_in"})
    phrases: ClassVar[Mapping[str, tuple[Any, Any]]] = {
        "in": (
            _("is on the way through any of these campaigns: %(names)s"),
            _("is on the way through none of these campaigns: %(names)s"),
        )
    }

    def rows(self) -> Sql:
        """Look for a visit under way."""
        return (
            "FROM visit m WHERE m.left_at IS NULL AND m.campaign_id = ANY (",
            Value(self.objects, "bigint[]"),
            ")",
        )
