"""Asks the DNS which texts stand at a name: small, patient for seconds, fooled by no stranger.

The servers are those of the machine, or of `DNS_SERVERS`. They answer for the whole way to a name,
so that aliases need no second question.
"""

import socket
from pathlib import Path

import dns.exception
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
from django.conf import settings

SECONDS = 2.0
# How much one datagram may hold; longer answers are fetched over TCP.
PAYLOAD = 1_232
RESOLV = Path("/etc/resolv.conf")
MOST_SERVERS = 2


class Unanswered(Exception):  # noqa: N818 - it says what is known: nothing
    """No server answered, or none that could be understood."""


def texts(name: str) -> list[str]:
    """Return the TXT records of a name; `Unanswered` where nobody said that there are none."""
    if not name or not name.isascii():
        raise Unanswered
    try:
        query = dns.message.make_query(name, "TXT", use_edns=0, payload=PAYLOAD)
    except dns.exception.DNSException as error:
        raise Unanswered from error
    for host, port in servers():
        try:
            answer = _ask(query, host, port)
        except (OSError, EOFError, dns.exception.DNSException):
            continue
        if answer.rcode() in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            return _texts(answer)
    raise Unanswered


def _ask(query: dns.message.Message, host: str, port: int) -> dns.message.Message:
    with socket.socket(
        socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM
    ) as line:
        line.settimeout(0)
        # Connected, it hears nobody but the server, and at once that there is none.
        line.connect((host, port))
        answer, _tcp = dns.query.udp_with_fallback(query, host, SECONDS, port, udp_sock=line)
    return answer


def _texts(answer: dns.message.Message) -> list[str]:
    found = [row for rows in answer.answer if rows.rdtype == dns.rdatatype.TXT for row in rows]
    return [b"".join(row.strings).decode("utf-8", "replace") for row in found]


def servers() -> list[tuple[str, int]]:
    """Return address and port of each server to ask, in order."""
    named: list[str] = settings.DNS_SERVERS
    if not named and RESOLV.exists():
        lines = [line.split() for line in RESOLV.read_text(errors="replace").splitlines()]
        named = [words[1] for words in lines if len(words) > 1 and words[0] == "nameserver"]
    return [_place(text) for text in named[:MOST_SERVERS]]


def _place(text: str) -> tuple[str, int]:
    """Read `9.9.9.9`, `127.0.0.1:5353`, `2620:fe::fe` or `[::1]:5353`."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdigit() and (":" not in host or host.startswith("[")):
        return host.strip("[]"), int(port)
    return text.strip("[]"), 53
