"""Which figures are meant: of the ways that began in a version, in a time, of whose contacts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kernel.zone import midnight, workspace_zone

# Days nobody asks beyond; as instants they need a room in each zone.
FIRST, LAST = date(2000, 1, 1), date(2200, 1, 1)


@dataclass(frozen=True)
class Choice:
    """None: all of them.

    `version` is the id of the one in force at the entry; both days belong to the time, in the
    workspace's zone. `owner` narrows everything to the contacts of one user. Who waits, stands
    parked or is on the way is told as of now, whatever the time.
    """

    version: int | None = None
    since: date | None = None
    until: date | None = None
    owner: int | None = None

    @property
    def bounded(self) -> bool:
        """Say whether a time is chosen."""
        return self.since is not None or self.until is not None

    def values(self) -> dict[str, Any]:
        """Return the parameters of statements: days, the instants they begin and end at, zone."""
        zone = workspace_zone()
        until = (self.until or LAST) + timedelta(days=1)
        return {
            "version": self.version,
            "since": self.since or FIRST,
            "until": self.until or LAST,
            "begins": midnight(self.since, zone) if self.since else datetime(1, 1, 2, tzinfo=UTC),
            "ends": midnight(until, zone),
            "zone": str(zone),
            "owner": self.owner,
        }


EVERYTHING = Choice()
