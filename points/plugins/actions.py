"""What points can do to contacts, for campaigns, forms, triggers and bulk actions."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import subjects
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.exchanging import NONE, Exchange
from kernel.locks import lock_contacts
from points.forms import AdjustForm
from points.services.adjust import adjust


@contact_actions.register
class AdjustPoints(ContactAction):
    """Add points or take them away."""

    key = "points.adjust"
    label = gettext_lazy("Adjust points")
    form = AdjustForm
    icon = "target-arrow"
    reversible = undoable = profiles = True
    pointing: ClassVar[frozenset[str] | None] = frozenset({"point_group"})

    @classmethod
    def exchanged(cls, config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        """Have another group chosen where there is none: without one it would be the total."""
        found = super().exchanged(config, exchange)
        return found if config.get("group") is None else {"group": NONE, **found}

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change everybody's points in one statement."""
        how: dict[str, Any] = {"depth": batch.depth, "bulk": batch.bulk}
        adjust(batch.contacts, self.config["delta"], now, group=self._group, **how)
        return Outcomes()

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep who gets them."""
        return list(contacts)

    def concerned(self, kept: Any) -> set[int]:
        """Return who got them."""
        return set(kept)

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> set[int]:
        """Change the points by as much the other way."""
        mine = lock_contacts(sorted(set(kept) & set(contacts)))
        adjust(mine, -self.config["delta"], now, group=self._group)
        return set(mine)

    def done(self, count: int, shown: str) -> str:
        """Say how many points they got or lost."""
        delta: int = self.config["delta"]
        points = ngettext("%(number)s point", "%(number)s points", abs(delta)) % {
            "number": abs(delta)
        }
        got = ngettext(
            "%(count)s contact got %(points)s", "%(count)s contacts got %(points)s", count
        )
        lost = ngettext(
            "%(count)s contact lost %(points)s", "%(count)s contacts lost %(points)s", count
        )
        if self._group is not None:
            points = _("%(points)s of “%(group)s”") % {"points": points, "group": self._called()}
        return (got if delta > 0 else lost) % {"count": shown, "points": points}

    def describe(self) -> str:
        """Say by how many."""
        told = {"delta": f"{self.config['delta']:+d}"}
        if self._group is None:
            return _("Adjust points by %(delta)s") % told
        told["group"] = self._called()
        return _("Adjust points of “%(group)s” by %(delta)s") % told

    def _called(self) -> str:
        number = self._group or 0
        return subjects.names("point_group", [number]).get(number, f"#{number}")

    def uses(self) -> list[tuple[str, int]]:
        """Name the group."""
        return [] if self._group is None else [("point_group", self._group)]

    @property
    def _group(self) -> int | None:
        number: int | None = self.config.get("group")
        return number
