"""What the workspace allows tracking to do, remembered for a few seconds by each process.

Public views ask for it, and have to answer without the database: what was known last, else the
strictest terms, then holds. The spooler reads the settings themselves and has the last word.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from kernel import preferences

logger = logging.getLogger(__name__)
REMEMBERED_SECONDS = 5
MOST_SITES = 200


@dataclass(frozen=True)
class Terms:
    """Where hits may come from, and on which conditions."""

    sites: frozenset[str] = field(default_factory=frozenset)
    consent_first: bool = True
    respect_signals: bool = True

    def allows(self, origin: str) -> bool:
        """Say whether a site is ours: scheme, host and port alike."""
        return origin in self.sites


@dataclass
class _Memory:
    terms: Terms = field(default_factory=Terms)
    until: float = 0.0


_memory = _Memory()
_reading = threading.Lock()


def known() -> Terms:
    """Return the terms without ever failing; at most one thread asks the database."""
    if time.monotonic() > _memory.until and _reading.acquire(blocking=False):
        try:
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
            _memory.terms = read()
        except Exception:  # noqa: BLE001 - whatever the driver raises, hits are answered
            logger.warning("The settings of tracking cannot be read.")
            if not connection.in_atomic_block:
                connection.close()
        finally:
            _memory.until = time.monotonic() + REMEMBERED_SECONDS
            _reading.release()
    return _memory.terms


def read() -> Terms:
    """Read the terms in force."""
    return Terms(
        sites=frozenset([origin_of(settings.SITE_URL), *preferences.get("tracking.sites")]),
        consent_first=preferences.get("tracking.consent_first"),
        respect_signals=preferences.get("tracking.respect_signals"),
    )


def forget(_old: object = None, _new: object = None) -> None:
    """Read them again at the next hit."""
    _memory.until = 0.0


def origin_of(address: str) -> str:
    """Return scheme, host and port of an address as browsers write an origin; empty if none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        return ""
    plain = port is None or port == {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if plain else f":{port}")


def checked_sites(value: Any) -> list[str]:
    """Take a list of origins and nothing more; a check for `preferences.declare`."""
    message = _("A list of addresses such as https://shop.example is expected, without a path.")
    if not isinstance(value, list) or len(value) > MOST_SITES:
        raise ValueError(message)
    found = []
    for address in value:
        origin = origin_of(address.strip().rstrip("/")) if isinstance(address, str) else ""
        if not origin or len(urlsplit(address.strip()).path) > 1 or "?" in address:
            raise ValueError(message)
        found.append(origin)
    return sorted(set(found))
