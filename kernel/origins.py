"""Who sent a request: the proxy's word where the proxy is ours, else the connection."""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kernel import preferences

SETTING = "privacy.addresses"
FULL, SHORT, NONE = "full", "short", "none"
# How much of an address stays: enough to see many of one place, not who it was.
BITS = {4: 24, 6: 48}
# The same in SQL.
SHORTENED = (
    "host(network(set_masklen({ip}, CASE family({ip})"
    f" WHEN 4 THEN {BITS[4]} ELSE {BITS[6]} END)))::inet"
)
Address = IPv4Address | IPv6Address


def sender_of(environ: Mapping[str, Any]) -> str:
    """Return the sender's address: X-Forwarded-For is believed as far as our proxies wrote it."""
    peer = str(environ.get("REMOTE_ADDR", ""))
    if not is_ours(peer):
        return peer
    # The last address that is not a proxy of ours: what stands before it is hearsay.
    for text in reversed(environ.get("HTTP_X_FORWARDED_FOR", "").split(",")):
        address = _read(text)
        if address is None:
            return peer
        if not _is_within(address):
            return str(address)
    return peer


def is_ours(text: str) -> bool:
    """Say whether a proxy of ours has this address."""
    if not settings.PROXY_NETWORKS:
        return False
    address = _read(text)
    return address is not None and _is_within(address)


def _is_within(address: Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.PROXY_NETWORKS)))


@cache
def _networks(named: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(network) for network in named)


def _read(text: str) -> Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None


def declare() -> None:
    """Offer the choice of how much of addresses is kept; called from `plugins`."""
    preferences.declare(SETTING, FULL, _checked)


def kept(text: str | None) -> str | None:
    """Return of a network address what the workspace keeps."""
    address = _read(text or "")
    policy = preferences.get(SETTING)
    if address is None or policy == NONE:
        return None
    return str(address) if policy == FULL else shortened(address)


def shortened(address: Address) -> str:
    """Return an address that leads to nobody."""
    network = ip_network(f"{address}/{BITS[address.version]}", strict=False)
    return str(network.network_address)


def _checked(value: Any) -> str:
    if value not in {FULL, SHORT, NONE}:
        raise ValueError(_("One of full, short and none is expected."))
    return str(value)
