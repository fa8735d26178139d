"""When campaigns stop by themselves."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.services.watching import LEAST, LOOKED_AT, PERCENT
from kernel import preferences


def _percent(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 100:
        raise ValueError(_("A whole number from 0 to 99 is expected."))
    return value


def _least(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LOOKED_AT:
        words = _("A whole number from 1 to %(most)s is expected.")
        raise ValueError(words % {"most": LOOKED_AT})
    return value


preferences.declare(PERCENT, 10, _percent)
preferences.declare(LEAST, 20, _least)
