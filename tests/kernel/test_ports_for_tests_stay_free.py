"""Tests that start servers find ports that nobody takes in between."""

import socket
from pathlib import Path

import pytest

from tests.ports import RANGE, free_port

LENT = Path("/proc/sys/net/ipv4/ip_local_port_range")


@pytest.mark.skipif(not LENT.exists(), reason="only Linux tells which ports it lends")
def test_no_outgoing_connection_is_given_such_a_port() -> None:
    assert RANGE.stop <= int(LENT.read_text().split()[0])


def test_a_port_is_free_for_streams_and_for_datagrams() -> None:
    port = free_port()
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as held:
            held.bind(("127.0.0.1", port))
