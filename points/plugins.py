"""What points offer to campaigns, forms and bulk actions, and the schedule of the activity rank."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kernel import processing, retention
from kernel.actions import Batch, ContactAction, Outcomes, contact_actions
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.schedule import scheduled
from points import tasks as tasks
from points.forms import AdjustForm
from points.models import RankDifference
from points.services import matrix, when
from points.services.adjust import adjust

matrix.declare()
retention.needed_by(matrix.needs)
scheduled(when.DUE, timedelta(hours=1))


@contact_actions.register
class AdjustPoints(ContactAction):
    """Add points or take them away."""

    key = "points.adjust"
    label = gettext_lazy("Adjust points")
    form = AdjustForm
    icon = "target-arrow"
    reversible = undoable = profiles = True

    def run(self, batch: Batch, now: datetime) -> Outcomes:
        """Change everybody's points in one statement."""
        adjust(batch.contacts, self.config["delta"], now, depth=batch.depth, bulk=batch.bulk)
        return Outcomes()

    def before(self, contacts: Sequence[int]) -> Any:
        """Keep who gets them."""
        return list(contacts)

    def concerned(self, kept: Any) -> set[int]:
        """Return who got them."""
        return set(kept)

    def take_back(self, kept: Any, contacts: Collection[int], now: datetime) -> int:
        """Change the points by as much the other way."""
        return adjust(sorted(set(kept) & set(contacts)), -self.config["delta"], now)

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
        return (got if delta > 0 else lost) % {"count": shown, "points": points}

    def describe(self) -> str:
        """Say by how many."""
        return _("Adjust points by %(delta)s") % {"delta": f"{self.config['delta']:+d}"}


@contact_data.register
class RanksToWrite(ContactData):
    """Ranks that a run measured and has not written yet; the next one measures anew."""

    key = "points.ranks"
    label = gettext_lazy("Activity rank")
    tables: ClassVar[Sequence[str]] = ("rank_difference",)

    def merge_many(self, pairs: Pairs, now: datetime) -> None:
        """Drop what was measured of the other half."""
        RankDifference.objects.filter(contact_id__in=[loser for _w, loser in pairs]).delete()

    def export(self, contact: int) -> dict[str, Any]:
        """The rank itself stands among the fields."""
        return {}

    def erase_many(self, contacts: Sequence[int], now: datetime) -> None:
        """Drop what was measured."""
        RankDifference.objects.filter(contact_id__in=contacts).delete()


processing.declare(
    processing.Processing(
        key="points.profiling",
        label=gettext_lazy("Activity rank and points"),
        purpose=gettext_lazy("Conclude from conduct who is interested (profiling)"),
        whose=gettext_lazy("contacts who neither are restricted nor object to profiling"),
        basis=gettext_lazy("legitimate interest, until somebody objects"),
        data=lambda: [_("points, a rank from 0 to 10, and what it was computed from")],
        covers=("points.ranks",),
    )
)
