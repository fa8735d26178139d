"""Asks the DNS which texts stand at a name: small, patient for seconds, fooled by no stranger.

The servers are those of the machine, or of `DNS_SERVERS`. They answer for the whole way to a name,
so that aliases need no second question.
"""

import secrets
import socket
import struct
from pathlib import Path

from django.conf import settings

SECONDS = 2.0
TXT, INTERNET = 16, 1
# How much one datagram may hold; longer answers are fetched over TCP.
PAYLOAD = 1_232
LONGEST_NAME, LONGEST_LABEL = 253, 63
ANSWERED, NO_SUCH_NAME = 0, 3
CUT, IS_ANSWER = 0x0200, 0x8000
RESOLV = Path("/etc/resolv.conf")
MOST_SERVERS = 2


class Unanswered(Exception):  # noqa: N818 - it says what is known: nothing
    """No server answered, or none that could be understood."""


def texts(name: str) -> list[str]:
    """Return the TXT records of a name; `Unanswered` where nobody said that there are none."""
    number = secrets.randbits(16)
    question = _question(name)
    query = _query(number, question)
    for host, port in servers():
        try:
            return _read(_ask(host, port, query), number, question)
        except (OSError, Unanswered, struct.error, IndexError):
            continue
    raise Unanswered


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


def _question(name: str) -> bytes:
    labels = name.rstrip(".").split(".")
    if len(name) > LONGEST_NAME or not all(0 < len(label) <= LONGEST_LABEL for label in labels):
        raise Unanswered
    try:
        parts = [label.encode("ascii") for label in labels]
    except UnicodeEncodeError as error:
        raise Unanswered from error
    path = b"".join(bytes([len(part)]) + part for part in parts)
    return path + b"\0" + struct.pack("!HH", TXT, INTERNET)


def _query(number: int, question: bytes) -> bytes:
    # Recursion desired; one question, and a word (EDNS) that long answers are welcome.
    head = struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 1)
    welcome = b"\0" + struct.pack("!HHIH", 41, PAYLOAD, 0, 0)
    return head + question + welcome


def _ask(host: str, port: int, query: bytes) -> bytes:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(SECONDS)
        # Connected, it hears nobody but the server.
        line.connect((host, port))
        line.send(query)
        answer = line.recv(PAYLOAD)
    if len(answer) > 3 and struct.unpack_from("!H", answer, 2)[0] & CUT:
        return _ask_at_length(host, port, query)
    return answer


def _ask_at_length(host: str, port: int, query: bytes) -> bytes:
    with socket.create_connection((host, port), SECONDS) as line:
        line.sendall(struct.pack("!H", len(query)) + query)
        with line.makefile("rb") as stream:
            (length,) = struct.unpack("!H", stream.read(2))
            return stream.read(length)


def _read(answer: bytes, number: int, question: bytes) -> list[str]:
    given, flags, asked, count = struct.unpack_from("!HHHH", answer)
    same = answer[12 : 12 + len(question)].lower() == question.lower()
    if given != number or not flags & IS_ANSWER or asked != 1 or not same:
        raise Unanswered
    code = flags & 0x000F
    if code not in (ANSWERED, NO_SUCH_NAME):
        raise Unanswered
    found, at = [], 12 + len(question)
    for _record in range(count):
        at = _after_name(answer, at)
        kind, _class, _ttl, length = struct.unpack_from("!HHIH", answer, at)
        at += 10
        if kind == TXT:
            found.append(_text(answer[at : at + length]))
        at += length
    return found


def _after_name(answer: bytes, at: int) -> int:
    """Pass over a name; one that points elsewhere ends with the pointer."""
    while True:
        length = answer[at]
        if length == 0:
            return at + 1
        if length & 0xC0:
            return at + 2
        at += 1 + length


def _text(data: bytes) -> str:
    """Join the strings a record is made of."""
    parts, at = [], 0
    while at < len(data):
        length = data[at]
        parts.append(data[at + 1 : at + 1 + length])
        at += 1 + length
    return b"".join(parts).decode("utf-8", "replace")
