"""Connections that only reach addresses we may call, and end at a deadline; see kernel.http."""

import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from kernel.networks import is_named, is_open_port, is_public

CONNECT_SECONDS = 5.0
SocketOptions = Iterable[Any] | None


class OutboundError(Exception):
    """There was no answer; `permanent` says that trying again is vain.

    `unsent` says that the server cannot have got the request: nothing was done there (by the last
    one, where redirects are followed).
    """

    def __init__(
        self, message: str, code: str, *, permanent: bool = False, unsent: bool = False
    ) -> None:
        super().__init__(message)
        self.code = code
        self.permanent = permanent
        self.unsent = unsent or permanent


def refused(code: str, message: str) -> OutboundError:
    return OutboundError(message, code, permanent=True)


class Transport(httpx.BaseTransport):
    """A pool of one use whose connections pass the guard and keep to the deadline."""

    def __init__(self, deadline: float) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=_context(), network_backend=Guard(deadline), max_connections=1
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.scheme not in ("http", "https"):
            raise refused("bad_url", _("This is not a web address."))
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class Guard(httpcore.NetworkBackend):
    """Connects to checked addresses only, never to a name."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore.NetworkStream:
        until = min(self._deadline, time.monotonic() + CONNECT_SECONDS)
        failure: Exception = OutboundError(_("No such server."), "no_such_host", unsent=True)
        for address in _allowed_addresses(host, port, until):
            try:
                stream = self._plain.connect_tcp(address, port, timeout=left(until))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return _Stream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: SocketOptions = None
    ) -> httpcore.NetworkStream:
        raise refused("refused_address", _("This address may not be called."))

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, left(self._deadline)))


class _Stream(httpcore.NetworkStream):
    """A connection that stops at the deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = min(left(self._deadline), CONNECT_SECONDS)
        secure = self._stream.start_tls(ssl_context, server_hostname, seconds)
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def connected(host: str, port: int, deadline: float, ports: Collection[int]) -> socket.socket:
    """Connect to an address we may call, for protocols of `ports` that are not of the web.

    Raises `OutboundError` where that is refused, `OSError` where nobody answers.
    """
    until = min(deadline, time.monotonic() + CONNECT_SECONDS)
    failure: OSError | None = None
    try:
        for address in _allowed_addresses(host, port, until, ports):
            try:
                return socket.create_connection((address, port), timeout=left(until))
            except OSError as error:
                failure = error
    except httpcore.TimeoutException:
        raise TimeoutError from None
    raise failure or OutboundError(_("No such server."), "no_such_host", unsent=True)


def _allowed_addresses(
    host: str, port: int, until: float, ports: Collection[int] = ()
) -> list[str]:
    """Resolve once; one forbidden address refuses the whole name."""
    addresses = _resolved(host, port, until)
    allowed = settings.OUTBOUND_ALLOW
    for address in addresses:
        if is_named(allowed, host, address, port):
            continue
        if not is_public(address):
            raise refused("refused_address", _("This address may not be called."))
        if port not in ports and not is_open_port(port):
            raise refused("refused_port", _("This port may not be called."))
    return addresses


def _resolved(host: str, port: int, until: float) -> list[str]:
    """Ask in a thread: the resolver itself knows no time-out."""
    found: list[str] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return
        found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))

    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(left(until))
    return list(found)


def left(deadline: float) -> float:
    """Seconds until the deadline."""
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise httpcore.ReadTimeout("deadline")
    return seconds


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
