"""A body sent in chunks, without a length, is read like any other and has the same limit."""

import io
import json
from collections.abc import Iterator

import pytest

from accounts.models import Token, User
from automation.wsgi import application
from kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)
MEGABYTE = b" " * 1024 * 1024


class Chunks(io.RawIOBase):
    """Gives what a server does: at most one chunk a read, the end as nothing."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks = chunks
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        chunk = next(self.chunks, b"")
        self.given += len(chunk)
        return chunk


def send(user: User, chunks: Chunks) -> tuple[str, dict]:
    _token, secret = Token.issue(user, "tests", now=clock.now())
    seen: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/api/v1/tokens",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_TRANSFER_ENCODING": "chunked",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "CONTENT_TYPE": "application/json",
        "wsgi.url_scheme": "http",
        "wsgi.input": chunks,
        "wsgi.errors": io.StringIO(),
        "wsgi.input_terminated": True,
    }
    answer = application(environ, lambda status, headers: seen.append(status))
    return seen[0], json.loads(b"".join(answer))


def test_a_small_one_is_read(alice: User):
    status, body = send(alice, Chunks(iter([b'{"name":', b' "CRM"}'])))
    assert status.startswith("201")
    assert body["name"] == "CRM"


def test_a_large_one_is_refused_and_thrown_away_up_to_a_limit(alice: User):
    chunks = Chunks(iter([MEGABYTE] * 100))
    status, body = send(alice, chunks)
    assert status.startswith("413")
    assert body["errors"][0]["code"] == "too_large"
    assert chunks.given <= 80 * len(MEGABYTE)
