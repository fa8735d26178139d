"""How a value is written so that it stays a value: one function for each place it may stand.

Whatever a contact's field holds, nothing here lets it become markup, an address of another
kind, a second header or a template.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

from markupsafe import escape

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
SAFE_SCHEMES = frozenset({"http", "https", "mailto", "tel", "sms", "cid"})
REFUSED_URL = "#"

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):")
_HOST = re.compile(r"[\w-]+(\.[\w-]+)+(?=[/:?#]|\Z)")
_CSS = re.compile(r"[\w #.,%+-]*\Z")
# Reserved characters keep their meaning in an address that the value brings whole.
_WHOLE = "/:?#[]@!$&'()*+,;=~%-._"


def clean(text: str) -> str:
    """The text without control characters and with one kind of line end."""
    if CONTROL.search(text):
        text = CONTROL.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def to_html(text: str) -> str:
    return escape(clean(text))


def to_header(text: str) -> str:
    return BREAKS.sub(" ", text).strip() if BREAKS.search(text) else text


def whole_url(text: str) -> str:
    """An address that a value brings whole: only harmless schemes, percent-encoded."""
    address = BREAKS.sub("", text).strip()
    scheme = _SCHEME.match(address)
    if scheme and not _HOST.match(address):
        if scheme[1].lower() not in SAFE_SCHEMES:
            return REFUSED_URL
    elif _HOST.match(address):
        address = f"https://{address}"
    return _quoted(address, _WHOLE)


def url_loose(text: str) -> str:
    # No colon: together with an earlier value it could make a scheme.
    return _quoted(text, "/~-._")


def url_host(text: str) -> str:
    return _quoted(text, "-.")


def url_path(text: str) -> str:
    return _quoted(text, "/~-._@!$'()*,;=:+")


def url_query(text: str) -> str:
    return _quoted(text, "~-._")


def _quoted(text: str, safe: str) -> str:
    # A lone surrogate has no UTF-8 form; it must not stop a whole mailing.
    return quote(clean(text).encode("utf-8", "replace"), safe=safe)


def to_css(text: str) -> str:
    return text if _CSS.match(text) else ""


def to_json(text: str) -> str:
    quoted = json.dumps(clean(text))[1:-1]
    return quoted.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _escaped(encode: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: escape(encode(text))


URL_PARTS: dict[str, Callable[[str], str]] = {
    "url_start": whole_url,
    "url_loose": url_loose,
    "url_host": url_host,
    "url_path": url_path,
    "url_query": url_query,
}
PLACES: dict[str, Callable[[str], str]] = {
    "text": to_html,
    "attribute": to_html,
    "css": to_css,
    "json": to_json,
    "plain": clean,
    "header": to_header,
    **{f"attribute_{part}": _escaped(encode) for part, encode in URL_PARTS.items()},
    **URL_PARTS,
}
