"""Why one person would, or would not, get a message now: what all channels answer alike."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from contacts.services.holding import FREQUENCY, PAUSED, Hours, Rules


@dataclass(frozen=True)
class Explanation:
    """What would become of a message written now."""

    # None: it would go out.
    reason: str | None
    # It would go out then, instead of being left out.
    waits_until: datetime | None
    # Whether a broadcast would choose this person at all; None for other messages.
    selected: bool | None

    @property
    def sends(self) -> bool:
        """Say whether it would go out at once."""
        return self.reason is None and self.selected is not False


def held(
    hold: Rules, count: str, values: dict[str, Any], hours: Hours, now: datetime
) -> tuple[str | None, datetime | None]:
    """Return what holds a message back, and until when it would wait; claims ask in this order.

    `count` is the statement that tells until when a person has had enough (`{capped}`).
    """
    with connection.cursor() as cursor:
        cursor.execute(count.format(capped=hold.capped_until()), {**values, "now": now})
        capped: datetime | None = cursor.fetchone()[0]
    why, until = hold.held(hours, now) or (None, None)
    if capped is not None and why != PAUSED:
        why, until = FREQUENCY, capped
    if until is None or not hold.waits(str(why), until, now):
        return why, None
    return why, until
