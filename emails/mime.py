"""Writes mails as bytes for the wire; Python's own writer is ten times slower.

* Letter(from_address, to_address, subject, message_id, date, text, html="", from_name="", …)
* write(letter) -> bytes      7-bit, CRLF only, no line over 998; raises AddressRefused, ValueError

Whatever a value holds, it stays in its header: line ends and control characters become spaces,
and what looks like an encoded word is encoded itself.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from hashlib import blake2b

from emails.addresses import checked
from emails.quoted import Body, quoted_printable, suits

LINE = 76
# Bytes of text in one encoded word: base64 of it and its frame stay below 75 signs.
WORD_BYTES = 45
LONGEST_NAME = 200
LONGEST_SUBJECT = 900
_BREAKS = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")
_PLAIN = re.compile(r"[\x20-\x7e]*\Z")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,70}\Z")
_URI = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,900}\Z")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._%+=$-]{1,200}@[A-Za-z0-9.-]{1,200}>\Z")
# Written from the letter itself, so no further header may bear their names.
_OWN = frozenset(
    {"from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "reply-to"}
    | {"mime-version", "content-type", "content-transfer-encoding", "return-path"}
    | {"list-unsubscribe", "list-unsubscribe-post", "list-id", "feedback-id", "dkim-signature"}
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: who, what, and the headers that bulk senders owe their readers."""

    from_address: str
    to_address: str
    subject: str
    message_id: str
    date: datetime
    text: Body
    html: Body = ""
    from_name: str = ""
    to_name: str = ""
    reply_to: str = ""
    # RFC 8058: the address takes a POST, so that one click is enough.
    unsubscribe_url: str = ""
    unsubscribe_address: str = ""
    list_id: str = ""
    feedback_id: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    # Pieces of the bodies that other mails have too: each is encoded once.
    fixed: frozenset[str] = frozenset()


def write(letter: Letter) -> bytes:
    """Write the whole mail."""
    head = "\r\n".join(_headers(letter))
    text = _part("plain", letter.text, letter.fixed)
    if not letter.html:
        return head.encode() + b"\r\n" + text
    # "=_" stands in neither base64 nor quoted-printable, so no body can hold the boundary.
    boundary = b"=_" + blake2b(letter.message_id.encode(), digest_size=12).hexdigest().encode()
    return b"".join(
        (
            head.encode(),
            b'\r\nContent-Type: multipart/alternative;\r\n boundary="' + boundary + b'"',
            b"\r\n\r\n--" + boundary + b"\r\n" + text,
            b"\r\n--" + boundary + b"\r\n" + _part("html", letter.html, letter.fixed),
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def _headers(letter: Letter) -> Iterator[str]:
    yield f"From: {mailbox(letter.from_name, letter.from_address)}"
    yield f"To: {mailbox(letter.to_name, letter.to_address)}"
    yield header("Subject", letter.subject[:LONGEST_SUBJECT])
    yield f"Date: {_dated(letter.date)}"
    if not _MESSAGE_ID.match(letter.message_id):
        raise ValueError("A Message-ID is written <key@domain>.")
    yield f"Message-ID: {letter.message_id}"
    if letter.reply_to:
        yield f"Reply-To: {mailbox('', letter.reply_to)}"
    if letter.unsubscribe_url or letter.unsubscribe_address:
        yield from _unsubscribe(letter)
    if letter.list_id:
        yield header("List-Id", letter.list_id)
    if letter.feedback_id:
        yield header("Feedback-ID", letter.feedback_id)
    for name, value in letter.headers:
        if not _HEADER_NAME.match(name) or name.lower() in _OWN:
            raise ValueError(f"{name!r} cannot be a further header.")
        yield header(name, value)
    yield "MIME-Version: 1.0"


# A batch of mails has one date.
_dated = lru_cache(maxsize=64)(format_datetime)


def _unsubscribe(letter: Letter) -> Iterator[str]:
    addresses = [letter.unsubscribe_url] if letter.unsubscribe_url else []
    if letter.unsubscribe_address:
        addresses.append(f"mailto:{checked(letter.unsubscribe_address)}?subject=unsubscribe")
    if not all(_URI.match(address) for address in addresses):
        raise ValueError("The unsubscribe address must be a plain URI.")
    yield "List-Unsubscribe: " + ",\r\n ".join(f"<{address}>" for address in addresses)
    if letter.unsubscribe_url:
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def header(name: str, value: str) -> str:
    """One header of free text, folded and encoded where needed."""
    value = _BREAKS.sub(" ", value).strip()
    if not _PLAIN.match(value) or "=?" in value:
        return f"{name}: {_encoded_words(value)}"
    if len(name) + 2 + len(value) <= LINE:
        return f"{name}: {value}"
    return _folded(name, value)


def mailbox(name: str, address: str) -> str:
    """A display name, quoted or encoded, with its address."""
    name = _BREAKS.sub(" ", name).strip()[:LONGEST_NAME].strip()
    address = checked(address)
    if not name:
        return address
    if _PLAIN.match(name) and "=?" not in name and len(name) <= LINE:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"\r\n <{address}>'
    return f"{_encoded_words(name)}\r\n <{address}>"


def _folded(name: str, value: str) -> str:
    """Break the line before a space; a word too long for any line is encoded."""
    words = value.split(" ")
    if max(map(len, words)) > LINE:
        return f"{name}: {_encoded_words(value)}"
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > LINE and line != f"{name}:":
            lines.append(line)
            line = ""
        line += f" {word}"
    return "\r\n".join([*lines, line])


def _encoded_words(text: str) -> str:
    """RFC 2047 words, cut between characters."""
    words, word = [], b""
    for character in text:
        # A lone surrogate cannot be written.
        encoded = character.encode("utf-8", "replace")
        if len(word) + len(encoded) > WORD_BYTES:
            words.append(word)
            word = b""
        word += encoded
    words.append(word)
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode('ascii')}?=" for word in words)


def _part(subtype: str, body: Body, fixed: frozenset[str]) -> bytes:
    """One body: mostly Latin text stays readable in the raw mail, other scripts are base64."""
    if suits(body, fixed):
        encoding, encoded = b"quoted-printable", quoted_printable(body, fixed)
    else:
        encoding, encoded = b"base64", _base64(body)
    return b"".join(
        (
            b"Content-Type: text/" + subtype.encode("ascii") + b"; charset=utf-8\r\n",
            b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n",
            encoded,
            b"" if encoded.endswith(b"\r\n") else b"\r\n",
        )
    )


def _base64(body: Body) -> bytes:
    text = "".join(body).replace("\r\n", "\n").replace("\r", "\n")
    encoded = b64encode(text.encode("utf-8", "replace").replace(b"\n", b"\r\n"))
    return b"\r\n".join([encoded[at : at + LINE] for at in range(0, len(encoded), LINE)])
