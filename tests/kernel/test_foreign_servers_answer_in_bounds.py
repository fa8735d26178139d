"""SEC-35: no server keeps us waiting or fills our memory, and each answer says what to do next."""

import time

import pytest

from kernel.http import Limits, OutboundError, fetch


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
    assert time.monotonic() - began < 8


def test_a_server_that_breaks_off_may_be_tried_again(server, settings):
    there = server(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf")
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    for url, unsent in ((there.url, False), ("http://127.0.0.1:1/", True)):
        with pytest.raises(OutboundError) as failed:
            fetch("GET", url)
        assert (failed.value.code, failed.value.permanent) == ("connection", False)
        # Whoever may not ask twice needs to know whether anything was said.
        assert failed.value.unsent is unsent


def test_a_header_that_would_begin_another_is_refused(server, settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1"]
    there = server()
    with pytest.raises(OutboundError) as refused:
        fetch("GET", there.url, headers={"X-A": "a\r\nX-B: c"})
    assert refused.value.code == "bad_request"
    assert there.requests in ([], [b""])
