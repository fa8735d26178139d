"""Under which names our mails travel: domain, default sender, the id of a delivery's mail."""

import ipaddress
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.conf import settings

from emails.services import returns
from kernel import preferences


def domain() -> str:
    """Return the domain that names this installation in mails."""
    return _domain_of(settings.SITE_URL)


@lru_cache(maxsize=4)
def _domain_of(site: str) -> str:
    host = urlsplit(site).hostname or ""
    with suppress(ValueError):
        ipaddress.ip_address(host)
        host = ""
    # A machine without a name of its own: mails still need a domain with a dot in it.
    return host if "." in host else "localhost.localdomain"


def default_address() -> str:
    """Return the sender of emails that name none."""
    return str(preferences.get("emails.from_address") or f"no-reply@{domain()}")


def brand() -> str:
    """Return the name that readers know us by."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    return str(preferences.get("emails.from_name")) or host.removeprefix("www.")


def message_id(delivery: int, created_at: datetime) -> str:
    """Return the id of a delivery's mail: the same on every try, so that copies are recognised.

    It carries a code, so that what answers it is known as ours, and nobody makes up one of
    another delivery. Whoever has the mail has the code: it proves no bounce.
    """
    made = f"{int(created_at.timestamp() * 1_000_000):x}.{returns.message_code(delivery)}"
    return f"<{delivery}.{made}@{domain()}>"
