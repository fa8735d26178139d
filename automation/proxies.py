"""Where a request comes from: the proxy's word where the proxy is ours, else the connection."""

from collections.abc import Callable
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Respond = Callable[[HttpRequest], HttpResponseBase]
Address = IPv4Address | IPv6Address
# What a proxy says of the sender; from anybody else it is hearsay.
HEARSAY = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_FORWARDED")


class TrueAddress:
    """Puts the sender's address into `REMOTE_ADDR`, where everything looks for it."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Believe X-Forwarded-For from our proxies, as far as they wrote it themselves."""
        peer = _read(request.META.get("REMOTE_ADDR", ""))
        if _is_ours(peer):
            named = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
            request.META["REMOTE_ADDR"] = str(_sender(named) or peer or "")
        else:
            for header in HEARSAY:
                request.META.pop(header, None)
        return self.get_response(request)


def _sender(named: list[str]) -> Address | None:
    """Return the last address that is not a proxy of ours: what stands before it is hearsay."""
    for text in reversed(named):
        address = _read(text)
        if address is None or not _is_ours(address):
            return address
    return None


def _is_ours(address: Address | None) -> bool:
    networks = tuple(settings.PROXY_NETWORKS)
    return bool(networks) and address is not None and _within(address, networks)


@cache
def _networks(named: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(ip_network(network) for network in named)


def _within(address: Address, named: tuple[str, ...]) -> bool:
    return any(address in network for network in _networks(named))  # type: ignore[operator]


def _read(text: str) -> Address | None:
    try:
        return ip_address(text.strip())
    except ValueError:
        return None
