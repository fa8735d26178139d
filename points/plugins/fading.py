"""Scores that fade: how the total does, and that it is looked at every night."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from kernel import preferences
from kernel.schedule import scheduled
from points.models import PointGroup
from points.models.scores import LARGEST, LONGEST
from points.services.adjust import DECAY_DAYS
from points.services.fading import FLOOR, LOSS, UNIT
from points.tasks import FADE


def _whole(least: int, most: int) -> preferences.Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            message = _("A whole number from %(least)s to %(most)s is expected.")
            raise ValueError(message % {"least": least, "most": most})
        return value

    return check


def _unit(value: Any) -> str:
    if value not in PointGroup.Unit.values:
        message = _("One of these is expected: %(names)s.")
        raise ValueError(message % {"names": ", ".join(PointGroup.Unit.values)})
    return str(value)


preferences.declare(DECAY_DAYS, 0, _whole(0, LONGEST))
preferences.declare(LOSS, 10, _whole(1, LARGEST))
preferences.declare(UNIT, PointGroup.Unit.POINTS.value, _unit)
preferences.declare(FLOOR, 0, _whole(0, LARGEST))
scheduled(FADE, timedelta(days=1))
