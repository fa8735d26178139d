"""Settings of forms: how much one network may send."""

from typing import Any

from django.utils.translation import gettext as _

from forms.services import guarding
from kernel import preferences


def _whole(most: int) -> preferences.Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            message = _("A whole number from %(least)s to %(most)s is expected.")
            raise ValueError(message % {"least": 0, "most": most})
        return value

    return check


# How often one network may send forms a minute; 0 is no limit.
preferences.declare(guarding.SUBMITS, 30, _whole(100_000))
# How many people one network may name an hour before it has to wait; 0 is no limit.
preferences.declare(guarding.ADDRESSES, 20, _whole(100_000))
