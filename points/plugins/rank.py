"""The activity rank: its schedule, what it keeps of people, and what is done with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import processing, retention
from kernel.contactdata import ContactData, Pairs, contact_data
from kernel.schedule import scheduled
from points import tasks as tasks
from points.models import RankDifference
from points.services import matrix, when

matrix.declare()
retention.needed_by(matrix.needs)
scheduled(when.DUE, timedelta(hours=1))


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
        covers=("points.ranks", "points.scores"),
        kept=("points.awards",),
    )
)
