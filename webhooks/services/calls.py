"""What one call of another system is made of: where it goes, how, and what it carries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit, urlunsplit

from contacts.services import filling
from kernel import clock
from kernel.documents import dumps, loads
from kernel.pairs import Pair, closed, opened
from kernel.sealing import Unreadable
from webhooks.models import PLAIN

METHODS = ("POST", "GET", "PUT", "PATCH", "DELETE")
# Without a body: fields go into the address.
BARE = frozenset({"GET", "DELETE"})
EVENT, JSON, FORM = "event", "json", "form"
SECONDS = 10
TYPES = {FORM: "application/x-www-form-urlencoded"}
# What would break out of the line of a header.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# What some take for another place of the path, although it was quoted.
PARTS = re.compile(r"[/\\]")
Known = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """The settings of a step: texts hold tokens, values of headers and the secret are sealed."""

    url: str
    data: str = ""
    secret: str = ""
    method: str = METHODS[0]
    format: str = EVENT
    pairs: Sequence[Pair] = ()
    headers: Sequence[Pair] = ()
    seconds: int = SECONDS

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "Call":
        """Read checked settings."""
        return cls(
            url=config.get("url", ""),
            data=config.get("body", ""),
            secret=config.get("secret", ""),
            method=config.get("method") or METHODS[0],
            format=config.get("format") or EVENT,
            pairs=config.get("pairs") or (),
            headers=config.get("headers") or (),
            seconds=config.get("timeout") or SECONDS,
        )

    @property
    def host(self) -> str:
        """Return `server:port/PATH`, by which calls of one address are known; PATH is a digest.

        Tokens stay as they are written, and what is asked is left out: whoever it is about, it is
        the same address. Paths may be secret, and posts forget theirs.
        """
        found = taken_apart(self.url)
        if found is None:
            # Of older settings; the call will say what is wrong.
            return ""
        path = sha256((found.path or "/").encode()).hexdigest()[:16]
        return f"{found.hostname or ''}:{found.port or found.scheme}"[:280] + f"/{path}"

    @property
    def kind(self) -> str:
        """Return what the body is, empty where there is none."""
        return "" if self.method in BARE else TYPES.get(self.format, PLAIN)

    def texts(self) -> list[str]:
        """Return the texts tokens are filled into, each once for all contacts."""
        told = [self.url, self.data, *(row.get("value", "") for row in self.pairs)]
        return [*told, *(text for _name, _server, text in self._opened())]

    def address(self, known: Known) -> str:
        """Fill the address in; a value stays within its place in it."""
        return filling.TOKEN.sub(lambda found: _quoted(known, found[1]), self.url)

    def outside(self, known: Known) -> str:
        """Return as JSON what tokens of the address and of headers are filled with; empty: none."""
        texts = [self.url, *(text for _name, _server, text in self._opened())]
        named = sorted({path for text in texts for path in filling.tokens(text)})
        told = {path: filling.fill(f"{{{{ {path} }}}}", known) for path in named}
        return dumps(told) if told else ""

    def lacking(self, known: Known) -> str:
        """Return the token without which the call would mean something else; empty: none.

        In the path one that is empty, or leads elsewhere by dots: what is left would be the list
        that somebody was to be taken out of. Of what deletes in what is asked as well.
        """
        path, _mark, query = self.url.partition("#")[0].partition("?")
        for segment in path.split("/")[3:]:
            named: list[str] = filling.TOKEN.findall(segment)
            text = unquote(filling.fill(segment, known)).strip()
            empty = [one for one in named if _is_empty(known, one)]
            # Receivers and what stands before them take dots that are written otherwise, too.
            parts = PARTS.split(text)
            if empty or (named and (not text.strip(".") or {".", ".."} & set(parts))):
                return [*empty, *named][0]
        asked = [query, *(row["value"] for row in self.pairs)] if self.method == "DELETE" else ()
        named = [one for text in asked for one in filling.TOKEN.findall(text)]
        return next((one for one in named if _is_empty(known, one)), "")

    def body(self, contact: int, known: Known, now: datetime) -> str:
        """Return what is sent; of calls without a body what goes into the address."""
        if self.method in BARE or self.format == FORM:
            return urlencode(
                [(row["name"], filling.fill(row["value"], known)) for row in self.pairs]
            )
        written: Any = {row["name"]: row["value"] for row in self.pairs}
        document = filling.fill_json(loads(self.data) if self.data else written, known)
        if self.format == JSON:
            return dumps(document)
        told = {
            "type": "contact.posted",
            "timestamp": clock.iso(now),
            "contact": {"id": str(contact)},
            "data": document,
        }
        return dumps(told)

    def sealed_headers(self, known: Known) -> str:
        """Return the headers with sealed values as JSON, empty where there are none."""
        filled = {
            name: closed(CONTROL.sub(" ", filling.fill(text, known)), server)
            for name, server, text in self._opened()
            if filling.tokens(text)
        }
        rows = [[row["name"], filled.get(row["name"], row["value"])] for row in self.headers]
        return dumps(rows) if rows else ""

    def _opened(self) -> list[tuple[str, str, str]]:
        """Return name, server and value of those that can be read: the call tells of others."""
        found = []
        for row in self.headers:
            try:
                found.append((row["name"], *opened(row["value"])))
            except (KeyError, Unreadable):
                continue
        return found


def own_headers(sealed: str, url: str) -> dict[str, str]:
    """Return headers as they are sent; `Unreadable` where they are not, or another server's."""
    found = {}
    for name, value in loads(sealed) if sealed else ():
        to, text = opened(value)
        if to != server(url):
            raise Unreadable(url)
        found[name] = text.strip()
    return found


def with_query(url: str, query: str) -> str:
    """Return an address with more asked in it."""
    found = urlsplit(url)
    both = "&".join(filter(None, [found.query, query]))
    return urlunsplit(found._replace(query=both, fragment=""))


def server(url: object) -> str:
    """Return scheme, server and port of an address, empty of what is none."""
    found = taken_apart(url) if isinstance(url, str) else None
    return f"{found.scheme}://{found.netloc.lower()}" if found and found.netloc else ""


def taken_apart(url: str) -> SplitResult | None:
    """Take an address apart; None where it cannot be."""
    try:
        found = urlsplit(url)
        return None if found.port == 0 else found
    except ValueError:
        return None


def _is_empty(known: Known, path: str) -> bool:
    return not filling.fill(f"{{{{ {path} }}}}", known).strip()


def _quoted(known: Known, path: str) -> str:
    return quote(filling.fill(f"{{{{ {path} }}}}", known), safe="")
