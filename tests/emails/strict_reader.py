"""A strict reader of mails (RFC 5322, 2045, 2047), to compare with Python's lenient one."""

import re
from base64 import b64decode
from binascii import a2b_qp
from dataclasses import dataclass, field

HEADER = re.compile(rb"([!-9;-~]+):([ -~\t]*)\Z")
WORD = re.compile(r"=\?utf-8\?b\?([A-Za-z0-9+/]*={0,2})\?=")
PARAMETER = re.compile(r';\s*([a-z]+)=(?:"([^"]*)"|([^\s;]+))')


class StrictError(AssertionError):
    pass


@dataclass
class Part:
    headers: list[tuple[str, str]]
    content: str = ""
    parts: list["Part"] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name.lower()]

    def one(self, name: str) -> str:
        values = self.all(name)
        if len(values) != 1:
            raise StrictError(f"{name} stands {len(values)} times")
        return values[0]


def read(raw: bytes) -> Part:
    """Read a whole mail, refusing what a strict receiver would."""
    if not raw.count(b"\r") == raw.count(b"\n") == raw.count(b"\r\n"):
        raise StrictError("a bare line end")
    if any(len(line) > 998 for line in raw.split(b"\r\n")) or b"\0" in raw:
        raise StrictError("a line too long, or NUL")
    return _part(raw)


def _part(raw: bytes) -> Part:
    head, found, body = raw.partition(b"\r\n\r\n")
    if not found:
        raise StrictError("no end of the headers")
    part = Part(list(_headers(head)))
    kind = part.one("Content-Type")
    boundary = {m[1]: m[2] or m[3] for m in PARAMETER.finditer(kind)}.get("boundary")
    if boundary:
        pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode())
        if not pieces[-1].startswith(b"--"):
            raise StrictError("the last boundary is missing")
        part.parts = [_part(piece.removeprefix(b"\r\n")) for piece in pieces[1:-1]]
    else:
        part.content = _decoded(part.one("Content-Transfer-Encoding"), body)
    return part


def _headers(head: bytes):
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    for line in unfolded.split(b"\r\n"):
        match = HEADER.match(line)
        if not match:
            raise StrictError(f"no header: {line!r}")
        yield match[1].decode().lower(), _words(match[2].decode().strip())


def _words(value: str) -> str:
    # White space between two encoded words is none.
    value = re.sub(r"\?=\s+=\?", "?==?", value)
    # A letter may not be cut in two, but neighbours are joined before they are decoded.
    return re.sub(rf"(?:{WORD.pattern})+", lambda m: _joined(m[0]), value)


def _joined(words: str) -> str:
    return "".join(b64decode(word[1]).decode() for word in WORD.finditer(words))


def _decoded(encoding: str, body: bytes) -> str:
    if any(len(line) > 76 for line in body.split(b"\r\n")):
        raise StrictError("an encoded line too long")
    if encoding == "base64":
        return b64decode(body.replace(b"\r\n", b""), validate=True).decode()
    if encoding == "quoted-printable":
        if re.search(rb"[^\t -~\r\n]|[ \t]\r\n|=(?![0-9A-F]{2}|\r\n)", body):
            raise StrictError("not quoted-printable")
        return a2b_qp(body).decode()
    raise StrictError(f"unknown encoding {encoding}")
