"""What makes a whole file impossible, said before anything is stored."""

from django.utils.translation import gettext as _

from contacts.services.imports.encodings import width_of
from kernel.registry import ConfigProblem

# First bytes of what people upload by mistake; a spreadsheet is a ZIP and has its own reader.
_KINDS = (
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "ZIP"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"SQLite format 3", "SQLite"),
)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROLS = bytes(set(range(32)) - {0, 9, 10, 11, 12, 13, 26, 27})


def refuse(field: str, code: str, message: str) -> ConfigProblem:
    """Build the refusal of a file or an option."""
    return ConfigProblem([{"field": field, "code": code, "message": message}])


def refuse_binary(head: bytes, *, whole: bool) -> None:
    """Raise for a file that is empty or is no text, by its content: names prove nothing."""
    if not head.strip(b"\0\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise refuse("file", "empty", _("The file is empty."))
    if head.startswith(_OLD_EXCEL):
        message = _("This is an old Excel file. Save it as .xlsx or CSV, then import that.")
        raise refuse("file", "not_a_table", message)
    kind = next((name for mark, name in _KINDS if head.startswith(mark)), None)
    if kind or _is_binary(head, whole=whole):
        message = _("This is not a text file (%(kind)s). Import CSV, TSV or XLSX.")
        raise refuse("file", "not_a_table", message % {"kind": kind or _("binary data")})
    if _is_markup(head):
        message = _("This is a web page or an XML document, not a table.")
        raise refuse("file", "not_a_table", message)


def _is_binary(head: bytes, *, whole: bool) -> bool:
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return (
        width_of(head) is None and controls > max(8, len(head) // 50) and (whole or controls > 64)
    )


def _is_markup(head: bytes) -> bool:
    start = head[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype", b"<html", b"<?xml", b"<svg", b"<?php", b"<script"))
