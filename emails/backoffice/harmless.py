"""A mail as others than its reader look at it: nothing in it counts, and nobody is signed off."""

import re
from collections.abc import Callable
from html import escape

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from tracking.tokens import read, read_click

# Our addresses in a mail, wherever it was captured: their last part is a token.
_OWN = re.compile(r"(?:https?://[^\s\"'<>()/]+)?/e/([copuvy])/([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)")
# Addresses within a header, which stand between brackets or spaces there.
_ADDRESS = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>,;.]")
_PURPOSES = {
    "o": "open",
    "u": "unsubscribe",
    "p": "preferences",
    "v": "webview",
    "y": "confirm",
}
# The picture that counts openings: nothing is fetched for it.
_EMPTY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


def harmless(html: str, here: str) -> str:
    """Return the HTML with links that lead where they say, and a picture that tells nobody.

    `here` is the address of this look: there the mail is seen in the browser.
    """
    places = {"open": _EMPTY, "webview": here}
    return _written(html, escape, lambda purpose: places.get(purpose, f"#{purpose}"))


def harmless_text(text: str) -> str:
    """Return the plain text the same way; the reader's own pages are named."""
    pages = {
        "unsubscribe": _("[page to unsubscribe]"),
        "preferences": _("[preference page]"),
        "webview": _("[this mail in the browser]"),
        "confirm": _("[page to confirm]"),
    }
    return _written(text, str, lambda purpose: str(pages.get(purpose, "")))


def linked(header: str, *, own: bool) -> SafeString:
    """Return a header with its addresses as links; those of the reader's own pages if `own`."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(header):
        address = found[0]
        parts.append(format_html("{}", header[end : found.start()]))
        shown = own or _written(address, str, lambda _purpose: "") == address
        link = '<a href="{0}" target="_blank" rel="noopener noreferrer">{0}</a>'
        parts.append(format_html(link if shown else "{0}", address))
        end = found.end()
    parts.append(format_html("{}", header[end:]))
    return SafeString("".join(parts))


def _written(text: str, write: Callable[[str], str], place: Callable[[str], str]) -> str:
    """Replace our addresses; what only looks like one is somebody else's and stays."""

    def instead(found: re.Match[str]) -> str:
        kind, token = found.groups()
        if kind == "c":
            click = read_click(token)
            return write(click.destination) if click else found[0]
        purpose = _PURPOSES[kind]
        return place(purpose) if read(purpose, token) is not None else found[0]

    return _OWN.sub(instead, text)
