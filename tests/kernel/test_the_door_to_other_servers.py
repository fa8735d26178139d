"""SEC-34, SEC-35: no address of our own network is called, and no server keeps us waiting."""

import contextlib
import socket
import threading
import time

import pytest

from kernel.http import Limits, OutboundError, fetch
from kernel.networks import is_named, is_open_port, is_public

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nok"


class Server:
    """Answers each connection with fixed bytes, or drips them; counts the connections."""

    def __init__(self, answer=OK, *, drip=0.0):
        self.answer, self.drip = answer, drip
        self.requests = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), client:
                self.requests.append(client.recv(65536))
                for at in range(len(self.answer)) if self.drip else ():
                    client.sendall(self.answer[at : at + 1])
                    time.sleep(self.drip)
                client.sendall(b"" if self.drip else self.answer)


@pytest.fixture
def server():
    made = []

    def make(*args, **options):
        made.append(Server(*args, **options))
        return made[-1]

    yield make
    for each in made:
        each.socket.close()


@pytest.fixture
def canary(server):
    return server()


FORBIDDEN = [
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.0.2:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST.:{port}/",
    "http://user:pass@localhost:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/",
    "//127.0.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1:{port}/",
    "http://172.16.0.1:{port}/",
    "http://192.168.0.1:{port}/",
    "http://100.64.0.1:{port}/",
    "http://224.0.0.1:{port}/",
    "http://255.255.255.255:{port}/",
    "http://[fd00::1]:{port}/",
    "http://[fec0::1]:{port}/",
    "http://[ff02::1]:{port}/",
    "http://192.0.2.1:{port}/",
    "http://198.18.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/",
    "unix:///tmp/x",
    "javascript:alert(1)",
    "http://",
    "",
    "http://8.8.8.8:22/",
    "http://8.8.8.8:6379/",
    "http://8.8.8.8:99999/",
    "http://a\r\nb/",
    "http://x.example/" + "a" * 5000,
]


@pytest.mark.parametrize("url", FORBIDDEN, ids=lambda url: url[:40])
def test_a_forbidden_address_is_never_called(canary, url):
    began = time.monotonic()
    with pytest.raises(OutboundError) as refused:
        fetch("POST", url.format(port=canary.port), content=b"x")
    assert refused.value.permanent or refused.value.code == "no_such_host"
    assert canary.requests == []
    assert time.monotonic() - began < 6


def test_a_name_that_changes_between_check_and_connection_changes_nothing(
    canary, settings, monkeypatch
):
    answers = iter(["203.0.113.9", "127.0.0.1", "127.0.0.1"])
    asked = []

    def resolver(host, port, *_options, **_more):
        asked.append(host)
        address = next(answers) if host == "rebind.example" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    settings.OUTBOUND_ALLOW = ["203.0.113.9"]
    with pytest.raises(OutboundError) as failed:
        fetch("GET", f"http://rebind.example:{canary.port}/", limits=Limits(seconds=0.3))
    assert not failed.value.permanent
    # Whether the address answers or not: the name itself was asked about once.
    assert asked.count("rebind.example") == 1
    assert canary.requests == []


def test_one_forbidden_address_refuses_the_whole_name(canary, monkeypatch):
    def resolver(host, port, *_options, **_more):
        family = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*family, ("8.8.8.8", port)), (*family, ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    with pytest.raises(OutboundError, match="may not"):
        fetch("GET", f"http://both.example:{canary.port}/")
    assert canary.requests == []


@pytest.mark.parametrize("target", ["http://127.0.0.1:{port}/", "//localhost:{port}/", "file:///x"])
def test_a_redirect_into_our_network_is_not_followed(server, canary, settings, target):
    location = target.format(port=canary.port).encode()
    answer = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    public = server(answer)
    settings.OUTBOUND_ALLOW = [f"127.0.0.1:{public.port}"]
    assert fetch("GET", public.url).status == 302
    with pytest.raises(OutboundError) as refused:
        fetch("GET", public.url, limits=Limits(redirects=3))
    assert refused.value.permanent
    assert canary.requests == []


def test_an_allowed_server_is_called_and_answers(server, settings):
    there = server()
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    answer = fetch("POST", there.url + "a?b=c", content=b"body", headers={"X-Sign": "s"})
    assert (answer.status, answer.body, answer.headers["x-a"]) == (200, b"ok", "b")
    assert answer.ok
    request = there.requests[0]
    assert request.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert b"X-Sign: s" in request
    assert b"Accept-Encoding: identity" in request


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(404, True), (410, True), (301, True), (408, False), (429, False), (500, False), (503, False)],
)
def test_an_answer_says_whether_trying_again_is_vain(server, settings, status, permanent):
    there = server(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    answer = fetch("GET", there.url)
    assert not answer.ok
    assert answer.permanent is permanent


def test_a_long_answer_is_cut(server, settings):
    there = server(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 3_000_000)
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    assert len(fetch("GET", there.url).body) == 1_000_000
    short = fetch("GET", there.url, limits=Limits(body=2_000))
    assert (len(short.body), short.truncated) == (2_000, True)


@pytest.mark.parametrize("drip", [0.02, 5])
def test_a_server_that_drips_or_is_silent_is_left_at_the_deadline(server, settings, drip):
    there = server(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 1000, drip=drip)
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    began = time.monotonic()
    with pytest.raises(OutboundError) as late:
        fetch("GET", there.url, limits=Limits(seconds=0.5))
    assert (late.value.code, late.value.permanent) == ("timeout", False)
    assert time.monotonic() - began < 1.5


def test_a_server_that_breaks_off_may_be_tried_again(server, settings):
    there = server(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    for url in (there.url, "http://127.0.0.1:1/"):
        with pytest.raises(OutboundError) as failed:
            fetch("GET", url)
        assert (failed.value.code, failed.value.permanent) == ("connection", False)


def test_a_header_that_would_begin_another_is_refused(server, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    there = server()
    with pytest.raises(OutboundError) as refused:
        fetch("GET", there.url, headers={"X-A": "a\r\nX-B: c"})
    assert refused.value.code == "bad_request"
    assert there.requests in ([], [b""])


def test_addresses_and_ports_are_told_apart():
    assert all(map(is_public, ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"]))
    assert not any(map(is_public, ["", "x", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"]))
    assert [port for port in (80, 443, 8080, 22, 25, 6379, 5432, 0) if is_open_port(port)] == [
        *(80, 443, 8080)
    ]
    allowed = ["10.1.0.0/16", "hooks.internal", "127.0.0.1:8080", "[::1]:9000"]
    assert is_named(allowed, "x", "10.1.2.3", 80)
    assert is_named(allowed, "Hooks.internal.", "10.9.9.9", 80)
    assert is_named(allowed, "x", "127.0.0.1", 8080)
    assert is_named(allowed, "x", "::1", 9000)
    assert not is_named(allowed, "x", "127.0.0.1", 8081)
    assert not is_named(allowed, "x", "10.2.0.1", 80)
