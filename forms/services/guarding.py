"""Keeps forms from being used against others: how often, for how many addresses, and by what."""

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.utils.crypto import salted_hmac

from forms.models import Submission
from kernel import preferences
from kernel.counting import Counter

# Whoever has one address of the sixth version has all of these.
SHARED_BITS = 64
SUBMITS, ADDRESSES = "forms.submits_per_minute", "forms.addresses_per_hour"
HOUR = timedelta(hours=1)
_submits = Counter("forms")


def network_of(address: str) -> str:
    """Return what is counted together; nothing for one's own machine, where trials come from."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    return str(found if found.version == 4 else ip_network((found, SHARED_BITS), strict=False))


def origin_of(network: str, now: datetime) -> str:
    """Return a hash of a network that is another one tomorrow."""
    salt = f"forms.origin:{now.date().isoformat()}"
    return salted_hmac(salt, network).hexdigest()[:24] if network else ""


def is_crowded(network: str, now: datetime) -> bool:
    """Count one attempt; say whether there were too many this minute."""
    most = int(preferences.get(SUBMITS))
    return bool(network) and _submits.is_over(network, most, now.timestamp())


def names_many(origin: str, now: datetime) -> bool:
    """Say whether one sender has named so many people in an hour that it is nobody's own form."""
    most = int(preferences.get(ADDRESSES))
    if not origin or not most:
        return False
    rows = Submission.objects.filter(origin=origin, sent_at__gt=now - HOUR)
    people = rows.filter(contact_id__isnull=False).values("contact_id").distinct()
    return people.count() >= most
