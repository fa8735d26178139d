"""Texts of names: read as dnspython writes them, at any length, and from nobody else."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from kernel import dns
from tests.dns_server import NameServer

TEXTS = {
    "one.example": ["v=spf1 -all"],
    "long.example": ["p=" + "A" * 700],
    "endless.example": ["x" * 250 + str(number) for number in range(12)],
    "many.example": ["first", "second “quoted”"],
    "broken.example": None,
}


@pytest.fixture
def server(settings: Any) -> Iterator[NameServer]:
    found = NameServer(TEXTS)
    settings.DNS_SERVERS = [f"127.0.0.1:{found.port}"]
    yield found
    found.close()


@pytest.mark.parametrize("name", ["one.example", "long.example", "endless.example"])
def test_texts_come_whole_also_those_that_fill_several_strings_or_datagrams(
    server: NameServer, name: str
):
    assert sorted(dns.texts(name)) == sorted(TEXTS[name] or [])


def test_none_is_another_answer_than_no_answer(server: NameServer):
    assert dns.texts("nobody.example") == []
    for name in ("broken.example", "", "a..b", "x" * 64 + ".example", "é.example", "a." * 130):
        with pytest.raises(dns.Unanswered):
            dns.texts(name)


def test_the_next_server_is_asked_when_one_does_not_know(server: NameServer, settings: Any):
    broken = NameServer({"one.example": None})
    settings.DNS_SERVERS = [f"127.0.0.1:{broken.port}", *settings.DNS_SERVERS]
    assert dns.texts("one.example") == TEXTS["one.example"]
    broken.close()


def test_servers_are_named_as_people_write_them(settings: Any):
    settings.DNS_SERVERS = ["9.9.9.9", "127.0.0.1:5353", "8.8.8.8"]
    assert dns.servers() == [("9.9.9.9", 53), ("127.0.0.1", 5353)]
    settings.DNS_SERVERS = ["2620:fe::fe", "[::1]:54"]
    assert dns.servers() == [("2620:fe::fe", 53), ("::1", 54)]


@pytest.mark.parametrize(
    "answer", [b"", b"\0" * 11, b"\xff" * 40, b"\0\0\x81\x80\0\1\0\xff\0\0\0\0", b"\xc0" * 1_200]
)
def test_nonsense_is_no_answer(answer: bytes, settings: Any, monkeypatch: Any):
    monkeypatch.setattr(dns, "SECONDS", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        settings.DNS_SERVERS = [f"127.0.0.1:{line.getsockname()[1]}"]

        def talk() -> None:
            query, whom = line.recvfrom(512)
            # The right number and question before nonsense is the hardest kind.
            line.sendto(query[:2] + answer[2:] if answer else answer, whom)

        threading.Thread(target=talk, daemon=True).start()
        with pytest.raises(dns.Unanswered):
            dns.texts("one.example")
