"""What goes into a simulation and comes out of it: answers, the steps of a way, its end."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from kernel.rehearsals import Hindrance


class Answer(NamedTuple):
    """What happens at a step, and how long after the arrival (at a goal: after the entry)."""

    # `yes`, `no`, or the branch of a split; empty: as the contact's data say.
    way: str
    after: timedelta = timedelta(0)


@dataclass
class Moment:
    """One step of the simulated way."""

    step: str
    number: int
    arrived_at: datetime
    at: datetime | None = None
    # As `Outcome`, or `waiting`, `parked`, `stopped`.
    outcome: str = "waiting"
    branch: str = ""
    to: list[str] = field(default_factory=list)
    reason: str = ""
    hindrance: Hindrance | None = None


@dataclass
class Way:
    """What would become of the contact."""

    moments: list[Moment] = field(default_factory=list)
    # As `LeftFor`, or `waiting`, `parked`, `cut`; empty: it did not come in.
    ended: str = ""
    ended_at: datetime | None = None
