"""What can happen to a contact's points."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import EventType, event_types


@event_types.register
class PointsAdjusted(EventType):
    """The points went up or down: by how many, and to how many."""

    key = "points.adjusted"
    label = gettext_lazy("Points adjusted")
    icon = "target-arrow"
    numbers: ClassVar[Mapping[str, str]] = {"delta": "delta", "points": "points"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Tell the difference and the new total."""
        return _("Points adjusted by %(delta)s to %(points)s") % {
            "delta": f"{data.get('delta', 0):+d}",
            "points": data.get("points", 0),
        }
