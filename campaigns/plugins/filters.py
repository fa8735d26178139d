"""The condition on campaigns: on the way through any of some, or through none."""

from collections.abc import Mapping
from typing import Any, Self

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Campaign
from kernel.filters import ContactFilter, Mode, Reading, Sql, Value, contact_filters, refuse
from kernel.filters.operands import ids
from kernel.filters.wording import said_list
from kernel.permissions import narrow
from kernel.subjects import names as subject_names

OPERATORS = ("in", "not_in")


@contact_filters.register
class OnTheWay(ContactFilter):
    """Contacts on their way through any of some campaigns (`in`), or through none (`not_in`)."""

    key = "campaigns.visit"
    label = gettext_lazy("Campaign")
    names = "campaign"
    keys = frozenset({"campaign", "op"})
    examples = ({"campaign": [2], "op": "in"}, {"campaign": [2, 9], "op": "not_in"})
    cost = 4

    def __init__(self, config: Mapping[str, Any], campaigns: list[int]) -> None:
        super().__init__(config)
        self.campaigns = campaigns
        self.outside = config["op"] == "not_in"

    @classmethod
    def read(cls, config: Mapping[str, Any], reading: Reading) -> Self:
        """Check the operator and that the campaigns exist, for whoever wrote the condition."""
        campaigns = ids(config["campaign"], "campaign")
        if config.get("op") not in OPERATORS:
            message = _("One of these is expected: %(operators)s.")
            message %= {"operators": ", ".join(OPERATORS)}
            raise refuse("op", "invalid_operator", message)
        if reading.verify:
            rows = Campaign.objects.filter(pk__in=campaigns)
            if reading.user is not None:
                rows = narrow(rows, reading.user, "campaigns", "view")
            if set(campaigns) - set(rows.values_list("pk", flat=True)):
                raise refuse("campaign", "not_found", _("There is no such campaign."))
        return cls(config, campaigns)

    def predicate(self, mode: Mode) -> Sql:
        """Look for a visit under way."""
        rows: Sql = (
            "FROM visit v WHERE v.left_at IS NULL AND v.campaign_id = ANY (",
            Value(self.campaigns, "bigint[]"),
            ")",
        )
        word = "NOT " if self.outside else ""
        if mode is Mode.SET:
            return (f"c.id {word}IN (SELECT v.contact_id ", *rows, ")")
        return (f"{word}EXISTS (SELECT 1 ", *rows, " AND v.contact_id = c.id)")

    def reads(self) -> set[str]:
        """Whoever enters or leaves one of them."""
        return {f"campaign:{number}" for number in self.campaigns}

    def uses(self) -> list[tuple[str, int]]:
        """Name the campaigns, which may not be deleted meanwhile."""
        return [("campaign", number) for number in self.campaigns]

    def sentence(self) -> str:
        """Say the names."""
        known = subject_names("campaign", self.campaigns)
        names = said_list([known.get(number, f"#{number}") for number in self.campaigns])
        if self.outside:
            return _("is on the way through none of these campaigns: %(names)s") % {"names": names}
        return _("is on the way through any of these campaigns: %(names)s") % {"names": names}
