"""Holds all sending: by hand, and by itself after a backup came back.

What was sent after a backup was made is not in its ledger, and would go out again. Each minute a
file beside the database notes the time; a database that knows of no such minute is an older one.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from channels.services import due
from emails.models import Delivery
from kernel import clock, preferences
from kernel.models import JobRun

SETTING = due.EVERYTHING
MARK = "emails.mark"
EVERY = timedelta(minutes=1)
# A crash may lose the last moments of the database, and clocks are set.
MARGIN = timedelta(minutes=5)


def halted() -> bool:
    """Say whether nothing may go out."""
    return bool(preferences.get(SETTING))


def path() -> Path:
    """Return where the time is noted."""
    return Path(settings.PRIVATE_ROOT) / "sending-until"


def mark(now: datetime) -> None:
    """Note that this database was the one in force."""
    place = path()
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = place.with_suffix(f".{os.getpid()}")
    fresh.write_text(clock.iso(now), encoding="ascii")
    fresh.replace(place)


def came_back() -> bool:
    """Say whether this database is older than what was noted beside it."""
    noted = _noted()
    if noted is None:
        return False
    runs = JobRun.objects.filter(job=MARK).order_by("-tick").values_list("tick", flat=True)
    known = runs.first()
    if known is None:
        return Delivery.objects.exists()
    return known + MARGIN < noted


def halt_if_it_came_back() -> bool:
    """Hold all sending where a backup came back; say whether it did."""
    if not came_back():
        return False
    preferences.put(SETTING, True)  # noqa: FBT003
    return True


def _noted() -> datetime | None:
    try:
        return clock.parse_instant(path().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
