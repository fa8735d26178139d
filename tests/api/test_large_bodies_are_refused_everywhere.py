"""SEC-59: 11 MB to any address are 413 or 400, cost no memory, and the client hears of it."""

import io
import tracemalloc

import pytest

from accounts.models import Token
from api.doors import doors
from automation.wsgi import application
from kernel import clock
from tests.accounts.world import World

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 11 * 1024 * 1024
CHUNK = b"0" * 65_536
TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)


NAMED = {"channel": "email", "node": "a", "version_number": "1"}


class Endless(io.RawIOBase):
    """A body made while it is read; it knows how much was."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1) -> bytes:
        given = CHUNK[: min(self.left, size if size >= 0 else len(CHUNK), len(CHUNK))]
        self.left -= len(given)
        return given


def send(method: str, path: str, kind: str, secret: str) -> tuple[int, Endless]:
    body, seen = Endless(SIZE), list[str]()
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_AUTHORIZATION": f"Bearer {secret}",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(SIZE),
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": io.StringIO(),
    }
    answer = application(environ, lambda status, headers: seen.append(status))
    b"".join(answer)
    return int(seen[0][:3]), body


def test_no_address_takes_eleven_megabytes(alice, api):
    secret = Token.issue(alice, "tests", now=clock.now())[1]
    world, wrong = World(alice, api), []
    tracemalloc.start()
    for door in (door for door in doors() if door.method != "GET"):
        path = f"/api/v1/{door.path}"
        if "{" in path:
            number = world.id_of(door.path.split("/")[0])
            path = path.format(pk=number, number=number, contact=number, **NAMED)
        for kind in TYPES:
            status, body = send(door.method, path, kind, secret)
            if status not in {400, 413, 415, 405} or body.left:
                wrong.append((door.method, path, kind, status, body.left))
    assert wrong == []
    assert tracemalloc.get_traced_memory()[1] < 50 * 1024 * 1024
    tracemalloc.stop()


@pytest.mark.parametrize("path", ["/account/login", "/account/password", "/language"])
def test_no_page_takes_them_either(path):
    for kind in TYPES:
        status, body = send("POST", path, kind, "x")
        assert status in {400, 403, 413}, (kind, status)
        assert body.left == 0
