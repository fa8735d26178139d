"""The one door to foreign web servers: time-outs, size limits, and no way into our own network.

* fetch(method, url, content=b"", headers=None, limits=Limits(seconds=30, body=1_000_000,
  redirects=0)) -> Answer
  answer.status, .headers, .body, .truncated; answer.ok · .permanent says that trying again is vain
* raises OutboundError(message, code, permanent, unsent) when there is no answer

A name is resolved once and the connection goes to the very address that was checked; redirects
are off, or each is checked alike. `OUTBOUND_ALLOW` names private places that may be called.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from kernel import retelling
from kernel.guard import CONNECT_SECONDS, OutboundError, Transport, refused

__all__ = ["Answer", "Limits", "OutboundError", "fetch"]

FAILED = retelling.declare(gettext_noop("The connection failed: %(reason)s"))
MOST_REDIRECTS = 5
LONGEST_URL = 4_000
PASSING = frozenset({408, 425, 429})


@dataclass(frozen=True)
class Limits:
    """How long all may take, how much body is read, how many redirects are followed."""

    seconds: float = 30.0
    body: int = 1_000_000
    redirects: int = 0


DEFAULT = Limits()


@dataclass(frozen=True)
class Answer:
    """What a server answered; the body is cut at the limit."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def permanent(self) -> bool:
        return not self.ok and self.status < 500 and self.status not in PASSING


def fetch(
    method: str,
    url: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Answer:
    """Call a foreign server once."""
    address = _checked(url)
    client = httpx.Client(
        transport=Transport(time.monotonic() + limits.seconds),
        follow_redirects=limits.redirects > 0,
        max_redirects=min(limits.redirects, MOST_REDIRECTS),
        timeout=httpx.Timeout(limits.seconds, connect=CONNECT_SECONDS),
        # Not asked for compressed: a small answer cannot become a large one.
        headers={"User-Agent": f"Relais (+{settings.SITE_URL})", "Accept-Encoding": "identity"},
        trust_env=False,
    )
    try:
        written = {name.encode(): value.encode() for name, value in (headers or {}).items()}
        with client, client.stream(method, address, content=content, headers=written) as came:
            body, truncated = _read(came, limits.body)
            return Answer(came.status_code, dict(came.headers), body, truncated)
    except httpx.TooManyRedirects:
        raise refused("redirects", _("The server redirects too often.")) from None
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise refused("bad_url", _("This is not a web address.")) from None
    except (UnicodeError, httpcore.LocalProtocolError):
        raise refused("bad_request", _("This request cannot be written.")) from None
    except httpcore.TimeoutException as error:
        unsent = isinstance(error, httpcore.ConnectTimeout)
        message = _("The server did not answer in time.")
        raise OutboundError(message, "timeout", unsent=unsent) from None
    except (httpx.HTTPError, httpcore.ProtocolError, httpcore.NetworkError, OSError) as error:
        message = _(FAILED) % {"reason": type(error).__name__}
        unsent = isinstance(error, httpcore.ConnectError)
        raise OutboundError(message, "connection", unsent=unsent) from None


def _checked(url: str) -> httpx.URL:
    if len(url) > LONGEST_URL:
        raise refused("bad_url", _("The address is too long."))
    try:
        address = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        address = httpx.URL()
    if address.scheme not in ("http", "https") or not address.host:
        raise refused("bad_url", _("This is not a web address."))
    return address


def _read(response: httpx.Response, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > limit:
            return bytes(body[:limit]), True
    return bytes(body), False
