"""REL-32: what the public asks for is answered before Django, with the database down too."""

import io
import threading

import pytest

from automation.wsgi import application
from kernel import preferences
from tests.tracking.site import SITE
from tracking import spool, terms, tokens

pytestmark = pytest.mark.django_db


def ask(method: str, path: str, body: bytes = b"", **headers: str) -> tuple[str, dict, bytes]:
    """Ask as a web server does."""
    said: list = []
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
    }
    answer = application(environ, lambda status, fields: said.extend([status, dict(fields)]))
    return said[0], said[1], b"".join(answer)


def test_rel_32_pixel_link_script_and_hit_answer_with_the_database_down(spooled, django_db_blocker):
    """REL-32"""
    preferences.put("tracking.sites", [SITE])
    click = "/e/c/" + tokens.make_click(7, 1, "https://example.com/a?b=1")
    with django_db_blocker.block():
        terms.forget()
        status, _headers, body = ask("GET", "/e/o/" + tokens.make("open", 7))
        assert (status, body[:3]) == ("200 OK", b"GIF")
        status, headers, _body = ask("GET", click)
        assert (status, headers["Location"]) == ("302 Found", "https://example.com/a?b=1")
        status, headers, body = ask("GET", "/t/relais.js")
        assert (status, headers["Content-Length"]) == ("200 OK", str(len(body)))
        hit = b'{"v":"0","c":1,"e":[]}'
        assert ask("POST", "/t/hit", hit, origin=SITE)[0] == "204 No Content"
    spool.flush()
    assert len(spool.waiting()) == 1
    assert spool.waiting()[0].read_bytes().count(b"\n") == 3


def test_what_is_known_of_the_sites_outlives_the_database(spooled, django_db_blocker):
    preferences.put("tracking.sites", [SITE])
    assert terms.known().allows(SITE)
    with django_db_blocker.block():
        terms.forget()
        assert terms.known().allows(SITE)


def test_only_one_request_waits_for_the_settings(monkeypatch):
    entered, leave, reads = threading.Event(), threading.Event(), []

    def slow() -> terms.Terms:
        reads.append(1)
        entered.set()
        leave.wait(5)
        return terms.Terms(frozenset([SITE]))

    monkeypatch.setattr(terms, "read", slow)
    terms.forget()
    first = threading.Thread(target=terms.known)
    first.start()
    entered.wait(5)
    for _time in range(3):
        terms.known()
    leave.set()
    first.join()
    assert len(reads) == 1
    monkeypatch.undo()


def test_the_script_is_small_and_names_the_terms(django_db_blocker):
    import gzip

    preferences.put("tracking.consent_first", False)
    body = ask("GET", "/t/relais.js")[2]
    assert b'{"consent":false,"signals":true}' in body
    assert len(gzip.compress(body)) < 6_000
    assert b"%s" not in body
    assert b"%%" not in body


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("HEAD", "/t/relais.js", "200 OK"),
        ("POST", "/t/relais.js", "405 Method Not Allowed"),
        ("GET", "/t/../e/o/x", "404 Not Found"),
        ("GET", "/t/other", "404 Not Found"),
        ("POST", "/e/o/x", "405 Method Not Allowed"),
        ("GET", "/e/o/x", "200 OK"),
        ("OPTIONS", "/t/hit", "204 No Content"),
    ],
)
def test_other_requests_find_their_answer_too(method, path, status):
    answer = ask(method, path)
    assert answer[0] == status
    assert method != "HEAD" or answer[2] == b""
