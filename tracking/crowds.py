"""How many hits of a site one address may send: whoever forges a site's origin makes up visitors.

Each web process counts for itself, in memory. One's own machine is not limited: it is where trials
come from, and, until the proxy in front is made known, everybody.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Any

from django.conf import settings

from kernel.origins import sender_of

WINDOW = 60.0
MOST_ADDRESSES = 50_000
# Whoever has one address of the sixth version has all of these.
SHARED_BITS = 64


class Crowds:
    """The hits of the running minute by address."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._ends = 0.0

    def has_room(self, environ: Mapping[str, Any]) -> bool:
        """Count a hit; say whether its sender may still send it."""
        most: int = settings.HITS_PER_MINUTE
        sender = _network(sender_of(environ)) if most else ""
        if not sender:
            return True
        with self._lock:
            if time.monotonic() >= self._ends or len(self._counts) >= MOST_ADDRESSES:
                self._counts.clear()
                self._ends = time.monotonic() + WINDOW
            self._counts[sender] += 1
            return self._counts[sender] <= most


@lru_cache(maxsize=4096)
def _network(address: str) -> str:
    """Return what is counted together; nothing for one's own machine."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if found.is_loopback:
        return ""
    return str(found if found.version == 4 else ip_network((found, SHARED_BITS), strict=False))
