"""SEC-34: whatever a URL says, no address of our own network is called."""

import socket
import time

import pytest

from kernel.http import Limits, OutboundError, fetch
from kernel.networks import is_named, is_open_port, is_public

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
    assert time.monotonic() - began < 30


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
