"""Hits know who sent them, though a proxy of ours stands in front of the quick views."""

import pytest

from tracking.signs import signs_of


@pytest.mark.parametrize(
    ("peer", "forwarded", "private"),
    [
        ("10.0.0.1", "8.8.8.8", False),
        ("10.0.0.1", "192.168.1.5", True),
        ("10.0.0.1", "192.168.1.5, 8.8.8.8", False),
        ("10.0.0.1", "8.8.8.8, 10.0.0.2", False),
        ("8.8.4.4", "192.168.1.5", False),
        ("192.168.1.5", "", True),
    ],
)
def test_the_sender_is_found_behind_our_proxies(settings, peer, forwarded, private):
    settings.PROXY_NETWORKS = ["10.0.0.0/8"]
    environ = {
        "REQUEST_METHOD": "GET",
        "REMOTE_ADDR": peer,
        "HTTP_X_FORWARDED_FOR": forwarded,
    }
    assert signs_of(environ).get("private", False) is private
