"""Notices of mail servers that keep to no standard: known by sender and subject, read by words.

* read(message) -> list[Notice]     none where it is no such notice
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from emails.returned.automatic import is_of_server, is_receipt
from emails.returned.structure import Message

SUBJECTS = re.compile(
    r"undeliver|non-?deliver|not deliver|failure notice|delivery (?:status|failure|failed|report|"
    r"notification|error|problem|delayed|unsuccessful)|returned (?:mail|e-?mail|message)|"
    r"mail (?:delivery|system|failure|could not|error|not)|failed delivery|message (?:delivery|not|"
    r"could not|undeliverable|status|you sent|delayed)|could not (?:be delivered|send)|dsn|bounce|"
    r"warning: (?:message|could not)|unable to deliver|unzustellbar|retourn|non remis|"
    r"échec|impossible de|no se (?:ha )?(?:pudo|puede)|delayed mail|user unknown|delivery has been|"
    r"nondeliverable|are not (?:a )?member|loop alert|failed, returning|mail(?:er)? error"
    r"|メールエラー"
    r"|there was an error sending|unrouteable|rejected|delivery to",
    re.IGNORECASE,
)
# After these comes the mail that was sent, whose words are its author's.
COPIES = re.compile(
    r"^[ \t>]{0,40}-{0,80}[ \t]{0,40}(?:below (?:this line|the next line|is) |this is a copy of|"
    r"(?:original|returned) message(?:[ \t]+follows|[ \t]{0,9}:?[ \t]{0,9}-{0,80}[ \t]{0,9}$)"
    r"|(?:the )?(?:body"
    r"|header|headers|text|start) of (?:the |your )?"
    r"(?:original|returned|message|rejected)|unsent message|undelivered message|"
    r"message (?:header|text|follows|headers)|"
    r"(?:the )?(?:first|attached|following) .{0,30}(?:copy|lines of)|"
    r"copy of (?:the |your )?(?:message|original)|received message follows|"
    r"(?:original|failed|bounced) (?:message|mail) (?:headers?|follows)|included is a copy of"
    r"|original mail as follows).*$"
    r"|^(?:Return-Path|Received|Message-I[dD]|DKIM-Signature|X-Originating-IP|Delivered-To):[ \t]",
    re.IGNORECASE | re.MULTILINE,
)
DELAYED = re.compile(
    r"warning:|delayed|not yet been delivered|has not been delivered (?:yet|to)|will (?:be|keep|"
    r"continue)[^.\n]{0,30}(?:retr|try)|do not need to (?:re-?send|resend)|still trying",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[\w.+=~%&'*/!#$-]{1,64}@[A-Za-z0-9.-]{1,253}[A-Za-z0-9]")
_STARTS = re.compile(
    r"^[ \t]{0,40}(?:[45]\d\d[ \t])?(?:<([^<>\s]{1,320})>|(?:smtp;|rfc822;|addressee:|recipient:"
    r"|to:|mailbox:)?[ \t]{0,40}<?([^<>\s,;:()]{1,64}@[A-Za-z0-9.-]{1,253}[A-Za-z0-9])>?)"
    r"(?![\w@-])[ \t]{0,40}(?:$|[:(,-]|\.\.\.|\.$)",
    re.IGNORECASE | re.MULTILINE,
)
LONGEST, MOST = 16_000, 20


@dataclass(frozen=True, slots=True)
class Notice:
    """What a server's own words say of one recipient."""

    address: str
    words: str
    delayed: bool
    # Nothing proves that it was the address that was refused, and not the text.
    after_text: bool


def words_of(text: str) -> str:
    """Return a server's words, without the mail that was sent back."""
    found = COPIES.search(text[:LONGEST])
    return text[: found.start() if found else LONGEST]


def read(message: Message) -> list[Notice]:
    """Read what a mail server says; nothing where the mail is none of a server."""
    headers = message.headers
    named = " ".join(headers.all("x-failed-recipients"))
    words = words_of(message.text)
    if is_receipt(headers):
        # In the words of the reader, or of their program.
        return []
    if not (named or headers.type == "multipart/report" or _is_notice(message, words)):
        return []
    delayed = bool(DELAYED.search(f"{headers.get('subject')}\n{words[:2_000]}"))
    pieces = list(_pieces(words, named))
    return [
        Notice(address, said, delayed, _is_bare(said, words)) for address, said in pieces[:MOST]
    ]


# A refusal with a code of three digits alone, and what else would tell when it was said.
_BARE = re.compile(r"(?<![\d.])5\d\d[\s-]")
_PROOF = re.compile(
    r"\bRCPT\b(?! TO: )|(?<![\d.])5\.\d{1,3}\.\d|recipients? rejected", re.IGNORECASE
)


def _is_bare(said: str, whole: str) -> bool:
    return bool(_BARE.search(said)) and not _PROOF.search(whole)


# What a notice says of itself in its first lines.
SAID = re.compile(
    r"(?:could not|couldn't|cannot|can't|unable to|failed to|not) (?:be )?deliver|undeliverable|"
    r"delivery (?:to|of|has|failed)|did not reach|(?:permanent|fatal) (?:error|failure)|"
    r"error message below|addresses had|returned to sender",
    re.IGNORECASE,
)


def _is_notice(message: Message, words: str) -> bool:
    """Ask for what a server alone gives a mail, and for words: people write of bounces, too."""
    headers = message.headers
    return is_of_server(headers) and (
        bool(SUBJECTS.search(headers.get("subject")[:500]))
        or bool(SAID.search(words[:2_000]))
        or any(part.original for part in message.parts)
        or "x-mlserver" in headers
    )


def _pieces(words: str, named: str) -> Iterator[tuple[str, str]]:
    """Divide the words by the recipients that stand at the beginning of lines."""
    starts = [each for each in _STARTS.finditer(words) if "@" in (each[1] or each[2] or "")]
    people = {(each[1] or each[2]).lower() for each in starts}
    if len(people) < 2:
        first = next(iter(people), "") or _named(named) or _named(words)
        yield first, words
        return
    ends = [each.start() for each in starts[1:]] + [len(words)]
    said: dict[str, str] = {}
    for each, end in zip(starts, ends, strict=True):
        address = (each[1] or each[2]).lower()
        piece = words[each.start() : end]
        # With a code in front of the address, each line is of its own.
        piece = piece.partition("\n")[0] if each[0].strip()[:3].isdigit() else piece
        said[address] = f"{said.get(address, '')}\n{piece}"
    yield from said.items()


def _named(text: str) -> str:
    found = _ADDRESS.search(text)
    return found[0].lower() if found else ""
