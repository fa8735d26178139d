"""What the provider tells is kept once, however it came to us, and worked on afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from contacts.services.suppression import digests
from sms.models import Receipt


@dataclass(frozen=True)
class Told:
    """A status of a message of ours, or a message to us; `told` has the fields we read."""

    sort: Receipt.Sort
    sid: str
    told: Mapping[str, str]
    status: str = ""
    delivery: int = 0
    names: list[str] = field(init=False)

    def __post_init__(self) -> None:
        inbound = self.sort == Receipt.Sort.INBOUND
        # Digests outlive the message, and need the installation's secret: those of then and now.
        object.__setattr__(self, "names", digests(self.sid) if inbound else [self.sid])


def keep(told: Told, at: datetime, now: datetime) -> bool:
    """Store what was told, as of then, unless it is known; say whether it was not."""
    # Two at once are told apart by the constraint.
    if Receipt.objects.filter(sort=told.sort, sid__in=told.names, status=told.status).exists():
        return False
    receipt = Receipt(
        sort=told.sort,
        sid=told.names[0],
        number=told.told.get("From", "")[:20] if told.sort == Receipt.Sort.INBOUND else "",
        status=told.status,
        delivery_id=told.delivery,
        told=dict(told.told),
        received_at=at,
        due_at=now,
    )
    Receipt.objects.bulk_create([receipt], ignore_conflicts=True)
    return True
