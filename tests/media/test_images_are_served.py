"""SEC-22: images are served to everybody who knows the address, for good, and never as a page."""

import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from automation.wsgi import application
from kernel.quick import QuickFirst
from media.services import files
from tests.media.drawing import drawn, in_base64

pytestmark = pytest.mark.django_db
V1 = "/api/v1/media"


@pytest.fixture
def made(api) -> dict:
    return api.post(V1, {"file": in_base64(drawn((20, 10), "JPEG"))}).json()


def answered(path: str) -> list[bytes]:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path}
    return list(QuickFirst(lambda *_asked: [])(environ, lambda *_told: None))


def asked(path: str, method: str = "GET", **more: str) -> tuple[str, dict[str, str], bytes]:
    """Ask as a mail program does, past Django."""
    told = {}

    def start(status, headers, *_more):
        told["status"], told["headers"] = status, dict(headers)

    body = b"".join(
        application(
            {
                "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "",
                "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.input": io.BytesIO(),
                "wsgi.url_scheme": "http", **more,
            },
            start,
        )
    )  # fmt: skip
    return told["status"], told["headers"], body


def test_it_is_kept_for_good_and_can_do_nothing(made, django_assert_num_queries):
    path = urlsplit(made["url"]).path
    with django_assert_num_queries(0):
        status, headers, body = asked(path)
    assert (status, headers["Content-Type"]) == ("200 OK", "image/jpeg")
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in headers
    assert body.startswith(b"\xff\xd8")
    status, headers, rest = asked(path, "HEAD")
    assert (status, rest, headers["Content-Length"]) == ("200 OK", b"", str(len(body)))
    assert asked(path, "POST")[0] == "405 Method Not Allowed"


def test_a_large_one_is_sent_bit_by_bit_and_its_head_unread(made, monkeypatch):
    whole = b"\xff\xd8" + b"x" * 1_000_000
    place = files.path_of(urlsplit(made["url"]).path.removeprefix("/m/"))
    place.write_bytes(whole)
    parts = answered(urlsplit(made["url"]).path)
    assert max(map(len, parts)) <= 64 * 1024
    assert b"".join(parts) == whole
    monkeypatch.setattr(Path, "open", None)
    status, headers, _body = asked(urlsplit(made["url"]).path, "HEAD")
    assert (status, headers["Content-Length"]) == ("200 OK", str(len(whole)))


def test_an_address_says_nothing_of_others(made, api):
    other = api.post(V1, {"file": in_base64(drawn((20, 10), "JPEG"))}).json()
    names = {urlsplit(each[key]).path for each in (made, other) for key in each if "url" in key}
    # The same picture twice, each file by itself; those too small for another have one less.
    assert len(names) == 6
    assert all(len(name) > len("/m/") + 32 for name in names)


@pytest.mark.parametrize(
    "path",
    [
        "/m/", "/m/x.jpg", "/m/..%2f..%2fsecrets.json", "/m/../secrets.json", "/m/0.part",
        "/m/" + "0" * 32, "/m/" + "0" * 32 + ".svg", "/m/" + "0" * 32 + ".jpg",
        "/m/" + "0" * 32 + ".jpg\n", "/m/\0",
    ],
)  # fmt: skip
def test_nothing_else_is_found(made, client: Client, path):
    assert asked(path)[0].startswith("404")
    assert client.get(path).status_code == 404


def test_half_of_a_file_is_never_seen(made, kept):
    (kept / "00").mkdir(exist_ok=True)
    (kept / "00" / ("0" * 32 + ".jpg.part")).write_bytes(b"half")
    assert asked("/m/" + "0" * 32 + ".jpg.part")[0].startswith("404")


def test_a_deleted_one_is_gone_at_once(made, api, kept, django_capture_on_commit_callbacks):
    body = {"file": in_base64(drawn((10, 10)))}
    assert api.post(f"{V1}/{made['id']}/replace", body).status_code == 200
    # The former picture, too: sent mails had shown it until now.
    assert asked(urlsplit(made["url"]).path)[0] == "200 OK"
    with django_capture_on_commit_callbacks(execute=True):
        assert api.delete(f"{V1}/{made['id']}").status_code == 204
    assert asked(urlsplit(made["url"]).path)[0].startswith("404")
    assert not list(kept.glob("*/*"))
