"""Bodies on their way in: those without a length get one, those nobody read are let out."""

import contextlib
import io
import json
import time
from collections.abc import Callable, Iterable
from typing import Any

LARGEST = 10 * 1024 * 1024
# What is read and thrown away of a body whose answer came early, and for how long.
DRAINED = 64 * 1024 * 1024
PATIENCE = 10.0
_REFUSAL = json.dumps(
    {
        "errors": [
            {
                "field": None,
                "code": "too_large",
                "message": "A body without Content-Length is at most 10 MB.",
            }
        ]
    }
).encode()
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


class MeasuredBodies:
    """Gives chunked requests a length, since Django reads only as far as a length says."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Read a chunked body into memory, never more of it than is allowed."""
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            body = _read(environ["wsgi.input"])
            if body is None:
                _drain(environ["wsgi.input"])
                return _refuse(start_response)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        stream = environ["wsgi.input"]
        answer = self.application(environ, start_response)
        if environ.get("CONTENT_LENGTH") not in {None, "", "0"}:
            _drain(stream)
        return answer


def _read(stream: Any) -> bytes | None:
    """Read to the end; None when there is too much. A server may return less than was asked."""
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(64 * 1024):
        size += len(chunk)
        if size > LARGEST:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def _drain(stream: Any) -> None:
    """Read what nobody wanted: a client that is still sending would not hear the answer."""
    left, until = DRAINED, time.monotonic() + PATIENCE
    with contextlib.suppress(OSError, ValueError):
        while left > 0 and time.monotonic() < until and (chunk := stream.read(64 * 1024)):
            left -= len(chunk)


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(_REFUSAL))),
        ("Connection", "close"),
    ]
    start_response("413 Request Entity Too Large", headers)
    return [_REFUSAL]
