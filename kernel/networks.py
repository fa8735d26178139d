"""Which network addresses we may call: public ones, and those the operator names."""

import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

IpAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
# IPv6 ranges whose last bits, or bits after the prefix, are an IPv4 address that is really called.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_REFUSED_NETWORKS = [
    ipaddress.ip_network(network)
    for network in ("64:ff9b:1::/48", "fec0::/10", "2001::/23", "192.88.99.0/24", "5f00::/16")
]
# Services that speak no HTTP and may take a request for their own commands.
_REFUSED_PORTS = frozenset(
    {1433, 1521, 2049, 2375, 2376, 2379, 3306, 3389, 5432, 5672, 5900, 6000, 6379, 6667}
    | {9042, 9092, 9200, 9300, 10250, 11211, 15672, 25565, 27017, 50070}
)
_WEB_PORTS = frozenset({80, 443})


def is_public(address: str) -> bool:
    """Whether an address belongs to the internet at large, also when wrapped in another."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (inner := _inside(found)):
        return is_public(str(inner))
    if any(found in network for network in _REFUSED_NETWORKS if network.version == found.version):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _inside(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def is_open_port(port: int) -> bool:
    return port in _WEB_PORTS or (1024 <= port <= 65535 and port not in _REFUSED_PORTS)


def is_named(entries: Iterable[str], host: str, address: str, port: int) -> bool:
    """Whether the operator allows this: `10.1.0.0/16`, `hooks.internal`, `127.0.0.1:8080`."""
    return any(_names(entry, host, address, port) for entry in entries)


def _names(entry: str, host: str, address: str, port: int) -> bool:
    place, wanted = entry.strip().lower(), None
    if place.startswith("[") or place.count(":") == 1:
        place, _, number = place.rpartition(":")
        place, wanted = place.strip("[]"), int(number) if number.isdigit() else -1
    if wanted not in (None, port):
        return False
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(place, strict=False)
    except ValueError:
        return place == host.lower().rstrip(".")
