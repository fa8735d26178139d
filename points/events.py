"""What can happen to a contact's points."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.events import EventType, event_types

REASONS = {
    "corrected": gettext_lazy("what gave them was judged anew"),
    "expired": gettext_lazy("they expired"),
    "decayed": gettext_lazy("nothing happened for a while"),
}


@event_types.register
class PointsAdjusted(EventType):
    """The points went up or down: by how many, and to how many; in the total or in a group."""

    key = "points.adjusted"
    label = gettext_lazy("Points adjusted")
    icon = "target-arrow"
    conditions: ClassVar[Mapping[str, str]] = {
        "group": "group",
        "rule": "rule",
        "reason": "reason",
    }
    choices: ClassVar[Mapping[str, str]] = {
        "group": "point_group",
        "rule": "point_rule",
        "reason": "point_reason",
    }
    naming: ClassVar[Mapping[str, str]] = {"group": "point_group", "rule": "point_rule"}
    numbers: ClassVar[Mapping[str, str]] = {"delta": "delta", "points": "points"}

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Tell the difference and the new score, where, by which rule and why."""
        words = _("Points adjusted by %(delta)s to %(points)s") % {
            "delta": f"{data.get('delta', 0):+d}",
            "points": data.get("points", 0),
        }
        parts = [words]
        if group := data.get("group_name"):
            parts.append(_("in “%(name)s”") % {"name": group})
        if rule := data.get("rule_name"):
            parts.append(_("by the rule “%(name)s”") % {"name": rule})
        if reason := REASONS.get(str(data.get("reason"))):
            parts.append(str(reason))
        return " · ".join(parts)


@event_types.register
class PointsTriggered(EventType):
    """Somebody reached the threshold of a trigger."""

    key = "points.triggered"
    label = gettext_lazy("Point trigger fired")
    icon = "bolt"
    subject = "point_trigger"

    @classmethod
    def sentence(cls, data: Mapping[str, Any], subject_name: str = "") -> str:
        """Name the trigger."""
        name = subject_name or data.get("name", "")
        return _("Reached the point trigger “%(name)s”") % {"name": name}
